# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an admin of a Ceph does to the user as which it counts a project."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.ceph.pair import ToCeph
from tests.integration.pair import counts, fill
from tests.servers.ceph import Ceph

pytestmark = pytest.mark.each_ceph

ROOM = 20
"""Objects that the user may have in all its containers."""


@pytest.fixture
def suspended(pair: ToCeph, ceph: Ceph) -> Iterator[str]:
    """A user that the gateway has seen, and serves no more."""
    ceph.admin("user", "suspend", f"--uid={ceph.user}")
    yield ceph.user
    ceph.admin("user", "enable", f"--uid={ceph.user}")


def test_one_that_is_suspended_is_named_as_a_cause(pair: ToCeph, suspended: str) -> None:
    pair.source.put(pair.name, "a", b"1")
    result = pair.sync()
    assert result["failed"]
    assert "destination answered 40" in result["msg"]
    assert "is not suspended" in result["msg"]
    assert "its role" in result["msg"]


@pytest.fixture
def limited(pair: ToCeph, ceph: Ceph) -> Iterator[str]:
    """A user with a quota over all its containers, which no container tells."""
    options = ("--quota-scope=user", f"--uid={ceph.user}")
    told = ceph.admin("user", "stats", "--sync-stats", f"--uid={ceph.user}")
    [held] = re.findall(r'"num_objects": (\d+)', told)
    ceph.admin("quota", "set", *options, f"--max-objects={int(held) + ROOM}")
    ceph.admin("quota", "enable", *options)
    yield ceph.user
    ceph.admin("quota", "disable", *options)


def test_one_whose_quota_is_full_ends_the_run_and_tells_what_to_ask_for(
    pair: ToCeph, ceph: Ceph, limited: str
) -> None:
    fill(pair, 2 * ROOM)
    mark = ceph.mark()
    result = pair.sync(concurrency=1)
    assert result["failed"]
    assert "destination answered 413 to PUT" in result["msg"]
    assert "Ask for a larger quota at the destination; what is copied stays" in result["msg"]
    assert ceph.statuses(mark).count(413) == 1
    ceph.admin("quota", "disable", "--quota-scope=user", f"--uid={limited}")
    assert sum(counts(pair.sync()).values()) == 2 * ROOM
    assert pair.differences() == []
