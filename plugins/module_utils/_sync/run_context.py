# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""From one container to another: what the threads of a run need to work on objects of both."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator

from .._cloud.connection import Connection
from .._copy.source_objects import Expiries
from .._copy.transfer import Transfer
from .._errors import MigrationError
from .._migration.lease_keeper import LeaseKeeper
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action, Step
from .._migration.recent_writes import Begin
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import Entry
from .._swift.manifest_reach import ManifestReach
from .._swift.metadata_limits import MetadataLimits
from .._swift.object_limits import ObjectLimits
from .._swift.parallel_listing import container_listing
from .._transport.bytes_in_flight import BytesInFlight
from .._transport.concurrency import Concurrency
from .._transport.memory_budget import MemoryBudget
from .._transport.rate_limit import RateLimits
from .._transport.relay import Relay
from .._transport.retry import Retry
from .._transport.worker_pool import WorkerPool
from .options import SyncOptions

Done = tuple[Action, Outcome]
"""What was to be done with an object, and how that ended."""


class RunContext:
    """Makes containers, transfers and pools for one run.

    :param source: objects are read there.  :param destination: objects are written there.
    :param options: its container names, rate limits and concurrency.
    :ivar in_flight: the bytes that its streams have brought of objects not yet copied.
    :ivar lease: allows the writes.
    :ivar expiries: what is known of the times at which objects of the source expire.
    :ivar begin: when the run began; what was written to the destination since is not deleted.
    """

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: SyncOptions,
        retry: Retry | None = None,
    ) -> None:
        self._connections = (source, destination)
        self._options = options
        self._concurrency = Concurrency(max(1, options.concurrency))
        self._memory = MemoryBudget()
        self.in_flight = BytesInFlight()
        self.expiries: Expiries | None = None
        self.begin: Begin | None = None
        self.lease: LeaseKeeper | None = None
        self._retry = dataclasses.replace(
            retry or Retry(), on_throttled=self._concurrency.throttled
        )

    @property
    def concurrency(self) -> int:
        """How many objects may be worked on at once now."""
        return self._concurrency.limit

    @functools.cached_property
    def source(self) -> Container:
        """The source as the planning thread uses it."""
        return self.source_container()

    @functools.cached_property
    def destination(self) -> Container:
        """The destination as the planning thread uses it."""
        return self.destination_container()

    @functools.cached_property
    def object_limits(self) -> ObjectLimits:
        """What objects the destination takes."""
        return ObjectLimits.of(self._connections[1].capabilities())

    @functools.cached_property
    def _metadata_limits(self) -> MetadataLimits:
        return MetadataLimits.of(self._connections[1].capabilities())

    @functools.cached_property
    def _rate_limits(self) -> RateLimits:
        return RateLimits.of(self._options.requests_per_second, self._options.bandwidth_limit)

    def source_container(self) -> Container:
        """The source for one more thread."""
        options = self._options
        return Container(
            self._connections[0],
            options.source,
            self._retry,
            limits=self._rate_limits,
            reach=ManifestReach(options.source, options.segment_containers),
        )

    def destination_container(self) -> Container:
        """The destination for one more thread; the lease allows each write."""
        return self._destination(lambda: self.lease.write() if self.lease is not None else None)

    def lease_container(self) -> Container:
        """The destination for the lease itself, which nothing has to allow."""
        return self._destination(None)

    def _destination(self, guard: Callable[[], None] | None) -> Container:
        return Container(self._connections[1], self._options.destination, self._retry, guard=guard)

    def transfer(self) -> Transfer:
        """A transfer between the two for one more thread."""
        source, destination = self.source_container(), self.destination_container()
        relay = Relay(
            source.http,
            destination.http,
            self._memory,
            self.in_flight,
            interrupt=lambda: self.lease.interrupt() if self.lease is not None else None,
            retry=self._retry,
        )
        return Transfer(
            source, destination, relay, self._metadata_limits, self.expiries, self.begin
        )

    def listings(
        self, source: ContainerStat, destination: ContainerStat | None
    ) -> tuple[Iterator[Entry], Iterator[Entry]]:
        """Both listings; that of a container which is not there yet has nothing."""
        prefix = self._options.prefix
        return (
            container_listing(self.source_container, prefix, source.objects),
            container_listing(self.destination_container, prefix, destination.objects)
            if destination
            else iter(()),
        )

    def pool(
        self,
        make_worker: Callable[[], Callable[[Step], Done]],
        done: Callable[[Done], None],
    ) -> WorkerPool[Step, Done]:
        """A pool whose size finds itself.

        :param done: told of each object worked on.
        """

        def told(result: Done) -> None:
            self._concurrency.worked(result[1].size)
            done(result)

        return WorkerPool(make_worker, told, self._concurrency)


def attempt(name: str, work: Callable[[], Outcome]) -> Outcome:
    """Do the work on one object; its failure is an outcome unless every other would fail too.

    :raises MigrationError: no object would fare better.
    """
    try:
        return work()
    except MigrationError as error:
        if error.fatal:
            raise
        return Outcome(Kind.FAILED, name, reason=str(error))
