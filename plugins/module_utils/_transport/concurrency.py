# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many objects are worked on at once: more while that pays, fewer when a server asks."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

START = 16
"""Objects at once at the beginning."""

WINDOW = 0.5
"""Seconds at least that a number of objects at once is measured before another is tried."""

BETTER = 1.1
"""Factor by which more at once must be faster to be kept."""

STEADY = 10
"""Windows after which more is tried again."""

COOLING = 1.0
"""Seconds after a reduction in which further requests to slow down do not count: they answer what
was sent before it."""

OBJECT_COST = 64 * 1024
"""Bytes that count as much work as one object."""


class Concurrency:
    """Finds the number by itself, between 1 and an upper bound.  For all threads.

    It climbs as long as the throughput does, returns to the best when it does not, and tries again
    later.  A server that throttles (429, 498, 503) halves it.

    :param bound: objects at once, at most.
    :param clock: seconds that only grow.
    :ivar under_way: how many are worked on now.
    """

    def __init__(self, bound: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._bound = bound
        self._clock = clock
        self._mutex = threading.Lock()
        self._limit = self._best_limit = min(START, bound)
        self._best_rate = 0.0
        self._pause = 0
        self._reduced = float("-inf")
        self.under_way = 0
        self._limit_before = 0  # the reductions since the last whole window
        self._begin_window()

    @property
    def limit(self) -> int:
        """How many may be worked on at once now."""
        return self._limit

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Count one object as worked on until the block ends."""
        with self._mutex:
            self.under_way += 1
        try:
            yield
        finally:
            with self._mutex:
                self.under_way -= 1

    def worked(self, size: int) -> None:
        """Count one object of ``size`` bytes that is done."""
        with self._mutex:
            self._objects += 1
            self._work += 1 + size / OBJECT_COST
            if self._objects < 2 * self._limit:
                return
            seconds = self._clock() - self._begun
            if seconds >= WINDOW:
                self._adapt(self._work / seconds)
                self._begin_window()

    def throttled(self) -> None:
        """Halve the number, because a server asks for less."""
        with self._mutex:
            now = self._clock()
            if now - self._reduced < COOLING:
                return
            self._reduced = now
            self._limit_before = self._limit_before or self._limit
            self._hold(max(1, self._limit // 2))
            self._begin_window()

    def bound_by(self, bound: int) -> None:
        """Take another upper bound: what is above it ends with the next object."""
        with self._mutex:
            self._bound = bound
            self._limit = self._best_limit = min(self._limit, bound)
            self._limit_before = min(self._limit_before, bound)
            self._best_rate, self._pause = 0.0, 0  # more is tried after the next window
            self._begin_window()

    def restore(self) -> None:
        """Take back the reductions since the last whole window: the server was away, not busy."""
        with self._mutex:
            if self._limit_before:
                self._hold(self._limit_before)
                self._limit_before = 0
            self._begin_window()

    def _adapt(self, rate: float) -> None:
        self._limit_before = 0
        if self._pause:
            self._pause -= 1
            self._best_rate = rate
            if not self._pause:
                self._grow()
        elif rate > self._best_rate * BETTER:
            self._best_rate, self._best_limit = rate, self._limit
            self._grow()
        else:
            self._hold(self._best_limit)

    def _grow(self) -> None:
        self._limit = min(self._bound, self._limit + self._limit // 2 + 1)
        if self._limit == self._best_limit:
            self._hold(self._limit)

    def _hold(self, limit: int) -> None:
        self._limit = self._best_limit = limit
        self._pause = STEADY

    def _begin_window(self) -> None:
        self._begun = self._clock()
        self._objects = 0
        self._work = 0.0
