# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How many bytes of objects have come that are not copied to their end yet."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


class BytesInFlight:
    """Bytes of all bodies that are being streamed, told by all threads."""

    def __init__(self) -> None:
        self._size = 0
        self._mutex = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that have come of bodies which are not over."""
        return self._size

    @contextlib.contextmanager
    def body(self) -> Iterator[Callable[[int], None]]:
        """Count one body for the duration of the block; afterwards it is copied, or was in vain.

        :returns: to be told of bytes when they have come.
        """
        came = 0

        def count(size: int) -> None:
            nonlocal came
            came += size
            self._add(size)

        try:
            yield count
        finally:
            self._add(-came)

    def _add(self, size: int) -> None:
        with self._mutex:
            self._size += size
