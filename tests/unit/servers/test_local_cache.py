# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What stands in for memcached within one proxy."""

from __future__ import annotations

import pytest

from tests.servers.programs import local_cache
from tests.servers.programs.local_cache import LocalCache, filter_factory


def test_a_value_lives_until_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_cache, "now", lambda: 0.0)
    cache = LocalCache()
    cache.set("forever", 1)
    cache.set("old", 2, time=5)  # set in 1970
    cache.set_multi({"a": 3}, "server")
    assert cache.get_multi(["forever", "old", "a", "none"], "server") == [1, None, 3, None]


def test_counters_go_up_and_down_but_not_below_nothing() -> None:
    cache = LocalCache()
    assert [cache.incr("n"), cache.incr("n", 4), cache.decr("n", 2), cache.decr("n", 9)] == [
        1,
        5,
        3,
        0,
    ]


def test_what_is_deleted_is_gone() -> None:
    cache = LocalCache()
    cache.set("key", 1)
    cache.delete("key")
    cache.delete("never there")
    assert cache.get("key") is None


def test_every_request_gets_the_same_cache() -> None:
    seen = []
    application = filter_factory({})(lambda environ, start: seen.append(environ["swift.cache"]))
    application({}, None)
    application({}, None)
    assert isinstance(seen[0], LocalCache)
    assert seen[0] is seen[1]
