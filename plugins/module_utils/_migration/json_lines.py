# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A file that takes what is too long for a result: one line of JSON for each object."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO, Any

from .._errors import MigrationError
from .._own_file import open_own
from .._printable import printable_json


class JsonLinesFile:
    """Mode 0600; without a path it takes everything and keeps nothing.

    :param option: the module option that names it.
    """

    def __init__(self, path: str | None, option: str = "report") -> None:
        self.path = path
        self._option = option
        self._file: IO[str] | None = None

    def open(self) -> None:
        """Begin the file; an existing one is overwritten.

        :raises MigrationError: it cannot be written.
        """
        if self.path is None:
            return
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = open_own(self.path, os.O_WRONLY | os.O_TRUNC)
            self._file = os.fdopen(descriptor, "w", encoding="utf-8")
            if stat.S_ISREG(os.fstat(descriptor).st_mode):  # /dev/null stays everybody's
                os.fchmod(descriptor, 0o600)
        except OSError as error:
            raise self._unwritable(error) from None

    def write(self, line: dict[str, Any]) -> None:
        """Add a line.

        :raises MigrationError: it cannot be written.
        """
        if self._file is not None:
            try:
                self._file.write(printable_json(line) + "\n")
            except OSError as error:
                raise self._unwritable(error) from None

    def close(self) -> None:
        """Finish the file.

        :raises MigrationError: it cannot be written.
        """
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> MigrationError:
        return MigrationError(
            f"cannot write {self.path}: {error.strerror}",
            option=self._option,
            remedy="Name a file that can be written on the host that runs the module",
        )
