# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One run: make the destination container hold what the source container holds."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection, Mapping

from .._cloud.connection import Connection
from .._copy.object_copy import MAX_UNCHECKED_SECONDS
from .._errors import MigrationError
from .._migration.journal import Journal
from .._migration.lease_keeper import LeaseKeeper
from .._migration.listing_pair import stat_of
from .._migration.plan import Action, ChangeDetection
from .._migration.report import Report
from .._migration.run_context import RunContext
from .._migration.state import Migration, Phase, identity, refuse_other_source
from .._swift.account import Account
from .._swift.container_stat import ContainerStat
from .._swift.listing import Entry
from .._swift.quota import check_room, describe_need
from .._transport.background import begin
from .._transport.retry import Retry
from .._transport.status_errors import StatusError
from .arrival import check_arrival, counts
from .expiring_copies import ExpiringCopies
from .options import SyncOptions
from .replication import Decide, Replication

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
    """One run between two containers.  ``report`` tells what it did, also after an error."""

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: SyncOptions,
        retry: Retry | None = None,
    ) -> None:
        self._options = options
        self._account = destination
        self._context = RunContext(source, destination, options, retry)
        self.report = Report(None if options.check else options.report)

    def run(self) -> None:
        """Compare the listings, copy what is missing or changed, delete if asked to.

        Single objects that fail do not end the run; they are counted and named in the report.

        :raises MigrationError: nothing can be done, or no more can be done.
        """
        options, context = self._options, self._context
        options.check_values()
        self.report.accept = options.accepted
        again = options.again
        there = context.destination
        asked = begin(self._look_at_the_source)
        destination = there.stat()
        found = Migration.of(destination.headers) if destination else None
        try:
            source = asked.result()
            if source is None:
                raise context.source.missing()
        except MigrationError:
            if found is None or not self._is_in_use(found):
                raise
            return  # the source may be gone for good by now
        if destination is None and not options.check:
            raise context.destination.missing()
        origin = identity(context.source, source)
        here = identity(context.destination, destination) if destination else ""
        journal = Journal(options.state_dir, (origin, here), check_mode=options.check)
        leases = contextlib.ExitStack()
        try:
            source, destination = journal.lock_and_look(
                options.lock_timeout,
                (source, destination),
                functools.partial(self._look_again, source),
            )
            found = Migration.of(destination.headers) if destination else None
            refuse_other_source(found, origin, here)
            if found is not None and self._is_in_use(found):
                return
            self._take_lease(leases, journal, origin, destination)
            self.report.open()
            compare = ChangeDetection(
                _margin(source, destination),
                found.since if found is not None else AFTER_EVERY_OBJECT,
                found.used if found is not None else None,
                journal.settled,
            )
            replication = Replication(
                context,
                journal,
                self.report,
                options,
                compare=_with_again(_with_hidden_segments(compare, journal, options.prefix), again),
                compare_segments=compare,
            )
            first = functools.partial(self._begin, found, origin, source, destination)
            replication.run(source, destination, first)
            if destination is not None and not options.check and not self.report.lacking:
                self._count(source, destination, replication.expiring)
        except StatusError as error:
            if error.fatal and not options.prefix:
                error.remedy = f"{error.remedy}; {describe_need(source.size, source.objects)}"
            raise
        finally:
            leases.close()
            journal.close()
            self.report.close()

    def _count(
        self, source: ContainerStat, destination: ContainerStat, expiring: ExpiringCopies
    ) -> None:
        """Note what both servers count.  They are asked again if this run wrote anything.

        :param source: what they counted when the run began.  :param destination: likewise.
        :param expiring: what the destination may have lost meanwhile.
        :raises MigrationError: the destination's counts less than is known to be there.
        """
        lease, due = self._context.lease, self.report.there
        here, there = counts(source), counts(destination)
        if (lease is not None and lease.was_taken) or destination.objects < due:
            container = self._context.destination
            there = check_arrival(container, due, functools.partial(expiring.gone, container))
            here = counts(stat_of(self._context.source))
        self.report.counted = {"source": here, "destination": there}

    def _take_lease(
        self,
        leases: contextlib.ExitStack,
        journal: Journal,
        origin: str,
        destination: ContainerStat | None,
    ) -> None:
        """Let the lease allow each write from now on.

        :param leases: gives it back in the end.
        :raises MigrationError: another run writes to the destination.
        """
        if destination is None:
            return

        def refuse(headers: Mapping[str, str]) -> str:
            found = Migration.of(headers)
            if found is not None and found.source != origin:
                return f"has come to be filled from '{found.source}'"
            return IN_USE.get(found.phase, "") if found is not None else ""

        lease = LeaseKeeper(self._context.lease_container, "swift_sync", journal.place(), refuse)
        lease.check_free(destination)
        if not self._options.check:
            self._context.lease = leases.enter_context(lease)

    def _look_at_the_source(self) -> ContainerStat | None:
        return self._context.source.stat()

    def _look_again(self, source: ContainerStat) -> tuple[ContainerStat, ContainerStat | None]:
        return self._context.source.stat() or source, self._context.destination.stat()

    def _is_in_use(self, found: Migration) -> bool:
        why = IN_USE.get(found.phase, "")
        if why:
            self.report.notice = (
                f"container '{self._options.destination}' {why}: "
                "nothing was compared, copied or deleted"
            )
        return bool(why)

    def _check_room(self, source: ContainerStat, destination: ContainerStat | None) -> None:
        if self._options.prefix:
            return
        check_room(
            needed_bytes=source.size,
            needed_objects=source.objects,
            container=destination.headers if destination else {},
            account=Account.of(self._account),
        )

    def _begin(
        self,
        found: Migration | None,
        origin: str,
        source: ContainerStat,
        destination: ContainerStat | None,
    ) -> None:
        self._check_room(source, destination)
        if found is not None and found.phase is not Phase.ROLLED_BACK:
            return
        self.report.state_written = True
        if destination is not None and not self._options.check:
            new = Migration(origin, Phase.COPYING, destination.now())
            state = found.enter(Phase.COPYING, "", "") if found is not None else new
            self._context.destination.request("POST", headers=state.headers())


def _with_hidden_segments(compare: Decide, journal: Journal, prefix: str) -> Decide:
    """Mind that an empty object may be a dynamic large one, whose segments no listing shows."""
    familiar = journal.is_familiar(prefix)

    def decide(source: Entry, destination: Entry) -> Action:
        action = compare(source, destination)
        empty = not source.size and source.content_type != FOLDER
        if action is Action.KEEP and (empty or source.slo_etag) and not familiar:
            return action if journal.settled(source, destination) else Action.REFRESH
        return action

    return decide


def _with_again(compare: Decide, again: Collection[str]) -> Decide:
    """Replace what the user names, whatever the listings show."""

    def decide(source: Entry, destination: Entry) -> Action:
        return Action.REPLACE if source.name in again else compare(source, destination)

    return decide if again else compare


def _margin(source: ContainerStat, destination: ContainerStat | None) -> float:
    """By how many seconds a copy must be younger than its source's object.

    What the destination's clock may be ahead, as it makes a copy look younger than it is, and what
    may have passed between reading the source and the copy's time.
    """
    return MAX_UNCHECKED_SECONDS + (destination.ahead_of(source) if destination else 0.0)
