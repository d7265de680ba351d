# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The deletes of a run: what its source does not have, after everything else."""

from __future__ import annotations

from collections.abc import Callable

from .._copy.transfers import Transfers
from .._migration.delete_policy import refuse_suspicious_deletes
from .._migration.journal import Journal
from .._migration.plan import Action, Step
from .._migration.report import Report
from .._migration.run_context import RunContext
from .options import SyncOptions
from .step_result import StepResult, attempt, bytes_carried


class Deletion:
    """Deletes the names that the journal noted as extra, if that is asked for and allowed."""

    def __init__(
        self,
        context: RunContext,
        transfers: Transfers,
        journal: Journal,
        report: Report,
        options: SyncOptions,
    ) -> None:
        self._context, self._transfers = context, transfers
        self._journal, self._report = journal, report
        self._options = options

    def run(self) -> None:
        """Delete them, or in check mode count them.

        :raises MigrationError: they look like a mistake; none was deleted.
        """
        objects = self._report.objects
        count = sum(1 for _entry in self._journal.extras())
        if not self._options.prune or not count:
            objects["extra"] = count
            return
        if self._report.lacking:
            objects["extra"] = count
            self._report.notice = "nothing was deleted, because objects could not be copied"
            return
        refuse_suspicious_deletes(
            count,
            self._options.max_delete,
            source=self._report.source["objects"],
            destination=self._report.destination["objects"],
            counted=self._counted(),
            deleted=self._report.segments["deleted"],
        )
        steps = (Step(Action.DELETE, entry) for entry in self._journal.extras())
        executor = self._context.executor(self._worker, bytes_carried)
        executor.run(steps, lambda result: self._report.add(*result))
        unlisted = self._report.unlisted
        if unlisted:
            self._report.notice = (
                f"{objects['unlisted']} objects were left alone that "
                f"{self._context.source.where} gives but does not list. The first is {unlisted[0]}"
            )

    def _counted(self) -> int:
        stat = None if self._options.prefix else self._context.source.stat()
        return stat.objects if stat is not None else 0

    def _worker(self) -> Callable[[Step], StepResult]:
        transfer = self._transfers.make()

        def work(step: Step) -> StepResult:
            entry = step.entry
            check = self._options.check
            outcome = attempt(entry.name, lambda: transfer.delete(entry, check=check))
            return StepResult(Action.DELETE, outcome)

        return work
