# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight comes to: an order, a line, and a file."""

from __future__ import annotations

import copy
import dataclasses
import json

import pytest

from tests.unit.plugins.plugin_utils.preflights import FORECAST, check, report


def test_the_worst_comes_first_and_the_rest_stays_in_order() -> None:
    made = report(
        check("a", "ok"), check("b", "warning"), check("c", "failure"), cube=[check("d", "failure")]
    )
    assert [(found.host, found.check.name) for found in made.found] == [
        ("mover", "c"),
        ("cube", "d"),
        ("mover", "b"),
        ("mover", "a"),
    ]
    assert made.counts == {"failure": 2, "warning": 1, "ok": 1}
    assert made.verdict == "failure"


@pytest.mark.parametrize(
    ("verdicts", "summary"),
    [
        (["failure", "failure", "warning"], "preflight: 2 failures, 1 warning, 0 ok"),
        (["failure", "ok", "ok"], "preflight: 1 failure, 0 warnings, 2 ok"),
    ],
)
def test_the_line_counts_and_tells_what_to_expect(verdicts: list[str], summary: str) -> None:
    checks = [check(str(number), verdict) for number, verdict in enumerate(verdicts)]
    told = copy.deepcopy(FORECAST)
    assert report(*checks, forecast=told).summary == (
        f"{summary}; expect 12 to 15 min for the first copy, CUBE down for 40 s or more"
    )
    told["downtime"]["not_measured"] = []
    assert report(*checks, forecast=told).summary.endswith("CUBE down for about 40 s")
    told["first_copy"] = None
    for nothing in (told, None):
        made = report(*checks, forecast=nothing)
        assert made.summary == f"{summary}; how long it will take was not measured"


def test_the_line_begins_with_what_was_done() -> None:
    made = dataclasses.replace(report(check("a", "ok")), title="rehearsal")
    assert made.summary.startswith("rehearsal: 0 failures, 0 warnings, 1 ok; ")
    nothing = dataclasses.replace(report(), title="rehearsal")
    assert nothing.summary == "rehearsal: nothing was looked at"


def test_where_nothing_was_looked_at_nothing_is_well() -> None:
    assert report().verdict == report(cube=[]).verdict == "failure"
    assert report().summary == "preflight: nothing was looked at"


def test_each_step_is_told_with_its_range() -> None:
    assert report(check("a", "ok"), forecast=FORECAST).steps == [
        ("first copy", "12 to 15 min"),
        ("copy of what changes in an hour", "1 to 5 s"),
        ("CUBE down: the application stops", "not measured"),
        ("CUBE down: both listings are read", "4 to 9 s"),
    ]
    assert report(check("a", "ok")).steps == []


def test_the_file_has_all_of_it() -> None:
    made = report(check("a", "ok"), check("b", "failure", "wrong", "Mend it"), forecast=FORECAST)
    told = json.loads(made.to_json())
    assert told["checks"][0] == {"host": "mover", **check("b", "failure", "wrong", "Mend it")}
    assert (told["moment"], told["verdict"]) == ("2026-11-29T11:20:00+00:00", "failure")
    assert told["counts"] == {"failure": 1, "warning": 0, "ok": 1}
    assert told["forecast"] == FORECAST
    assert told["summary"] == made.summary


def test_nothing_that_was_found_steers_a_terminal() -> None:
    [found] = report(check("a\x1b[2J", "ok", "b\nc")).found
    assert (found.check.name, found.check.seen) == ("a\\x1b[2J", "b\\nc")


@pytest.mark.parametrize("wrong", [check("a", "fine"), {**check("a", "ok"), "more": "x"}])
def test_what_is_no_check_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises((TypeError, ValueError)):
        assert report(wrong).found
