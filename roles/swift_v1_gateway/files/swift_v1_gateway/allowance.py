# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How often each client may do something."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Allowance:
    """``rate`` times a second for each client, and ``burst`` times at once after a pause.

    It notes for each client when its allowance is whole again, and forgets the clients that were
    seen longest ago.

    :param clients: how many clients to remember.
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        clients: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1 / rate
        self._tolerance = (burst - 1) / rate
        self._clients = clients
        self._clock = clock
        self._whole: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: Hashable) -> float:
        """Return the seconds until this client may do it again; 0 if it may now."""
        with self._lock:
            return self._wait(client)

    def take(self, client: Hashable) -> float:
        """Count once, unless the client has to wait; return the seconds that it has to."""
        with self._lock:
            wait = self._wait(client)
            if not wait:
                whole = max(self._whole.get(client, 0.0), self._clock())
                self._whole[client] = whole + self._interval
                self._whole.move_to_end(client)
                if len(self._whole) > self._clients:
                    self._whole.popitem(last=False)
            return wait

    def give_back(self, client: Hashable) -> None:
        """Take back one count: what was counted beforehand has not happened."""
        with self._lock:
            if client in self._whole:
                self._whole[client] -= self._interval

    def _wait(self, client: Hashable) -> float:
        # Of adding and subtracting the same, a little may be left.
        left = self._whole.get(client, 0.0) - self._clock() - self._tolerance
        return left if left > 1e-6 else 0.0
