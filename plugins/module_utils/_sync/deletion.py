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
from .._swift.listing import ListedObject
from .options import SyncOptions
from .step_result import StepResult, attempt, bytes_carried


class Deletion:
    """Deletes the names that the journal noted as extra, if that is asked for and allowed.

    :param since: ISO 8601 by the destination's clock; objects there that are older, and that no
        run has proved equal to the source's, are somebody else's and are left alone.
    """

    def __init__(
        self,
        context: RunContext,
        transfers: Transfers,
        journal: Journal,
        report: Report,
        options: SyncOptions,
        since: str = "",
    ) -> None:
        self._context, self._transfers = context, transfers
        self._journal, self._report = journal, report
        self._options = options
        self._since = since

    def run(self) -> None:
        """Delete them, or in check mode count them.

        :raises MigrationError: they look like a mistake; none was deleted.
        """
        objects = self._report.objects
        count, others, first = 0, 0, ""
        for entry in self._journal.extras():
            stays = not (self._options.prune and self._is_own(entry))
            if stays:
                others, first = others + 1, first or entry.name
            else:
                count += 1
            if stays or self._report.lacking:
                self._report.left(entry)
        objects["extra"] = others
        if others and self._options.prune:
            self._report.notice = (
                f"{others} objects were left alone that the destination had before this "
                f"migration. The first is {first}"
            )
        if not count:
            return
        if self._report.lacking:
            objects["extra"] = others + count
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
        own = filter(self._is_own, self._journal.extras())
        steps = (Step(Action.DELETE, entry) for entry in own)
        executor = self._context.executor(self._worker, bytes_carried)
        executor.run(steps, lambda result: self._report.add(*result))
        unlisted = self._report.unlisted
        if unlisted:
            self._report.notice = (
                f"{objects['unlisted']} objects were left alone that "
                f"{self._context.source.where} gives but does not list. The first is {unlisted[0]}"
            )

    def _is_own(self, entry: ListedObject) -> bool:
        return entry.last_modified >= self._since or self._journal.was_proved_equal(entry.name)

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
