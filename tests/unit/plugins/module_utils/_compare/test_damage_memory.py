# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When what was found damaged is written to the destination, and what counts as damage."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.damage import Damage
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.damage_memory import (
    DamageMemory,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.post_cutover_changes import (
    STRAGGLER,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

HERE, THERE = Sides.SOURCE, Sides.DESTINATION
LOST = Finding(Verdict.UNREADABLE, "a", lost=THERE)


@pytest.fixture
def store(destination: ObjectServer) -> ObjectStore:
    """A destination that is filled from "s"."""
    made = ObjectStore()
    made.containers["c"] |= Migration("s", Phase.COPYING, "2026").headers()
    destination.script = made
    return made


def memory(
    server: ObjectServer, *, source: str = "s", in_use: bool = False, check: bool = False
) -> DamageMemory:
    container = server.container(label="destination")
    stat = container.stat()
    assert stat is not None
    return DamageMemory(container, stat, source, in_use=in_use, check=check)


def remembered(store: ObjectStore, name: str) -> bool:
    return Damage.of(store.containers["c"]).has(name)


def posts(server: ObjectServer) -> int:
    return sum(asked.method == "POST" for asked in server.asked)


@pytest.mark.parametrize(
    ("finding", "in_use", "is_damage"),
    [
        (LOST, False, True),
        (Finding(Verdict.ACCEPTED, "a", lost=THERE), False, True),
        (Finding(Verdict.UNREADABLE, "a", broken=Sides.BOTH), False, True),
        (Finding(Verdict.DIFFER, "a", ("hash",), damaged=THERE), False, True),
        (Finding(Verdict.UNREADABLE, "a", lost=HERE), False, False),
        (Finding(Verdict.DIFFER, "a", ("hash",), damaged=HERE), False, False),
        (Finding(Verdict.EXPIRED, "a", lost=THERE), True, False),
        (Finding(Verdict.DIFFER, "a", ("bytes", "hash")), False, False),
        (Finding(Verdict.DIFFER, "a", ("bytes", "hash")), True, True),
        (Finding(Verdict.DIFFER, "a", ("bytes", "hash", STRAGGLER)), True, False),
        (Finding(Verdict.DIFFER, "a", ("x-object-meta-a",)), True, False),
        (Finding(Verdict.MISSING, "a"), True, False),
        (Finding(Verdict.ERROR, "a"), False, True),
        (Finding(Verdict.MATCH, "a"), True, False),
    ],
)
def test_what_counts_as_damage(
    destination: ObjectServer,
    store: ObjectStore,
    finding: Finding,
    in_use: bool,
    is_damage: bool,
) -> None:
    noted = memory(destination, in_use=in_use)
    noted.note(finding)
    noted.keep()
    assert remembered(store, "a") is is_damage
    assert posts(destination) == is_damage


def test_what_was_known_is_not_written_again(destination: ObjectServer, store: ObjectStore) -> None:
    for _again in range(2):
        known = memory(destination)
        known.note(LOST)
        known.keep()
    assert known.damage.has("a")
    assert posts(destination) == 1


@pytest.mark.parametrize("verdict", [Verdict.MATCH, Verdict.WRITTEN])
def test_what_is_found_right_is_forgotten(
    destination: ObjectServer, store: ObjectStore, verdict: Verdict
) -> None:
    first = memory(destination)
    first.note(LOST)
    first.keep()
    second = memory(destination)
    second.note(Finding(Verdict.MISSING, "a"))
    second.keep()
    assert remembered(store, "a")
    third = memory(destination)
    third.note(Finding(verdict, "a"))
    assert third.keep() == Damage()
    assert not remembered(store, "a")


def test_in_check_mode_it_is_read_and_not_written(
    destination: ObjectServer, store: ObjectStore
) -> None:
    first = memory(destination, check=True)
    first.note(LOST)
    assert first.keep().has("a")
    assert posts(destination) == 0
    written = memory(destination)
    written.note(LOST)
    written.keep()
    assert memory(destination, check=True).damage.has("a")


def test_nothing_is_remembered_of_another_migration_or_of_none(
    destination: ObjectServer, store: ObjectStore
) -> None:
    def write(source: str) -> None:
        other = memory(destination, source=source)
        other.note(LOST)
        other.keep()

    write("another")
    assert not remembered(store, "a")
    write("s")
    assert memory(destination, source="another").damage == Damage()
    store.containers["c"] = {"x-timestamp": "1.0"}
    write("s")
    assert not remembered(store, "a")
