# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Steps for whose objects a server asks for a long pause: done after all others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from .._migration.journal import Journal, Postponed
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Step
from .._transport.postponement import PostponedError, Postponement
from .._transport.retry import PATIENCE
from .step_result import StepResult, attempt

Copy = Callable[[Iterator[Step]], None]

INTERVAL = 1.0
"""Seconds after which a wait is interrupted if it must be."""


class PostponedSteps:
    """They wait in the journal's file, hold no thread, and are named when they fail in the end.

    :param interrupt: called once a second while nothing can be done; it may raise.
    :param clock: seconds that only grow.
    :ivar postponement: which steps are put off now.
    """

    def __init__(
        self,
        journal: Journal,
        interrupt: Callable[[], None],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._interrupt = journal, interrupt
        self._sleep, self._clock = sleep, clock
        self._again = False
        self.postponement = Postponement()

    def attempt(
        self, step: Step, work: Callable[[], Outcome], *, is_large: bool = False
    ) -> StepResult:
        """Do a step.  It is put off when a server asks for a long pause.

        :param is_large: whether the object is copied as a large one.
        :returns: POSTPONED for one that is put off.
        :raises MigrationError: every other object would fail as well.
        """
        name, begun = step.entry.name, self._clock()
        try:
            outcome = attempt(name, work)
        except PostponedError as error:
            due = self._clock() + error.seconds
            self._journal.postpone(Postponed(step, is_large, due, str(error)))
            outcome = Outcome(Kind.POSTPONED, name)
        else:
            if self._again and outcome.kind is Kind.LARGE:
                self._journal.postpone(Postponed(step, True, self._clock(), outcome.reason))
            elif self._again:
                self._journal.resume(name)
        return StepResult(step.action, outcome, self._clock() - begun)

    def run(self, plain: Copy, large: Copy) -> Iterator[StepResult]:
        """Do each when its server allows it, for a few minutes, or once if that is too late.

        :param plain: copies plain objects.  :param large: copies large ones.
        :returns: those that have failed by then.
        """
        self._again, self.postponement = True, Postponement(math.inf)
        end = self._clock() + PATIENCE
        while (due := self._journal.due()) is not None:
            is_last = due > end
            self._wait(0.0 if is_last else due)
            now = math.inf if is_last else self._clock()
            plain(self._steps(now, is_large=False))
            large(self._steps(now, is_large=True))
            if is_last:
                break
        for step, _is_large, _due, reason in self._journal.postponed():
            self._journal.resume(step.entry.name)
            yield StepResult(step.action, Outcome(Kind.FAILED, step.entry.name, reason=reason))

    def _wait(self, moment: float) -> None:
        while (seconds := moment - self._clock()) > 0:
            self._interrupt()
            self._sleep(min(INTERVAL, seconds))

    def _steps(self, now: float, *, is_large: bool) -> Iterator[Step]:
        for postponed in self._journal.postponed():
            if postponed.due <= now and postponed.is_large is is_large:
                yield postponed.step
