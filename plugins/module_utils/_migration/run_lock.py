# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lock that keeps two runs on one mover from working on the same pair of containers."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from .._errors import MigrationError
from .._own_file import open_own

PAUSE = 0.2
"""Seconds between two tries."""


class HeldError(MigrationError):
    """Another run has the lock."""


class RunLock:
    """A locked file with the number of the process that has it; a killed one gives it back.

    :param path: the file, made with mode 0600.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self, timeout: float) -> bool:
        """Wait until no other run has it.

        :param timeout: seconds.
        :returns: whether it had to wait.
        :raises HeldError: another run still has it.
        :raises OSError: the file cannot be written, or is not this user's alone.
        """
        until = time.monotonic() + timeout
        waited = False
        while True:
            descriptor = open_own(self._path, os.O_RDWR)
            # Unbuffered, lest a full disk be found out when it is closed.
            self._file = os.fdopen(descriptor, "r+b", buffering=0)
            while not _is_free(self._file):
                if time.monotonic() > until:
                    raise HeldError(
                        f"another run (process {self._file.read().decode().strip()}) has copied "
                        f"between the same containers for more than {timeout:.0f} seconds",
                        option="lock_timeout",
                        remedy="Wait for it to end, or end it",
                    )
                waited = True
                time.sleep(PAUSE)
            if self._is_in_place(descriptor):
                break
            self._file.close()
        self._file.truncate()
        self._file.write(f"{os.getpid()}\n".encode())
        return waited

    def release(self) -> None:
        """Give it back."""
        if self._file:
            self._file.close()

    def remove(self) -> None:
        """Give it back, and leave no file.  Whoever waits for it makes a new one."""
        self._path.unlink(missing_ok=True)
        self.release()

    def _is_in_place(self, descriptor: int) -> bool:
        """Whether the file is the one of that name, and not one that was removed meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False


def _is_free(lock: IO[bytes]) -> bool:
    """Take a lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
