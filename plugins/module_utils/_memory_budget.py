# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How much memory the objects on their way may take, however many they are."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

BUDGET = 8 * 1024 * 1024
"""Bytes: enough for hundreds of small objects, and for as many large ones as keep a link busy."""


class MemoryBudget:
    """Bytes that all threads share.

    :param size: of all together; a single request for more is granted when nobody holds any.
    """

    def __init__(self, size: int = BUDGET) -> None:
        self._free = self._size = size
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Wait until so many bytes are free, and hold them for the duration of the block."""
        size = min(size, self._size)
        with self._changed:
            while self._free < size:
                self._changed.wait()
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()
