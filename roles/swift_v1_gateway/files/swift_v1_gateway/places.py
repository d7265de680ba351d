# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many may wait for Keystone at the same time."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Hashable, Iterator


class Places:
    """Places for those who wait, so that threads are left for those who need not.

    :param total: for all.  :param each: for one client.
    """

    def __init__(self, total: int, each: int) -> None:
        self._total = total
        self._each = each
        self._taken: Counter[Hashable] = Counter()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def take(self, client: Hashable) -> Iterator[bool]:
        """Have a place until the block ends; gives whether there was one."""
        with self._lock:
            free = self._taken.total() < self._total and self._taken[client] < self._each
            if free:
                self._taken[client] += 1
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._taken[client] -= 1
                    self._taken += Counter()  # forgets who has none
