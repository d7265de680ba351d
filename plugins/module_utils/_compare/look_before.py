# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the look before has told of the names that an application knows."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType

from .._errors import MigrationError
from .catalogue import TOLD

_FATES = frozenset(fate.value for fate in TOLD)


class LookBefore:
    """Reads the list of a look while the list of the next one takes its place.

    :param path: of that list, in the order of names.  It is removed, and read nevertheless.
    :raises MigrationError: it cannot be read.
    """

    def __init__(self, path: str) -> None:
        try:
            self._file = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC), encoding="utf-8")
            Path(path).unlink()
        except OSError as error:
            raise MigrationError(
                f"cannot read {path}: {error.strerror}",
                option="again",
                remedy="Look without it first, which writes this list",
            ) from None
        self.start()

    def start(self) -> None:
        """Begin with the first name once more."""
        self._file.seek(0)
        self._name = self._next()

    def told(self, name: str) -> bool:
        """Whether it told that a file is not where it should be.

        :param name: it stands behind those that were asked for before.
        """
        while self._name is not None and self._name < name:
            self._name = self._next()
        return self._name == name

    def __enter__(self) -> LookBefore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _next(self) -> str | None:
        for line in self._file:
            row = json.loads(line)
            if row["fate"] in _FATES:
                return str(row["name"])
        return None
