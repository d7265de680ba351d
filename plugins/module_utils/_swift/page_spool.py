# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Pages of a listing that are not due yet, in a temporary file."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

from .._errors import MigrationError


class PageSpool:
    """A temporary file of pages, written at its end and read anywhere.

    Everything raises :class:`MigrationError` where the disk is at fault.
    """

    def __init__(self) -> None:
        with _named_disk_faults():
            self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - until close()
        self._size = 0

    def add(self, page: bytes) -> tuple[int, int]:
        """Store a page; its place and length."""
        place = (self._size, len(page))
        with _named_disk_faults():
            self._file.seek(self._size)
            self._file.write(page)
            self._file.flush()
        self._size += len(page)
        return place

    def get(self, place: tuple[int, int]) -> bytes:
        """Give a page back."""
        with _named_disk_faults():
            self._file.seek(place[0])
            return self._file.read(place[1])

    def close(self) -> None:
        """Remove the file."""
        with contextlib.suppress(OSError):  # what could not be stored has been told
            self._file.close()


@contextlib.contextmanager
def _named_disk_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MigrationError(
            f"cannot keep a listing in {tempfile.tempdir or 'any folder'}: {error.strerror}",
            remedy="Make room there, or name another folder in the environment variable TMPDIR",
        ) from None
