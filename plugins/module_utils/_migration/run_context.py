# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the threads of a run need to work on both containers: clients, limits, threads."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from .._cloud.connection import Connection
from .._container_identity import account
from .._errors import MigrationError
from .._history.run_history import RunHistory
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.manifest_reach import ManifestReach
from .._swift.parallel_listing import container_listing
from .._swift.swift_client import SwiftClient
from .._transport.bounded_executor import BoundedExecutor
from .._transport.retry import Retry
from .control_file import ControlFile, StoppedError, Wish, end_this_process
from .known_runs import ROLLBACK
from .lease_keeper import LeaseKeeper
from .metrics_file import MetricsFile
from .progress_file import ProgressFile, Progressing
from .run_limits import RunLimits
from .timetable import Limits

Task = TypeVar("Task")
Result = TypeVar("Result")


class RunOptions(Protocol):
    """What every run between two containers is told."""

    @property
    def source(self) -> str:
        """The name of the container that is read."""

    @property
    def destination(self) -> str:
        """The name of the other one."""

    @property
    def prefix(self) -> str:
        """What the names begin with that are worked on."""

    @property
    def segment_containers(self) -> Sequence[str]:
        """Other containers of the source from which segments may be read."""

    @property
    def concurrency(self) -> int:
        """Objects at once, at most."""

    @property
    def bandwidth_limit(self) -> int:
        """Bytes a second read from the source, at most; 0 for no limit."""

    @property
    def requests_per_second(self) -> float:
        """Requests to the source, at most; 0 for no limit."""


class _Along:
    """What a run tells, and what its context does."""

    def __init__(self, progress: Progressing, more: Callable[[], dict[str, Any]]) -> None:
        self._progress, self._more = progress, more

    def state(self, *, done: bool = False) -> dict[str, Any]:
        return {**self._progress.state(done=done), **self._more()}


class RunContext:
    """Makes clients of both containers for one run, and the threads that use them.

    :param source: the connection to the cloud that is read.
    :param destination: the connection to the other one.
    :param what: the module that runs.
    :param timetable: which other limits hold when; see :class:`.timetable.Timetable`.
    :param clock: local time.
    :ivar retry: which failures are tried again; a server that throttles lowers the concurrency.
    :ivar history: what is recorded of the run.
    :ivar lease: allows the writes to the destination; None allows all.
    :ivar stopped: whether somebody has asked the run to stop.
    :ivar estimate_error: by how many seconds the time left was told wrong, on average; None before
        the end, and without that.
    """

    def __init__(
        self,
        source: Connection,
        destination: Connection,
        options: RunOptions,
        retry: Retry | None = None,
        *,
        what: str = "",
        timetable: Mapping[str, Any] | None = None,
        clock: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        self._connections = (source, destination)
        self._options = options
        self._what = what
        usual = Limits(options.bandwidth_limit, options.requests_per_second, options.concurrency)
        self._limits = RunLimits(usual, timetable or {}, clock)
        self.lease: LeaseKeeper | None = None
        self.stopped = False
        self.estimate_error: float | None = None
        self.retry = dataclasses.replace(
            retry or Retry(),
            on_throttled=self._limits.concurrency.throttled,
            on_back=self._limits.concurrency.restore,
        )
        self.history = RunHistory(self.retry.counts)

    @property
    def concurrency(self) -> int:
        """How many objects may be worked on at once now."""
        return self._limits.concurrency.limit

    @functools.cached_property
    def source(self) -> Container:
        """The source as the planning thread uses it."""
        return self.source_container()

    @functools.cached_property
    def destination(self) -> Container:
        """The destination as the planning thread uses it."""
        return self.destination_container()

    def source_container(self, retry: Retry | None = None) -> Container:
        """The source for one more thread.

        :param retry: which failures are tried again, if not as usual.
        """
        options = self._options
        client = SwiftClient(self._connections[0], retry or self.retry, limits=self._limits.rates)
        reach = ManifestReach(options.source, options.segment_containers)
        return Container(client, options.source, reach)

    def destination_container(self, retry: Retry | None = None) -> Container:
        """The destination for one more thread; the lease allows each write.

        :param retry: which failures are tried again, if not as usual.
        """
        return self._destination(
            lambda: self.lease.write() if self.lease is not None else None, retry
        )

    def lease_container(self) -> Container:
        """The destination for the lease itself, which nothing has to allow."""
        return self._destination(None)

    def lease_container_of_source(self) -> Container:
        """The source for a lease that it holds, which no limit and no pause may delay."""
        return Container(SwiftClient(self._connections[0], self.retry), self._options.source)

    def _destination(
        self, guard: Callable[[], None] | None, retry: Retry | None = None
    ) -> Container:
        client = SwiftClient(self._connections[1], retry or self.retry, guard=guard)
        return Container(client, self._options.destination)

    @contextlib.contextmanager
    def controlled(
        self, progress: Progressing, path: Path | None, metrics: MetricsFile | None = None
    ) -> Iterator[None]:
        """Tell how far the run is until the block ends, and do what it is asked meanwhile.

        :param path: of its progress file; None for none, and then it can be asked nothing.
        :param metrics: tells Prometheus.
        :raises StoppedError: it was asked to stop.
        """
        control = ControlFile(path, self._obey) if path is not None else None

        def look() -> None:
            if control is not None:
                control.look()
            self._limits.keep()

        def tell(state: dict[str, Any]) -> None:
            self.estimate_error = state.get("estimate_error")
            self.history.sample(state)
            if metrics is not None:
                metrics.write({**state, **self._load()})

        kept = ProgressFile(path, _Along(progress, self._state), each_time=look, tell=tell)
        # Outside, too: the wish may come when the rest is done.
        with (
            self._telling_a_stop(),
            control or contextlib.nullcontext(),
            kept,
            self._unpaused(),
            self._telling_a_stop(),
        ):
            yield

    def _state(self) -> dict[str, Any]:
        """What a progress file tells of the context."""
        since = self._limits.rates.pause.since
        paused = round(since, 3) if since is not None else None
        told = {"what": self._what, "paused": paused, "retries": self.retry.counts.total}
        return {**told, **self._limits.state()}

    @contextlib.contextmanager
    def _unpaused(self) -> Iterator[None]:
        """Let nothing be held after the block: nobody could let it go on."""
        try:
            yield
        finally:
            self._limits.rates.break_off()

    def _load(self) -> dict[str, Any]:
        """What the run does now, whatever it is."""
        return {
            "concurrency": self._limits.concurrency.limit,
            "objects_in_flight": self._limits.concurrency.under_way,
            "retries": self.retry.counts.by_reason,
            "is_paused": int(self._limits.rates.pause.since is not None),
        }

    def metrics(self, folder: str | None) -> MetricsFile | None:
        """The file with the run's metrics; None without a folder for it."""
        if not folder:
            return None
        sides = [
            f"{account(connection.storage_url)}/{name}"
            for connection, name in zip(
                self._connections, (self._options.source, self._options.destination), strict=True
            )
        ]
        source, destination = reversed(sides) if self._what == ROLLBACK else sides
        labels = {"source": source, "destination": destination, "run": self._what}
        return MetricsFile(folder, labels)

    @contextlib.contextmanager
    def _telling_a_stop(self) -> Iterator[None]:
        try:
            yield
        except MigrationError:
            if self.stopped:
                raise StoppedError from None
            raise

    def _obey(self, wish: Wish) -> None:
        self._limits.change(wish)
        pause = self._limits.rates.pause
        if wish.pause:
            pause.begin()
        elif wish.pause is not None:
            pause.end()
            self._limits.concurrency.restore()  # what was measured meanwhile tells nothing
        if wish.stop:
            self.stopped = True
            end_this_process()

    def interrupt(self) -> None:
        """End what is under way when the lease was lost.

        :raises LeaseError: it was.
        """
        if self.lease is not None:
            self.lease.interrupt()

    def listings(
        self, source: ContainerStat, destination: ContainerStat | None
    ) -> tuple[Iterator[ListedObject], Iterator[ListedObject]]:
        """Both listings; a container that does not exist yet has an empty one."""
        prefix = self._options.prefix
        return (
            container_listing(self.source_container, prefix, source.objects),
            container_listing(self.destination_container, prefix, destination.objects)
            if destination
            else iter(()),
        )

    def executor(
        self, make_worker: Callable[[], Callable[[Task], Result]], size: Callable[[Result], int]
    ) -> BoundedExecutor[Task, Result]:
        """Threads for the run, as many as its concurrency allows at each moment.

        :param make_worker: called in each of them.  :param size: the bytes that a result took.
        """
        return BoundedExecutor(
            make_worker, self._limits.concurrency, size, self._limits.rates.break_off
        )
