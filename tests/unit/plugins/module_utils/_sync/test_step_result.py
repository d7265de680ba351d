# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which failure is that of one object, and which is that of all."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import Action
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.step_result import (
    StepResult,
    attempt,
    bytes_carried,
)


def failing(error: Exception) -> Outcome:
    raise error


def test_an_outcome_is_given_as_it_is() -> None:
    outcome = Outcome(Kind.COPIED, "a", 3)
    assert attempt("a", lambda: outcome) is outcome
    assert bytes_carried(StepResult(Action.COPY, outcome)) == 3


def test_a_failure_of_one_object_is_an_outcome() -> None:
    error = MigrationError("it is damaged", remedy="Look at it")
    assert attempt("a", lambda: failing(error)) == Outcome(Kind.FAILED, "a", reason=str(error))


def test_a_failure_of_every_object_is_raised() -> None:
    error = MigrationError("the disk is full")
    error.fatal = True
    with pytest.raises(MigrationError, match="the disk is full"):
        attempt("a", lambda: failing(error))


def test_an_error_of_the_program_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt("a", lambda: failing(ZeroDivisionError()))
