# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which copies may have gone by themselves, and which may not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.expiring_copies import (
    ExpiringCopies,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

NOW = int(time.time())


def entry(name: str, hash_: str = "h") -> ListedObject:
    return ListedObject(name, 1, hash_, "", "2026-01-01T00:00:00.000000")


def step(action: Action, name: str, hash_: str = "h") -> Step:
    there = None if action is Action.COPY else entry(name, hash_)
    return Step(action, entry(name, hash_), there)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An earlier run has seen when "a", "b" and "c" were to expire, and when "z" will be."""
    earlier = Journal(str(tmp_path), ("a", "b"))
    for name in ("a", "b", "c"):
        earlier.note_expiry("here", entry(name), NOW - 5)
    earlier.note_expiry("here", entry("z"), NOW + 3600)
    earlier.note_expiry("elsewhere", entry("e"), NOW - 5)
    earlier.close()
    opened = Journal(str(tmp_path), ("a", "b"))
    yield opened
    opened.close()


def gone(
    server: ObjectServer, copies: ExpiringCopies, *listed: str, most: int = 9
) -> tuple[int, int]:
    """How many have gone where these are listed, and for how many it was asked."""

    def script(asked: Asked) -> Answer:
        name = asked.path.rpartition("prefix=")[2]
        row = {"name": name, "bytes": 1, "hash": "h", "last_modified": "2026-01-01T00:00:00.0"}
        return Answer(200, {}, json.dumps([row] if name in listed else []).encode())

    server.script = script
    return copies.gone(server.container(), most), len(server.asked)


@pytest.mark.parametrize("action", Action)
def test_what_the_source_was_found_to_have_deleted_is_known(
    journal: Journal, action: Action
) -> None:
    journal.note_expired("here", entry("b"))
    copies = ExpiringCopies(journal, "here", prune=False)
    told = {name: copies.see(step(action, name)) for name in ("0", "a", "b", "c", "zz")}
    from_source = action in (Action.COPY, Action.REPLACE, Action.REFRESH)
    assert [name for name, expired in told.items() if expired] == ["b"] * from_source
    again = ExpiringCopies(journal, "here", prune=False)
    assert not again.see(step(action, "b", "of another version"))


@pytest.mark.parametrize(
    ("action", "prune", "number"),
    [
        (Action.KEEP, False, 1),
        (Action.KEEP, True, 1),
        (Action.DELETE, False, 1),
        (Action.DELETE, True, 0),
        (Action.COPY, False, 0),
        (Action.REPLACE, False, 0),
        (Action.REFRESH, False, 0),
    ],
)
def test_only_what_stays_at_the_destination_can_have_gone(
    destination: ObjectServer, journal: Journal, action: Action, prune: bool, number: int
) -> None:
    copies = ExpiringCopies(journal, "here", prune=prune)
    for each in (step(Action.KEEP, "0"), step(action, "b"), step(Action.KEEP, "zz")):
        copies.see(each)
    assert gone(destination, copies) == (number, number)


@pytest.mark.parametrize(
    ("seen", "number"),
    [
        (step(Action.KEEP, "b", "other"), 0),
        (step(Action.KEEP, "e"), 0),
        (step(Action.KEEP, "z"), 0),
    ],
)
def test_another_version_another_container_and_another_time_do_not_count(
    destination: ObjectServer, journal: Journal, seen: Step, number: int
) -> None:
    copies = ExpiringCopies(journal, "here", prune=False)
    copies.see(seen)
    assert gone(destination, copies) == (number, number)


def test_what_is_still_listed_has_not_gone_and_no_more_are_asked_for_than_are_missed(
    destination: ObjectServer, journal: Journal
) -> None:
    copies = ExpiringCopies(journal, "here", prune=False)
    for name in ("a", "b", "c"):
        copies.see(step(Action.KEEP, name))
    assert gone(destination, copies, "a") == (2, 3)
    destination.asked.clear()
    assert gone(destination, copies, "a", most=1) == (1, 2)


def test_what_was_copied_or_found_equal_in_this_run_counts(
    destination: ObjectServer, journal: Journal
) -> None:
    copies = ExpiringCopies(journal, "here", prune=False)
    journal.note_expiry("here", entry("new"), NOW - 1)
    copies.keep(entry("c"))
    copies.keep(entry("never expires"))
    assert gone(destination, copies) == (2, 2)
