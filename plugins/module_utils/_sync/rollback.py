# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back: what was written to the new container since the cutover goes to the old one."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import Any

from .._cloud.connection import Connection
from .._copy.transfer import Transfer
from .._copy.transfers import Transfers
from .._errors import MigrationError
from .._migration.divergence import Divergence, Moments
from .._migration.journal import Journal
from .._migration.lease_keeper import LeaseKeeper
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action, Step
from .._migration.report import CONFLICT, COUNTS, Report
from .._migration.run_context import RunContext
from .._migration.segment_layout import counterpart
from .._migration.state import Migration, identity, refuse_other_source
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._transport.retry import Retry
from .options import SyncOptions
from .replication import Replication

KEPT_APART = (*COUNTS, CONFLICT)


class Rollback:
    """One run back from the new container to the old one.

    :param source: the old container's cloud, which is written to.
    :param destination: the new container's cloud, which is only read.
    :param options: in the words of the migration: ``options.source`` is the old container.
    """

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: SyncOptions,
        retry: Retry | None = None,
    ) -> None:
        self._given = options
        names, listed = (options.source, options.destination), options.segment_containers
        self._options = dataclasses.replace(
            options,
            source=options.destination,
            destination=options.source,
            prune=True,
            segment_containers=[*listed, *(counterpart(each, *names) for each in listed)],
        )
        self._context = RunContext(destination, source, self._options, retry)
        self.report = Report(
            None if options.check else options.report, KEPT_APART, side="destination"
        )

    def run(self) -> None:
        """Copy back what is new or replaced, delete what was deleted, list what is in conflict.

        Single objects that fail do not end the run; they are counted and named in the report.

        :raises MigrationError: nothing can be done, or no more can be done.
        """
        options, context = self._options, self._context
        self._given.check_values()
        self.report.accept = options.accepted
        new, old = self._look()
        origin, here = identity(context.destination, old), identity(context.source, new)
        if self._cutover(new, origin, here) is None:
            return
        migration = Journal(options.state_dir, (origin, here), check_mode=options.check)
        journal = Journal(options.state_dir, (here, origin), check_mode=options.check)
        leases = contextlib.ExitStack()
        try:
            new, old = migration.lock_and_look(options.lock_timeout, (new, old), self._look)
            moments = self._cutover(new, origin, here)
            if moments is None:
                return
            self._take_lease(leases, migration, new)
            self.report.open()
            divergence = Divergence(moments, journal.settled)
            guarded = _Guard(divergence, Transfers(context).make(), journal, self.report)
            Replication(
                context,
                journal,
                self.report,
                options,
                compare=divergence,
                compare_segments=divergence.segments,
                may_do=guarded,
                own_segments=True,
            ).run(new, old)
        finally:
            leases.close()
            journal.close()
            migration.close()
            self.report.close()

    def _take_lease(
        self, leases: contextlib.ExitStack, migration: Journal, new: ContainerStat
    ) -> None:
        """Let the lease, which the new container keeps, allow each write from now on.

        :param leases: gives it back in the end.
        :raises MigrationError: another run writes.
        """
        lease = LeaseKeeper(
            self._context.source_container, "swift_rollback", migration.place(), _refuse
        )
        lease.check_free(new)
        if not self._options.check:
            self._context.lease = leases.enter_context(lease)

    def _look(self) -> tuple[ContainerStat, ContainerStat]:
        return _stat(self._context.source), _stat(self._context.destination)

    def _cutover(self, new: ContainerStat, origin: str, here: str) -> Moments | None:
        """The moments of the cutover; None when the new container is not in use.

        :param origin: identifies the old container.  :param here: identifies the new one.
        :raises MigrationError: it is filled from another container, or lacks a moment.
        """
        found = Migration.of(new.headers)
        refuse_other_source(found, origin, here)
        name = self._options.source
        if found is None or not found.phase.settled:
            self.report.notice = (
                f"container '{name}' has not been in use since a cutover: "
                "there is nothing to copy back"
            )
            return None
        if not (found.frozen and found.verified):
            raise MigrationError(
                f"container '{name}' does not say when it was cut over",
                option="destination.container",
                remedy="Compare the two with swift_compare and copy what is needed by hand",
            )
        return Moments(old=found.frozen, new=found.verified)

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        return {**self.report.result(), "conflicts": self.report.conflicts}


class _Guard:
    """Lets no step touch what somebody else wrote to the old container, and tells of it."""

    def __init__(
        self, divergence: Divergence, transfer: Transfer, journal: Journal, report: Report
    ) -> None:
        self._divergence, self._transfer = divergence, transfer
        self._journal, self._report = journal, report

    def __call__(self, step: Step) -> bool:
        name = step.entry.name
        why = self._divergence.conflict(step)
        if not why or (step.existing is not None and self._journal.returned(step.existing)):
            if step.action in (Action.COPY, Action.REPLACE):
                self._journal.note_returned(name, step.entry.hash)
            return True
        if step.action is not Action.DELETE and self._transfer.same(name):
            self._report.add(step.action, Outcome(Kind.KEPT, name))
        else:
            self._report.add_conflict(name, why)
        return False


def _refuse(headers: Mapping[str, str]) -> str:
    """Why the new container's headers allow no way back; "" if they do."""
    found = Migration.of(headers)
    if found is not None and found.phase.settled:
        return ""
    return f"has the phase '{found.phase.value}'" if found else "has no migration any more"


def _stat(container: Container) -> ContainerStat:
    stat = container.stat()
    if stat is None:
        raise container.missing()
    return stat
