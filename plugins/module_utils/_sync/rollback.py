# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back: what was written to the new container since the cutover goes to the old one."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from .._cloud.connection import Connection
from .._copy.transfer import Transfer
from .._copy.transfers import Transfers
from .._errors import MigrationError
from .._history import run_record
from .._history.run_history import Told
from .._migration.divergence import Divergence, Moments
from .._migration.journal import Journal
from .._migration.known_runs import ROLLBACK
from .._migration.lease_keeper import LeaseKeeper
from .._migration.listing_pair import stat_of
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action, Step
from .._migration.recorded_run import recorded_settings
from .._migration.report import CONFLICT, COUNTS, Report
from .._migration.run_context import RunContext
from .._migration.segment_layout import counterpart
from .._migration.state import Migration
from .._swift.container_stat import ContainerStat
from .._transport.retry import Retry
from .options import SyncOptions
from .replication import Replication
from .run_state import RunState, Stats

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
        self._context = RunContext(
            destination,
            source,
            self._options,
            retry,
            what=ROLLBACK,
            timetable=self._options.timetable,
        )
        self.report = Report(
            None if options.check else options.report,
            KEPT_APART,
            side="destination",
            history=self._context.history,
        )

    def run(self) -> None:
        """Copy back what is new or replaced, delete what was deleted, list what is in conflict.

        Single objects that fail do not end the run; they are counted and named in the report.

        :raises MigrationError: nothing can be done, or no more can be done.
        """
        options, context = self._options, self._context
        self._given.check_values()
        self.report.accept = options.accepted
        first = RunState.of(context.destination, context.source, self._look())
        first.check_source()
        if self._moments(first) is None:
            return
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.closing(self.report))
            locked = first.locked(options, self._look)
            state, migration_journal = stack.enter_context(locked)
            journal = stack.enter_context(contextlib.closing(self._journal(state)))
            moments, new = self._moments(state), state.destination
            if moments is None or new is None:
                return
            lease = functools.partial(self._lease, migration_journal)
            with state.leased(context, lease, check=options.check), self._recording(state):
                self.report.open()
                self._replicate(new, state.source, journal, moments)

    def _recording(self, state: RunState) -> AbstractContextManager[None]:
        context, given = self._context, self._given
        if given.check:
            return contextlib.nullcontext()
        told = Told(
            run_record.ROLLBACK,
            given.state_dir,
            given.asker,
            functools.partial(state.recorded_sides, context.destination, context.source),
            recorded_settings(given),
            self.result,
            self.report.raise_for_failures,
        )
        return context.history.recording(told)

    def _replicate(
        self, new: ContainerStat, old: ContainerStat, journal: Journal, moments: Moments
    ) -> None:
        divergence = Divergence(moments, journal.proved_equal)
        transfer = Transfers(self._context).make()
        Replication(
            self._context,
            journal,
            self.report,
            self._options,
            compare=divergence.decide,
            compare_segments=divergence.segments,
            may_do=_Guard(divergence, transfer, journal, self.report).allows,
            own_segments=True,
        ).run(new, old)

    def _journal(self, state: RunState) -> Journal:
        """The journal of the way back, which is not the migration's."""
        pair = (state.destination_identity, state.source_identity)
        return Journal(self._options.state_dir, pair, check_mode=self._options.check)

    def _lease(self, migration_journal: Journal) -> LeaseKeeper:
        """The lease of this run, which the new container keeps."""
        place = migration_journal.place()
        return LeaseKeeper(self._context.lease_container_of_source, ROLLBACK, place, _refuse)

    def _look(self) -> Stats:
        # The new container is asked first: its answer tells whether there is anything to do.
        new = stat_of(self._context.source)
        return stat_of(self._context.destination), new

    def _moments(self, state: RunState) -> Moments | None:
        """The moments of the cutover; None when the new container is not in use.

        :raises MigrationError: it lacks a moment.
        """
        migration = state.migration
        name = self._options.source
        if migration is None or not migration.phase.in_use:
            self.report.notice = (
                f"container '{name}' has not been in use since a cutover: "
                "there is nothing to copy back"
            )
            return None
        if not (migration.frozen and migration.verified):
            raise MigrationError(
                f"container '{name}' does not say when it was cut over",
                option="destination.container",
                remedy="Compare the two with swift_compare and copy what is needed by hand",
            )
        return Moments(old=migration.frozen, new=migration.verified)

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

    def allows(self, step: Step) -> bool:
        """Whether a step may be done."""
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
    if found is not None and found.phase.in_use:
        return ""
    return f"has the phase '{found.phase.value}'" if found else "has no migration any more"
