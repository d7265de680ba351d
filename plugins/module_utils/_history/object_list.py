# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The list of a run's objects: a compressed file with one line of JSON for each.

It is a row of gzip members, which any program that knows gzip reads as one file.  So all that was
written of it can be read, even if the run was killed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import threading
import zlib
from collections.abc import Iterator
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from .._printable import printable_json
from .rclone_words import MATCH, WORDS

LINES = 4096
"""Lines that are compressed together."""

LEVEL = 1
"""Of the compression: names that are alike become short at any level."""

SUFFIX = ".jsonl.gz"


class ObjectList:
    """Mode 0600; until it is opened it takes everything and keeps nothing.  For all threads.

    That it cannot be written is no error: the run matters.

    :ivar path: the file; None until it is opened.
    :ivar problem: why it is not whole; "" if it is.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        self.problem = ""
        self._mutex = threading.Lock()
        self._descriptor = -1
        self._clear()

    def _clear(self) -> None:
        self._pending: list[str] = []
        self._end = 0
        self._lines = 0
        self._outcomes = dict.fromkeys(WORDS, 0)

    def open(self, path: Path) -> None:
        """Begin the file, which must not be there.

        :raises OSError: it is there, or cannot be made.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        self.path = path

    def begin_again(self) -> None:
        """Forget all lines, before everything is listed again."""
        with self._mutex:
            self._clear()
            if self._descriptor >= 0:
                os.ftruncate(self._descriptor, 0)

    def add(
        self,
        name: str,
        outcome: str,
        counted_as: str,
        size: int,
        seconds: float = 0.0,
        why: str = "",
        *,
        again: bool = False,
    ) -> None:
        """Add a line.

        :param outcome: one of :data:`.rclone_words.WORDS`.
        :param counted_as: what the run counts it as.
        :param size: its bytes.  :param seconds: that it took; 0 for no work.
        :param again: it has a line, as a match; it gets no other one if it still is one.
        """
        if self._descriptor < 0 or (again and outcome == MATCH):
            return
        line = f'{{"name":{_quoted(name)},"outcome":"{outcome}","counted_as":"{counted_as}"'
        line += f',"bytes":{size}'
        if seconds:
            line += f',"seconds":{seconds:.3f}'
        if why:
            line += f',"why":{_quoted(why)}'
        with self._mutex:
            self._pending.append(line + "}\n")
            self._lines += 1
            self._outcomes[outcome] += 1
            if again:
                self._outcomes[MATCH] -= 1
            if len(self._pending) >= LINES:
                self._write()

    def flush(self) -> None:
        """Write what is pending."""
        with self._mutex:
            self._write()

    def close(self) -> None:
        """Finish the file."""
        with self._mutex:
            self._write()
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                os.close(descriptor)

    def result(self) -> dict[str, Any]:
        """What a record tells of it; its digest once it is closed."""
        return {
            "name": self.path.name if self.path else "",
            "lines": self._lines,
            "outcomes": dict(self._outcomes),
            "sha256": self._sha256() if self._descriptor < 0 else None,
            "problem": self.problem,
        }

    def _write(self) -> None:
        if self._descriptor < 0 or self.problem or not self._pending:
            self._pending.clear()
            return
        block = gzip.compress("".join(self._pending).encode(), LEVEL, mtime=0)
        try:
            # At a fixed place: where a signal's handler raises after it, it is written once more.
            end = self._end
            while block:
                written = os.pwrite(self._descriptor, block, end)
                block, end = block[written:], end + written
            self._pending, self._end = [], end
        except OSError as error:
            self.problem = f"it could not be written: {error.strerror}"
            self._pending.clear()

    def _sha256(self) -> str | None:
        if self.path is None:
            return None
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a list, of a killed run as far as they are there.

    :raises OSError: it cannot be read, or is no such file.
    :raises ValueError: a line is no JSON.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        try:
            for line in file:
                yield json.loads(line)
        except (EOFError, zlib.error):
            return


def _quoted(text: str) -> str:
    quoted = encode_basestring(text)
    return quoted if quoted.isprintable() else printable_json(text)
