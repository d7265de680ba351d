# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import (
    FAILURE,
    OK,
    Check,
    attempt,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    EndedError,
    MigrationError,
)


def refuse() -> list[Check]:
    raise MigrationError(
        "the server says 401", option="source.auth.password", remedy="Look at the password"
    )


def test_an_error_is_a_failed_check_with_its_option_and_remedy() -> None:
    assert [check.to_dict() for check in attempt("login to the source", refuse)] == [
        {
            "name": "login to the source",
            "verdict": FAILURE,
            "seen": "source.auth.password: the server says 401",
            "remedy": "Look at the password",
        }
    ]


def test_what_is_found_without_an_error_is_kept() -> None:
    found = Check("clocks", OK, "0.2 s apart")
    assert attempt("clocks", lambda: [found]) == [found]


def test_being_told_to_end_is_no_finding() -> None:
    def end() -> list[Check]:
        raise EndedError

    with pytest.raises(EndedError):
        attempt("login to the source", end)


def test_what_a_server_says_cannot_steer_the_terminal() -> None:
    check = Check.failed("login", MigrationError("it says \x1b[2J"))
    assert "\x1b" not in check.seen


def test_there_are_no_other_verdicts() -> None:
    with pytest.raises(ValueError, match="'fine'"):
        Check("clocks", "fine", "")
