# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Take the lease of a migration before the first write, keep it, and notice when it is lost.

Neither Swift nor Ceph compares before it writes metadata, so a claim is written, and read again
after a pause that is longer than any claim takes to be written: who finds another claim then has
lost.  A claim that took longer counts for nothing and is made again with a longer pause.
"""

from __future__ import annotations

import os
import platform
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType

from .._errors import MigrationError
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .lease import HEADER, SECONDS, Lease, later

PAUSE = 0.3
"""Seconds between a claim and the look whether it stands; the claim may take half of it."""

MAX_PAUSE = 20.0
"""Seconds of the longest pause: where a claim takes half of this, none can be made."""

LOOK = 2.5
"""Seconds between two looks at the lease and the phase while a run writes."""

RENEWAL = 5.0
"""Seconds between two renewals."""

NOWHERE = "-"
"""The place of a run that holds no lock on its mover."""

PATIENCE = 180.0
"""Seconds that a write waits for a renewal that cannot be made because the server is away."""


class LeaseError(MigrationError):
    """Somebody else writes to this migration, or its phase does not allow this run any more."""

    fatal = True


class LeaseKeeper:
    """The lease of one run.  For all its threads.

    :param container: makes a client of the container that holds the lease, for one thread.
    :param what: what runs, for people: the module's name.
    :param place: identifies the state directory whose lock this process holds, so that another run
        from there has died; or :data:`NOWHERE`.
    :param allows: whether a container's headers allow the run to write; "" if so, else why not.
    """

    def __init__(
        self,
        container: Callable[[], Container],
        what: str,
        place: str,
        allows: Callable[[Mapping[str, str]], str],
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: float = PAUSE,
        look: float = LOOK,
        renewal: float = RENEWAL,
    ) -> None:
        self._make_container, self._allows = container, allows
        self._container = container()
        self._run = secrets.token_hex(8)
        self._place = place
        self._owner = f"{what} on {platform.node() or 'a host'}, process {os.getpid()}"
        self._clock, self._pause, self._look, self._renewal = clock, pause, look, renewal
        self._since = ""
        self._taking = threading.Lock()
        self._confirmed: float | None = None
        self._lost: LeaseError | None = None
        self._trouble = ""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._left_over: Lease | None = None

    @property
    def was_taken(self) -> bool:
        """Whether anything may have been written under it."""
        return self._confirmed is not None

    def check_free(self, stat: ContainerStat) -> None:
        """Refuse a container to which another run writes; wait for the end of a dead run's lease.

        A run that lives renews its lease, so it is told from a dead one within :data:`RENEWAL`.

        :param stat: what the container shows now.
        :raises LeaseError: naming who writes, and since when.
        """
        first = Lease.of(stat.headers)
        found, begun = first, self._clock()
        while found is not None and found.run != self._run:
            same = found.place == self._place != NOWHERE
            self._left_over = found if same else None
            over = self._clock() - begun > SECONDS  # for a server that tells no time
            if self._left_over or over or found.has_ended(stat.now()):
                return
            if found != first:
                raise self._refusal(found)
            time.sleep(self._look)
            stat = self._container.stat() or stat
            found = Lease.of(stat.headers)

    def write(self) -> None:
        """Allow one write: take the lease before the first, and see that it still stands.

        :raises LeaseError: the lease cannot be had, or was lost.
        """
        if self._confirmed is None:
            with self._taking:
                if self._confirmed is None and self._lost is None:
                    try:
                        self._acquire()
                    except LeaseError as error:
                        self._lost = error
        waited = 0.0
        while self._lost is None and self._clock() - (self._confirmed or 0.0) > SECONDS - RENEWAL:
            if waited > PATIENCE:
                raise LeaseError(
                    f"the lease of container '{self._container.name}' could not be renewed for "
                    f"{PATIENCE:.0f} seconds: {self._trouble}",
                    remedy="What is done stays; the next run does the rest",
                )
            time.sleep(self._look / 10)
            waited += self._look / 10
        self.interrupt()

    def interrupt(self) -> None:
        """End what is under way when the lease was lost.

        :raises LeaseError: it was.
        """
        if self._lost is not None:
            raise self._lost

    def __enter__(self) -> LeaseKeeper:
        """Begin: the lease is taken before the first write."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Give the lease back."""
        self.release()

    def release(self) -> None:
        """Give the lease back, and one that a run which died in the same place has left."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._lost is not None or (self._confirmed is None and self._left_over is None):
            return
        try:
            stat = self._container.stat()
            found = Lease.of(stat.headers) if stat is not None else None
            if found is not None and (self._is_mine(found) or found == self._left_over):
                self._container.request("POST", headers={HEADER: ""})
        except MigrationError:
            return  # it ends by itself

    def _acquire(self) -> None:
        pause = self._pause
        while True:
            begun = self._clock()
            stat = self._container.stat()
            if stat is None:
                raise self._container.missing()
            self.check_free(stat)
            self._refuse_phase(stat.headers)
            self._since = self._since or stat.now()
            self._claim(stat)
            if self._clock() - begun > pause / 2:
                pause *= 2
                if pause > MAX_PAUSE:
                    raise LeaseError(
                        f"container '{self._container.name}' takes {pause / 4:.0f} seconds and "
                        "more to note who writes to it",
                        remedy="Run again when the destination is faster",
                    )
                continue
            time.sleep(pause)
            confirmed = self._clock()
            stat = self._container.stat()
            found = Lease.of(stat.headers) if stat is not None else None
            if not self._is_mine(found):
                raise self._refusal(found) if found is not None else self._gone()
            self._confirmed = confirmed
            break
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        container = self._make_container()
        renewed = self._clock()
        while not self._ended.wait(self._look):
            asked = self._clock()
            try:
                stat = container.stat()
                found = Lease.of(stat.headers) if stat is not None else None
                if stat is None or not self._is_mine(found):
                    raise self._refusal(found) if found is not None else self._gone()
                self._refuse_phase(stat.headers)
                if asked - renewed >= self._renewal:
                    self._claim(stat, container)
                    renewed = asked
                self._confirmed = asked
            except LeaseError as error:
                self._lost = error
                return
            except MigrationError as error:
                self._trouble = error.message

    def _claim(self, stat: ContainerStat, container: Container | None = None) -> None:
        now = stat.now()
        until = later(now, SECONDS) if now else ""
        lease = Lease(self._run, self._place, self._owner, self._since, until)
        (container or self._container).request("POST", headers=lease.headers())

    def _refuse_phase(self, headers: Mapping[str, str]) -> None:
        why = self._allows(headers)
        if why:
            raise LeaseError(
                f"container '{self._container.name}' {why}; it was not when this run began",
                option="destination.container",
                remedy="This run writes nothing more there",
            )

    def _is_mine(self, found: Lease | None) -> bool:
        return found is not None and found.run == self._run

    def _refusal(self, found: Lease) -> LeaseError:
        return LeaseError(
            f"another run writes to container '{self._container.name}': {found}",
            option="destination.container",
            remedy="Wait until it has ended, or end it there",
        )

    def _gone(self) -> LeaseError:
        return LeaseError(
            f"the claim of this run to container '{self._container.name}' is gone: somebody has "
            "removed it, or the container",
            option="destination.container",
            remedy="Run again when nobody else works on it",
        )
