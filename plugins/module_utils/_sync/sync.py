# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One run: make the destination container hold what the source container holds."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager

from .._cloud.connection import Connection
from .._copy.object_copy import MAX_UNCHECKED_SECONDS
from .._errors import MigrationError
from .._history import run_record
from .._history.run_history import Told
from .._migration.journal import Journal
from .._migration.known_runs import SYNC
from .._migration.lease_keeper import LeaseKeeper
from .._migration.listing_pair import stat_of
from .._migration.plan import Action, ChangeDetection
from .._migration.recorded_run import recorded_settings
from .._migration.report import Report
from .._migration.run_context import RunContext
from .._migration.state import Migration, Phase
from .._swift.account import Account
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.quota import check_room, describe_need
from .._transport.background import begin
from .._transport.retry import Retry
from .._transport.status_errors import StatusError
from .arrival import check_arrival, counts
from .earlier_objects import refuse_earlier_objects
from .expiring_copies import ExpiringCopies
from .options import SyncOptions
from .replication import Decide, Replication
from .run_state import RunState, Stats

FOLDER = "application/directory"
"""The content type of a folder's marker."""

AFTER_EVERY_OBJECT = "9999"
"""As a moment: later than every object's."""

IN_USE = {
    Phase.VERIFIED: "is proved equal and waits for the application to be switched to it: "
    "finish the cutover, or go back with rollback.yml",
    Phase.CUT_OVER: "is in use since its cutover and holds the truth now",
}


class Sync:
    """One run between two containers.

    :ivar report: what it did, also after an error.
    :ivar in_use: whether the destination is in use since its cutover, so that nothing was done.
    """

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: SyncOptions,
        retry: Retry | None = None,
    ) -> None:
        self._options = options
        self._account = destination
        self._context = RunContext(
            source, destination, options, retry, what=SYNC, timetable=options.timetable
        )
        self.report = Report(
            None if options.check else options.report, history=self._context.history
        )
        self.in_use = False

    def run(self) -> None:
        """Compare the listings, copy what is missing or changed, delete if asked to.

        Single objects that fail do not end the run; they are counted and named in the report.

        :raises MigrationError: nothing can be done, or no more can be done.
        """
        options = self._options
        options.check_values()
        self.report.accept = options.accepted
        again = options.again
        first = self._look()
        if first is None:
            return  # the source may be gone for good by now
        source = first.source
        try:
            with (
                contextlib.closing(self.report),
                first.locked(options, functools.partial(self._look_again, source)) as (
                    state,
                    journal,
                ),
            ):
                source = state.source
                if self._is_in_use(state.migration):
                    return
                lease = functools.partial(self._lease, journal, state.source_identity)
                with (
                    state.leased(self._context, lease, check=options.check),
                    self._recording(state),
                ):
                    self.report.open()
                    self._replicate(state, journal, again)
        except StatusError as error:
            if error.fatal and not options.prefix:
                error.remedy = f"{error.remedy}; {describe_need(source.size, source.objects)}"
            raise

    def _look(self) -> RunState | None:
        """Look at both containers at the same time.

        :returns: None if the source cannot be had while the destination is in use.
        :raises MigrationError: a container does not exist.
        """
        context = self._context

        def look_at_source() -> ContainerStat | None:
            return context.source.stat()

        asked = begin(look_at_source)
        destination = context.destination.stat()
        migration = Migration.of(destination.headers) if destination else None
        try:
            source = asked.result()
            if source is None:
                raise context.source.missing()
        except MigrationError:
            if not self._is_in_use(migration):
                raise
            return None
        if destination is None and not self._options.check:
            raise context.destination.missing()
        return RunState.of(context.source, context.destination, (source, destination))

    def _replicate(self, state: RunState, journal: Journal, again: Collection[str]) -> None:
        migration = state.migration
        changes = ChangeDetection(
            _margin(state.source, state.destination),
            migration.since if migration is not None else AFTER_EVERY_OBJECT,
            migration.used if migration is not None else None,
            journal.proved_equal,
        )
        replication = Replication(
            self._context,
            journal,
            self.report,
            self._options,
            compare=_with_again(
                _with_hidden_segments(changes.decide, journal, self._options.prefix), again
            ),
            compare_segments=changes.decide,
            since=changes.since,
        )
        replication.run(
            state.source,
            state.destination,
            first=functools.partial(self._begin, state),
            last=functools.partial(self._check_arrival, state, replication.expiring),
        )

    def _check_arrival(self, state: RunState, expiring: ExpiringCopies) -> None:
        if state.destination is not None and not self._options.check and not self.report.lacking:
            self._count(state.source, state.destination, expiring)

    def _recording(self, state: RunState) -> AbstractContextManager[None]:
        context, options = self._context, self._options
        if options.check:
            return contextlib.nullcontext()
        told = Told(
            run_record.MIGRATE,
            options.state_dir,
            options.asker,
            functools.partial(state.recorded_sides, context.source, context.destination),
            recorded_settings(options),
            self.report.result,
            self.report.raise_for_failures,
        )
        return context.history.recording(told)

    def _count(
        self, source: ContainerStat, destination: ContainerStat, expiring: ExpiringCopies
    ) -> None:
        """Note what both servers count.  They are asked again if this run wrote anything.

        :param source: what they counted when the run began.  :param destination: likewise.
        :param expiring: what the destination may have lost meanwhile.
        :raises MigrationError: the destination's counts less than is known to be there.
        """
        lease, due = self._context.lease, self.report.there
        counted = {"source": counts(source), "destination": counts(destination)}
        if (lease is not None and lease.was_taken) or destination.objects < due:
            container = self._context.destination
            gone = functools.partial(expiring.gone, container)
            counted["destination"] = check_arrival(container, due, gone)
            counted["source"] = counts(stat_of(self._context.source))
        self.report.counted = counted

    def _lease(self, journal: Journal, source: str) -> LeaseKeeper:
        """The lease of this run.

        :param source: identifies the source.
        """

        def refuse(headers: Mapping[str, str]) -> str:
            migration = Migration.of(headers)
            if migration is None:
                return ""
            if migration.source != source:
                return f"has come to be filled from '{migration.source}'"
            return IN_USE.get(migration.phase, "")

        return LeaseKeeper(self._context.lease_container, SYNC, journal.place(), refuse)

    def _look_again(self, source: ContainerStat) -> Stats:
        return self._context.source.stat() or source, self._context.destination.stat()

    def _is_in_use(self, migration: Migration | None) -> bool:
        why = IN_USE.get(migration.phase, "") if migration is not None else ""
        self.in_use = bool(why)
        if why:
            self.report.notice = (
                f"container '{self._options.destination}' {why}: "
                "nothing was compared, copied or deleted"
            )
        return self.in_use

    def _check_room(self, source: ContainerStat, destination: ContainerStat | None) -> None:
        if self._options.prefix:
            return
        check_room(
            needed_bytes=source.size,
            needed_objects=source.objects,
            container=destination.headers if destination else {},
            account=Account.of(self._account),
        )

    def _refuse_earlier_objects(self, source: ContainerStat, destination: ContainerStat) -> None:
        if destination.objects:
            listings = self._context.listings(source, destination)
            refuse_earlier_objects(*listings, self._options.destination)

    def _begin(self, state: RunState) -> None:
        """Check that the data fits, and write the state of a migration that begins."""
        self._check_room(state.source, state.destination)
        migration, destination = state.migration, state.destination
        if migration is not None and migration.phase is not Phase.ROLLED_BACK:
            return
        if migration is None and destination is not None and not self._options.accept_extra:
            self._refuse_earlier_objects(state.source, destination)
        self.report.state_written = True
        if destination is not None and not self._options.check:
            new = Migration(state.source_identity, Phase.COPYING, destination.now())
            begun = migration.enter(Phase.COPYING, "", "") if migration is not None else new
            self._context.destination.request("POST", headers=begun.headers())


def _with_hidden_segments(compare: Decide, journal: Journal, prefix: str) -> Decide:
    """Allow for dynamic large objects: their listing shows an empty object and no segments."""
    completed_before = journal.is_complete(prefix)

    def decide(source: ListedObject, destination: ListedObject) -> Action:
        action = compare(source, destination)
        empty = not source.size and source.content_type != FOLDER
        if action is Action.KEEP and (empty or source.slo_etag) and not completed_before:
            return action if journal.proved_equal(source, destination) else Action.REFRESH
        return action

    return decide


def _with_again(compare: Decide, again: Collection[str]) -> Decide:
    """Replace what the user names, whatever the listings show."""

    def decide(source: ListedObject, destination: ListedObject) -> Action:
        return Action.REPLACE if source.name in again else compare(source, destination)

    return decide if again else compare


def _margin(source: ContainerStat, destination: ContainerStat | None) -> float:
    """By how many seconds a copy must be younger than its source's object.

    What the destination's clock may be ahead, as it makes a copy look younger than it is, and what
    may have passed between reading the source and the copy's time.
    """
    return MAX_UNCHECKED_SECONDS + (destination.ahead_of(source) if destination else 0.0)
