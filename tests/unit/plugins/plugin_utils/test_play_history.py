# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The record of a real ansible-playbook, however it ends; its modules do nothing."""

from __future__ import annotations

import json
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.unit.plugins.plugin_utils.test_last_line import (
    CHECK,
    LOOK_LONG,
    START,
    STOP,
    SWITCH,
    Playbook,
    playbook,
)

__all__ = ["playbook"]

FAIL = {"cube_environment": {"state": "new", "fail": True}}


def kept(playbook: Playbook) -> list[Path]:
    return sorted((playbook.folder / "my history").glob("*"))


def record(playbook: Playbook) -> dict[str, Any]:
    [path] = kept(playbook)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found: dict[str, Any] = json.loads(path.read_text())
    assert found["name"] == path.stem
    return found


def options(playbook: Playbook, *more: str) -> tuple[str, ...]:
    # As in an inventory, where one variable refers to another.
    given = {
        "place": str(playbook.folder),
        "swift_migration_history": "{{ place }}/my history",
        "swift_migration_preflight_report": "{{ place }}/preflight.json",
    }
    return ("-e", json.dumps(given), *more)


def test_it_is_in_the_folder_of_the_history_and_tells_what_was_done(playbook: Playbook) -> None:
    (playbook.folder / "preflight.json").write_text('{"moment": "m", "checks": []}')
    process = playbook.start(STOP, SWITCH, START, CHECK, options=options(playbook))
    output = process.communicate()[0]
    told = record(playbook)
    *before, last = output.rstrip("\n").splitlines()
    assert f"The record of this play is {kept(playbook)[0]}" in before
    assert last.startswith("CUBE runs on the new storage")
    assert (told["kind"], told["what"], told["how"], told["message"]) == (
        *("play", "cutover", "done", ""),
    )
    assert [event["event"] for event in told["events"]] == [
        *("stopping", "stopped", "switching", "switched"),
        *("starting", "started", "checking", "checked"),
    ]
    assert {event["host"] for event in told["events"]} == {"a"}
    assert told["downtime"]["seconds"] == pytest.approx(
        sum(step["seconds"] for step in told["downtime"]["steps"]), abs=0.01
    )
    assert told["preflight"]["moment"] == "m"
    assert all(told["versions"].values())


def test_one_that_fails_tells_why(playbook: Playbook) -> None:
    playbook.run(STOP, FAIL, options=options(playbook))
    told = record(playbook)
    assert (told["how"], told["message"]) == ("failed", "it fails")
    assert (told["events"][-1]["event"], told["events"][-1]["ok"]) == ("switched", False)
    assert told["downtime"] is None


@pytest.mark.parametrize(
    ("number", "how"), [(signal.SIGINT, "broken off"), (signal.SIGKILL, "unfinished")]
)
def test_one_that_is_cut_off_tells_how_far_it_came(
    playbook: Playbook, number: signal.Signals, how: str
) -> None:
    playbook.interrupted(number, STOP, LOOK_LONG, options=options(playbook))
    told = record(playbook)
    assert told["how"] == how
    assert [event["event"] for event in told["events"]] == ["stopping", "stopped"]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("verify.yml", ()),
        ("cutover.yml", ("--check",)),
        ("cutover.yml", ("-e", "swift_migration_history=false")),
    ],
)
def test_there_is_none_of_what_is_no_cutover_or_where_nobody_wants_it(
    playbook: Playbook, name: str, more: tuple[str, ...]
) -> None:
    playbook.run(STOP, name=name, options=options(playbook, *more))
    assert kept(playbook) == []


def test_a_way_back_is_called_so_and_the_roles_variable_wins(playbook: Playbook) -> None:
    other = playbook.folder / "other"
    wins = ("-e", f"migrate_data_history={other}")
    playbook.run(STOP, name="rollback.yml", options=options(playbook, *wins))
    [path] = other.iterdir()
    assert "Z-rollback-play-" in path.name
    assert json.loads(path.read_text())["what"] == "rollback"
    assert kept(playbook) == []


def test_a_folder_that_cannot_be_written_is_warned_of(playbook: Playbook) -> None:
    (playbook.folder / "my history").touch()
    output = playbook.start(STOP, START, options=options(playbook)).communicate()[0]
    assert output.count("the record of this play cannot be written") == 1
    assert "failed=0" in output
