# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was to be done with an object, and how that ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .._errors import MigrationError
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action


class StepResult(NamedTuple):
    """The result of one step of a plan.

    :param seconds: that it took; 0 where nobody has measured that.
    """

    action: Action
    outcome: Outcome
    seconds: float = 0.0


def bytes_carried(result: StepResult) -> int:
    """The bytes that a step took."""
    return result.outcome.size


def attempt(name: str, work: Callable[[], Outcome]) -> Outcome:
    """Do the work on one object, and turn its failure into an outcome.

    :raises MigrationError: every other object would fail as well.
    """
    try:
        return work()
    except MigrationError as error:
        if error.fatal:
            raise
        return Outcome(Kind.FAILED, name, reason=str(error))
