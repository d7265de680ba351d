# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The symlinks of a plan, as soon as everything is there that they may lead to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from .._copy.symlinks import Symlinks
from .._migration.journal import Journal
from .._migration.outcome import Kind
from .._migration.plan import Step
from .._migration.report import Report
from .._migration.run_context import RunContext
from .._transport.postponement import Postponement
from .postponed_steps import PostponedSteps
from .step_result import StepResult, bytes_carried

Worker = Callable[[Step], StepResult]


class SymlinkSteps:
    """Copies the symlinks that a journal has put off.

    :param make_symlinks: makes what copies symlinks and does not wait for what is postponed, once
        for each thread.
    """

    def __init__(
        self,
        context: RunContext,
        journal: Journal,
        report: Report,
        make_symlinks: Callable[[Postponement], Symlinks],
    ) -> None:
        self._journal, self._report = journal, report
        self._context, self._make_symlinks = context, make_symlinks
        self._postponed = PostponedSteps(journal, context.interrupt)

    def run(self) -> None:
        """Copy them; a static one whose target is a symlink, too, in a second turn.

        Those for which a server asks for a long pause come last.

        :raises MigrationError: no more can be done.
        """
        for last in (False, True):
            self._copy(self._steps(), last=last)
        in_the_end = functools.partial(self._copy, last=True)
        for failed in self._postponed.run(in_the_end, large=lambda _none: None):
            self._report.add(*failed)

    def _copy(self, steps: Iterator[Step], *, last: bool) -> None:
        make_worker = functools.partial(self._worker, last=last)
        self._context.executor(make_worker, bytes_carried).run(steps, self._done)

    def _steps(self) -> Iterator[Step]:
        deferred = (Step(action, entry) for action, entry in self._journal.deferred())
        return (step for step in deferred if step.entry.symlink)

    def _worker(self, *, last: bool) -> Worker:
        symlinks = self._make_symlinks(self._postponed.postponement)

        def work(step: Step) -> StepResult:
            copy = functools.partial(symlinks.copy, step.entry, last=last)
            return self._postponed.attempt(step, copy)

        return work

    def _done(self, result: StepResult) -> None:
        kind = result.outcome.kind
        if kind is not Kind.LARGE:
            self._journal.forget_deferred(result.outcome.name)
        if kind not in (Kind.LARGE, Kind.POSTPONED):
            self._report.add(*result)
