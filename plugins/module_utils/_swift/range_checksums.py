# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Bytes that pass in order, checked against the MD5 of each part that has one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple


class ChecksummedRange(NamedTuple):
    """A part of an object's bytes.

    :param size: bytes.
    :param md5: in hex; None for a part that no checksum is known of.
    """

    size: int
    md5: str | None


class RunningChecksums:
    """What has passed of an object's bytes so far.

    :param ranges: its parts in their order.
    """

    def __init__(self, ranges: Iterable[ChecksummedRange]) -> None:
        self._ranges = tuple(part for part in ranges if part.size)
        self._number = self._seen = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.wrong = ""

    def copy(self) -> RunningChecksums:
        """An independent copy of this state, for bytes that may be read again."""
        other = RunningChecksums(())
        other._ranges, other._number, other._seen = self._ranges, self._number, self._seen
        other._md5, other.wrong = self._md5.copy(), self.wrong
        return other

    def update(self, data: bytes) -> None:
        """Take the next bytes; ``wrong`` tells when they are not those that were promised."""
        rest = memoryview(data)
        while rest and not self.wrong:
            if self._number == len(self._ranges):
                self.wrong = "there are more bytes than announced"
                return
            part = self._ranges[self._number]
            piece = rest[: part.size - self._seen]
            rest = rest[len(piece) :]
            self._md5.update(piece)
            self._seen += len(piece)
            if self._seen == part.size:
                self._close(part)

    @property
    def complete(self) -> bool:
        """Whether all bytes have passed and are right."""
        return not self.wrong and self._number == len(self._ranges)

    def _close(self, part: ChecksummedRange) -> None:
        found = self._md5.hexdigest()
        if part.md5 not in (None, found):
            self.wrong = f"the bytes read have the MD5 {found}, the source's ETag is {part.md5}"
        self._number += 1
        self._seen = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
