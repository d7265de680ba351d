# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Limits the memory for objects in transfer, however many they are."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager

BUDGET = 8 * 1024 * 1024
"""Bytes: enough for hundreds of small objects, and for as many large ones as keep a link busy."""


class MemoryBudget:
    """Bytes that all threads share.

    :param size: of all together; a single request for more is granted when nobody holds any.
    """

    def __init__(self, size: int = BUDGET) -> None:
        self._free = self._size = size
        self._mutex = threading.Lock()
        self._changed = threading.Condition(self._mutex)

    def hold(self, size: int) -> AbstractContextManager[None]:
        """Wait until so many bytes are free, and hold them for the duration of the block."""
        return _Held(self, min(size, self._size))

    def take(self, size: int) -> None:
        """Wait until so many bytes are free, and hold them."""
        with self._mutex:
            while self._free < size:
                self._changed.wait()
            self._free -= size

    def give_back(self, size: int) -> None:
        """Let others have so many bytes that were held."""
        with self._mutex:
            self._free += size
            self._changed.notify_all()


class _Held:
    """Bytes that are held for the duration of a block: a generator would cost twice as much."""

    def __init__(self, budget: MemoryBudget, size: int) -> None:
        self._budget, self._size = budget, size

    def __enter__(self) -> None:
        self._budget.take(self._size)

    def __exit__(self, *_error: object) -> None:
        self._budget.give_back(self._size)
