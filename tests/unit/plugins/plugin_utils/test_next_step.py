# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which command leads on from each state of a migration and of CUBE."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import Phase
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._next_step import (
    BACK,
    CUTOVER,
    LOOK,
    MIGRATE,
    MIXED,
    NEW,
    OLD,
    PARTLY,
    RESUME,
    STOPPED,
    UNKNOWN,
    VERIFY,
    cube_state,
    next_step,
)

FINISH_OR_BACK = [CUTOVER, BACK]
TABLE: dict[str, dict[str, tuple[str, list[str]]]] = {
    "": {
        UNKNOWN: ("Nothing was migrated", [MIGRATE]),
        STOPPED: ("CUBE is stopped", [MIGRATE]),
        PARTLY: ("Nothing was migrated", [MIGRATE]),
        OLD: ("Nothing was migrated", [MIGRATE]),
        NEW: ("not proved equal", [VERIFY]),
        MIXED: ("not proved equal", [VERIFY]),
    },
    "copying": {
        UNKNOWN: ("", [MIGRATE, CUTOVER]),
        STOPPED: ("CUBE is stopped", FINISH_OR_BACK),
        PARTLY: ("not run on all of its hosts", FINISH_OR_BACK),
        OLD: ("", [MIGRATE, CUTOVER]),
        NEW: ("not proved equal", [VERIFY]),
        MIXED: ("not proved equal", [VERIFY]),
    },
    "frozen": {
        UNKNOWN: ("CUBE was stopped at {frozen}", FINISH_OR_BACK),
        STOPPED: ("CUBE is stopped since {frozen}", FINISH_OR_BACK),
        PARTLY: ("not run on all of its hosts", FINISH_OR_BACK),
        OLD: ("CUBE runs on the old storage", FINISH_OR_BACK),
        NEW: ("not proved equal", [VERIFY]),
        MIXED: ("not proved equal", [VERIFY]),
    },
    "verified": {
        UNKNOWN: ("CUBE was stopped at {frozen}", FINISH_OR_BACK),
        STOPPED: ("CUBE is stopped since {frozen}", FINISH_OR_BACK),
        PARTLY: ("not run on all of its hosts", FINISH_OR_BACK),
        OLD: ("CUBE runs on the old storage", FINISH_OR_BACK),
        NEW: ("the cutover has not ended", FINISH_OR_BACK),
        MIXED: ("on the old and on the new storage", [BACK]),
    },
    "cut-over": {
        UNKNOWN: ("The cutover is done", [BACK]),
        STOPPED: ("Start its services", [BACK]),
        PARTLY: ("Start its services", [BACK]),
        OLD: ("a way back was broken off", [BACK]),
        NEW: ("The cutover is done", [BACK]),
        MIXED: ("on the old and on the new storage", [BACK]),
    },
    "rolled-back": {
        UNKNOWN: ("CUBE went back", [MIGRATE]),
        STOPPED: ("Start its services", [MIGRATE]),
        PARTLY: ("Start its services", [MIGRATE]),
        OLD: ("CUBE went back", [MIGRATE]),
        NEW: ("not proved equal", [VERIFY]),
        MIXED: ("not proved equal", [VERIFY]),
    },
}
ROWS = [(phase, cube, *row) for phase, by_cube in TABLE.items() for cube, row in by_cube.items()]


def cube(*running: str, storage: str = "old", problem: str = "") -> dict[str, Any]:
    return {"host": "h", "running": list(running), "storage": storage, "problem": problem}


def test_the_table_has_every_phase() -> None:
    assert set(TABLE) == {"", *(phase.value for phase in Phase)}
    assert {len(by_cube) for by_cube in TABLE.values()} == {6}


@pytest.mark.parametrize(("phase", "cube", "text", "commands"), ROWS)
def test_each_state_has_its_commands(phase: str, cube: str, text: str, commands: list[str]) -> None:
    step = next_step(phase, cube)
    assert text in step.text
    assert bool(text) == bool(step.text)
    assert list(step.commands) == commands


@pytest.mark.parametrize(("phase", "cube", "text", "commands"), ROWS)
def test_while_a_run_goes_on_nothing_is_begun_beside_it(
    phase: str, cube: str, text: str, commands: list[str]
) -> None:
    step = next_step(phase, cube, "swift_sync goes on.")
    assert step.text.endswith("swift_sync goes on.")
    stands_still = phase in ("frozen", "verified") and cube in (UNKNOWN, STOPPED, PARTLY)
    assert list(step.commands) == [LOOK, *(commands if stands_still else [])]
    assert all("if nobody is at it" in step.commands[key] for key in commands if stands_still)
    assert (text in step.text) or not stands_still


@pytest.mark.parametrize(("phase", "more"), [("copying", []), ("frozen", FINISH_OR_BACK)])
def test_what_is_paused_can_go_on(phase: str, more: list[str]) -> None:
    step = next_step(phase, STOPPED, "swift_sync is paused.", paused=True)
    assert step.text.endswith("swift_sync is paused.")
    assert list(step.commands) == [RESUME, LOOK, *more]


def test_without_a_known_phase_there_is_only_another_look() -> None:
    assert list(next_step(None, STOPPED, "swift_sync goes on.").commands) == [LOOK]


@pytest.mark.parametrize(
    ("cubes", "state"),
    [
        ([], UNKNOWN),
        ([cube("server"), cube(problem="lost")], UNKNOWN),
        ([cube(), cube(storage="new")], STOPPED),
        ([cube("server"), cube()], PARTLY),
        ([cube("server"), cube("pfcon")], OLD),
        ([cube("server", storage="new"), cube("pfcon", storage="new")], NEW),
        ([cube("server"), cube("pfcon", storage="new")], MIXED),
        ([cube("server", storage="mixed")], MIXED),
        ([cube("server", storage="")], MIXED),
    ],
)
def test_what_hosts_do_is_one_word(cubes: list[dict[str, Any]], state: str) -> None:
    assert cube_state(cubes) == state
