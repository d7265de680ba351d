# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the record of a play tells of what happened on its hosts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._play_record import (
    BROKEN_OFF,
    PlayRecord,
)

NOW = 1_700_000_000.0
STOP = ("cube_services", {"state": "stopped"})
START = ("cube_services", {"state": "started"})
LOOK = ("cube_storage_info", {})
SWITCH = ("cube_environment", {"state": "new"})
COPY = ("swift_sync", {})
PROVE = ("swift_compare", {})


class Play:
    """A play whose clock goes on by a second before each event."""

    def __init__(self) -> None:
        self.record, self.now = PlayRecord(), NOW

    def begin(self, what: tuple[str, dict[str, Any]], host: str = "cube") -> None:
        self.now += 1
        self.record.began(self.now, host, *what)

    def do(
        self,
        what: tuple[str, dict[str, Any]],
        host: str = "cube",
        *,
        ok: bool = True,
        **result: Any,
    ) -> None:
        self.begin(what, host)
        self.now += 1
        done = self.record.answered if ok else self.record.refused
        done(self.now, host, *what, result)

    def content(self, how: str = "done") -> dict[str, Any]:
        return self.record.content(how, {"cube": ["cube"]}, None)

    def events(self) -> list[tuple[str, bool]]:
        return [(event["event"], event["ok"]) for event in self.content()["events"]]


@pytest.fixture
def play() -> Play:
    return Play()


def cut_over(play: Play) -> None:
    play.do(LOOK)
    play.do(STOP)
    play.do(COPY, "mover", kept_record="/h/20261129T200017Z-migrate-1a2b3c4d.json")
    play.do(PROVE, "mover", kept_record="/h/20261129T200023Z-compare-1a2b3c4d.json")
    play.do(SWITCH)
    play.do(START)
    play.do(LOOK)


def test_a_cutover_has_its_events_and_runs(play: Play) -> None:
    cut_over(play)
    told = [word for word, ok in play.events() if ok]
    assert told == [
        *("stopping", "stopped", "copying", "copied", "proving", "proved"),
        *("switching", "switched", "starting", "started", "checking", "checked"),
    ]
    content = play.content()
    assert content["runs"] == [
        "20261129T200017Z-migrate-1a2b3c4d",
        "20261129T200023Z-compare-1a2b3c4d",
    ]
    assert content["events"][3] == {
        "at": "2023-11-14T22:13:26.000+00:00",
        "event": "copied",
        "host": "mover",
        "ok": True,
        "seconds": 1.0,
        "run": content["runs"][0],
    }


def test_the_steps_of_a_downtime_add_up(play: Play) -> None:
    cut_over(play)
    down = play.content()["downtime"]
    assert [step["step"] for step in down["steps"]] == [
        *("stop", "copy", "prove", "switch", "start", "check")
    ]
    assert down["seconds"] == sum(step["seconds"] for step in down["steps"]) == 11.0
    assert down["begun"] == "2023-11-14T22:13:23.000+00:00"
    assert down["ended"] == "2023-11-14T22:13:34.000+00:00"


def test_several_hosts_are_one_step(play: Play) -> None:
    for what in (STOP, START, LOOK):
        for host in ("one", "two"):
            play.do(what, host)
    down = play.content()["downtime"]
    assert [(step["step"], step["seconds"]) for step in down["steps"]] == [
        *(("stop", 3.0), ("start", 4.0), ("check", 4.0))
    ]


@pytest.mark.parametrize("last", [STOP, START])
def test_what_is_down_again_has_no_downtime_yet(
    play: Play, last: tuple[str, dict[str, Any]]
) -> None:
    cut_over(play)
    play.begin(last)
    assert play.content()["downtime"] is None


def test_what_was_never_stopped_has_none(play: Play) -> None:
    play.do(COPY, "mover")
    play.do(START)
    assert play.content()["downtime"] is None


def test_what_was_started_and_not_found_well_is_not_up(play: Play) -> None:
    play.do(STOP)
    play.do(START)
    play.do(LOOK, ok=False, msg="it answers 500")
    assert play.content()["downtime"] is None
    assert play.content()["events"][-1]["message"] == "it answers 500"


def test_a_cutover_that_was_undone_was_down_until_the_old_storage_was_back(play: Play) -> None:
    play.do(STOP)
    play.do(COPY, "mover", ok=False, msg="no copy")
    play.record.failed("no copy")
    play.do(("swift_rollback", {}), "mover")
    play.do(("cube_environment", {"state": "old"}))
    play.do(START)
    play.do(LOOK)
    content = play.content("failed")
    assert content["message"] == "no copy"
    assert [step["step"] for step in content["downtime"]["steps"]] == [
        *("stop", "copy", "copy back", "switch", "start", "check")
    ]
    assert play.content()["message"] == ""


def test_a_look_before_the_start_is_no_event(play: Play) -> None:
    play.do(LOOK)
    play.do(STOP)
    play.do(LOOK)
    assert [word for word, _ok in play.events()] == ["stopping", "stopped"]


def test_only_a_change_of_the_phase_is_told(play: Play) -> None:
    play.do(("migration_phase", {}), "mover", changed=False, phase="copying")
    play.do(("migration_phase", {}), "mover", changed=True, phase="frozen")
    [event] = play.content()["events"]
    assert (event["event"], event["phase"]) == ("phase", "frozen")


def test_the_catalogues_verdict_is_the_worst_of_its_checks(play: Play) -> None:
    assert play.content()["catalogue"] is None
    play.do(("cube_catalogue", {}), checks=[{"name": "a", "verdict": "ok"}])
    assert play.content()["catalogue"]["verdict"] == "ok"
    play.do(("swift_catalogue", {}), "mover", checks=[{"name": "b", "verdict": "failure"}])
    told = play.content()["catalogue"]
    assert (told["verdict"], len(told["checks"])) == ("failure", 2)


def test_of_a_preflight_what_was_well_is_left_out() -> None:
    checks = [{"verdict": "ok"}, {"verdict": "warning", "seen": "x\x1b[2J"}, "no check"]
    found = {"moment": "m", "verdict": "warning", "summary": "s", "forecast": None, "secret": 1}
    told = PlayRecord().content(BROKEN_OFF, {}, {**found, "checks": checks})["preflight"]
    del found["secret"]
    assert told == {**found, "checks": [{"verdict": "warning", "seen": "x\x1b[2J"}]}
    assert PlayRecord().content("done", {}, {"checks": 7})["preflight"]["checks"] == []
