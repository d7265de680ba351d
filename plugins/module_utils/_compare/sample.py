# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A sample of names that anybody can draw again: the seed and the name decide, not the order."""

from __future__ import annotations

import hashlib
import heapq
import sqlite3
from collections.abc import Iterator

from .._errors import MigrationError

MAX_NUMBER = 100_000
"""Objects that a sample given as a number may have: 50 bytes of memory are held for each."""

WEIGHTS = 2**63


class Sample:
    """Chooses names, by nothing but themselves.

    Of a number, all that may be in it are held in a temporary file.  A share of few names may have
    none of them: then the one that is next stands for it, unless the share is nothing at all.

    :param size: ``N%`` of all, or ``N``.
    :param seed: another one draws another sample.
    :raises MigrationError: ``size`` is neither a share nor a number that fits in memory; here and
        in every method, there is no room for the file.
    """

    def __init__(self, size: str, seed: str) -> None:
        text = size.strip()
        self._seed = seed.encode()
        self._share: float | None = None
        self._number = 0
        self._drawn = False
        self._lightest: list[int] = []
        self._kept = sqlite3.connect("")  # without a name, a file that is gone with this object
        self._kept.execute("create table kept (weight int, name text, mark text)")
        try:
            if text.endswith("%"):
                self._share = float(text[:-1]) / 100
                self._number = 1 if self._share else 0
            else:
                self._number = int(text)
        except ValueError:
            self._number = -1
        if not (0 <= (self._share or 0) <= 1 and 0 <= self._number <= MAX_NUMBER):
            raise MigrationError(
                f"'{size}' is neither a share nor a number up to {MAX_NUMBER:,}",
                option="sample",
                remedy="Write for example 100%, 5% or 500",
            )

    @property
    def is_all(self) -> bool:
        """Whether every name is in the sample."""
        return self._share == 1

    def has(self, name: str) -> bool:
        """Whether a name is in the sample; of a number :meth:`rest` knows that, in the end.

        Of a share, :meth:`rest` has the one name that it needs to have any.
        """
        drawn = self._share is not None and self._weight(name) < self._share * WEIGHTS
        self._drawn = self._drawn or drawn
        return drawn

    def offer(self, name: str, mark: str) -> None:
        """Let a name stand for being in the sample, with a text that comes back with it."""
        if not self._number or self._drawn:
            return
        # Negated, so that the smallest on top of the heap is the largest weight that is kept.
        weight = -self._weight(name)
        if len(self._lightest) < self._number:
            heapq.heappush(self._lightest, weight)
        elif weight > self._lightest[0]:
            heapq.heapreplace(self._lightest, weight)
        else:
            return
        self._do("insert into kept values (?, ?, ?)", weight, name, mark)

    def __len__(self) -> int:
        """How many :meth:`rest` will give."""
        return 0 if self._drawn else len(self._lightest)

    def rest(self) -> Iterator[tuple[str, str]]:
        """The names that were offered and are in the sample, in their order, with their marks.

        It ends the sample: the file is removed.
        """
        query = "select name, mark from kept where weight >= ? order by name"
        if not self._drawn:
            yield from self._do(query, min(self._lightest, default=0))
        self._kept.close()

    def _do(self, statement: str, *values: str | int) -> sqlite3.Cursor:
        try:
            return self._kept.execute(statement, values)
        except sqlite3.Error as error:
            raise MigrationError(
                f"cannot keep the names in a temporary file: {error}",
                option="sample",
                remedy="Make room for it, name another folder in the environment variable TMPDIR, "
                "or ask for a smaller sample",
            ) from None

    def _weight(self, name: str) -> int:
        digest = hashlib.sha256(self._seed + b"\0" + name.encode()).digest()
        return int.from_bytes(digest[:8], "big") // 2
