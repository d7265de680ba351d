# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A preflight's report on terminals of several widths."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_report import (
    PreflightReport,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._preflight_table import (
    PreflightTable,
)

from tests.unit.plugins.plugin_utils.preflights import FORECAST, check, report

FAILED = check(
    "login to the source",
    "failure",
    "auth.password: http://swift.example.org:8080/auth/v1.0 refuses the login",
    "Check username and password",
)
WARNED = check("running jobs of pfcon", "warning", "These jobs run: chris-jid-7", "Wait for them")
WELL = check("env files of CUBE", "ok", "they can be changed, all of them, whichever they are")


def text(made: PreflightReport, width: int) -> list[str]:
    return [line.text for line in PreflightTable(made, width).lines()]


def test_what_to_do_stands_below_what_was_found_and_what_is_well_in_one_line() -> None:
    assert text(report(WELL, WARNED, FAILED), 79) == [
        "FAILURE  login to the source    auth.password:",
        "                                http://swift.example.org:8080/auth/v1.0 refuses",
        "                                the login",
        "                                -> Check username and password",
        "warning  running jobs of pfcon  These jobs run: chris-jid-7",
        "                                -> Wait for them",
        "ok       env files of CUBE      they can be changed, all of them, whichever ...",
    ]


def test_a_narrow_terminal_gets_one_thing_below_the_other() -> None:
    assert text(report(WARNED, FAILED), 40) == [
        "FAILURE  login to the source",
        "  auth.password:",
        "  http://swift.example.org:8080/auth/v1.0",
        "  refuses the login",
        "  -> Check username and password",
        "warning  running jobs of pfcon",
        "  These jobs run: chris-jid-7",
        "  -> Wait for them",
    ]


@pytest.mark.parametrize("width", [0, 20, 45, 59, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal_but_for_a_long_word(width: int) -> None:
    made = report(FAILED, WARNED, WELL, forecast=FORECAST, cube=[WARNED])
    wide = [line for line in text(made, width) if len(line) > max(width, 20)]
    assert [line for line in wide if "http://swift.example.org:8080/auth/v1.0" not in line] == []


def test_the_host_is_named_where_there_are_several() -> None:
    assert text(report(WELL, cube=[WELL]), 120)[1].startswith("ok       cube: env files of CUBE  ")
    assert "mover" not in "".join(text(report(WELL), 120))


def test_a_line_tells_its_verdict_and_the_forecast_has_none() -> None:
    lines = list(PreflightTable(report(FAILED, WELL, forecast=FORECAST), 120).lines())
    assert [line.verdict for line in lines] == ["failure"] * 2 + ["ok"] + [""] * 5
    assert lines[-1].text == "CUBE down: both listings are read: 4 to 9 s"
