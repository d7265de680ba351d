# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bytes of a stream between its GET and its PUT, in blocks."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable

BLOCK = 128 * 1024
"""Bytes of a stream that are hashed and handed on at once; libcurl gives pieces of 16 KiB."""

FULL, LOW = 4, 2
"""Blocks that wait for the destination when the source is paused, and when it goes on.  One always
waits for the verification."""


class BlockQueue:
    """Gathers pieces into blocks.  The last block stays back until the whole is verified.

    :param on_block: told each block before it is queued.
    """

    def __init__(self, on_block: Callable[[bytes], None]) -> None:
        self._on_block = on_block
        self._blocks: deque[memoryview] = deque()
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._is_verified = False

    @property
    def is_full(self) -> bool:
        """Whether no more piece should come now."""
        return len(self._blocks) >= FULL

    @property
    def is_low(self) -> bool:
        """Whether more pieces should come again."""
        return len(self._blocks) <= LOW

    @property
    def is_sendable(self) -> bool:
        """Whether a block may leave."""
        return len(self._blocks) > (not self._is_verified)

    def add(self, piece: bytes) -> None:
        """Take one more piece."""
        self._pieces.append(piece)
        self._gathered += len(piece)
        if self._gathered >= BLOCK:
            self._close_block()

    def end(self) -> str:
        """Take no more pieces, and return the MD5 of all in hex."""
        self._close_block()
        return self._md5.hexdigest()

    def release(self) -> None:
        """Let the last block leave: all is verified."""
        self._is_verified = True

    def read(self, size: int) -> bytes:
        """Take out at most so many bytes of the first block."""
        block = self._blocks.popleft()
        if len(block) > size:
            self._blocks.appendleft(block[size:])
        return bytes(block[:size])

    def _close_block(self) -> None:
        block = b"".join(self._pieces)
        self._on_block(block)
        self._md5.update(block)
        self._blocks.append(memoryview(block))
        self._pieces.clear()
        self._gathered = 0
