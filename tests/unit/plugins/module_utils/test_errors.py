# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the user reads when the collection cannot go on."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    AttemptError,
    MigrationError,
)


@pytest.mark.parametrize(
    ("message", "named", "text"),
    [
        ("no such cloud", {}, "no such cloud."),
        ("no such cloud", {"option": "source.cloud"}, "source.cloud: no such cloud."),
        ("no such cloud", {"remedy": "Name another"}, "no such cloud. Name another."),
        (
            "no such cloud.",
            {"option": "source.cloud", "remedy": "Name another."},
            "source.cloud: no such cloud. Name another.",
        ),
        ("no\nsuch \t cloud", {"remedy": "Name\r\nanother"}, "no such cloud. Name another."),
    ],
)
def test_an_error_is_one_line_of_the_option_what_is_wrong_and_what_to_do(
    message: str, named: dict[str, str], text: str
) -> None:
    assert str(MigrationError(message, **named)) == text


def test_a_remedy_that_is_known_later_is_told_as_well() -> None:
    error = MigrationError("the login failed")
    error.remedy, error.option = "Check the password", "source.auth.password"
    assert str(error) == "source.auth.password: the login failed. Check the password."


def test_an_attempt_is_final_and_blames_no_server_unless_it_says_so() -> None:
    error = AttemptError("failed")
    assert not (error.fatal or error.retryable or error.unreachable or error.throttled)
    assert (error.attempts, error.retry_after, error.unanswered) == (None, None, "")
