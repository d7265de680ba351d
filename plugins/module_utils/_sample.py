# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A sample of names that anybody can draw again: the seed and the name decide, not the order."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from typing import Generic, TypeVar

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

T = TypeVar("T")

MAX_NUMBER = 100_000
"""Objects that a sample given as a number may have: names and items are held in memory, 300 bytes
for each with a name of 80 letters and an item that is there anyway."""

WEIGHTS = 2**64


class Sample(Generic[T]):
    """Chooses items by their names.

    :param size: ``N%`` of all, or ``N``.
    :param seed: another one draws another sample.
    :raises MigrationError: ``size`` is neither a share nor a number that fits in memory.
    """

    def __init__(self, size: str, seed: str) -> None:
        text = size.strip()
        self._seed = seed.encode()
        self._share: float | None = None
        self._number = 0
        self._lightest: list[tuple[int, str, T]] = []
        try:
            if text.endswith("%"):
                self._share = float(text[:-1]) / 100
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

    def has(self, name: str) -> bool:
        """Whether a name is in the sample; of a number :meth:`rest` knows that, in the end."""
        return self._share is not None and self._weight(name) < self._share * WEIGHTS

    def offer(self, name: str, item: T) -> None:
        """Let an item stand for being in the sample."""
        weight = self._weight(name) if self._number else 0
        # A heap has its smallest on top, so that the heaviest of the lightest has to be it.
        if len(self._lightest) < self._number:
            heapq.heappush(self._lightest, (-weight, name, item))
        elif self._number and -weight > self._lightest[0][0]:
            heapq.heapreplace(self._lightest, (-weight, name, item))

    def __len__(self) -> int:
        """How many :meth:`rest` will give."""
        return len(self._lightest)

    def rest(self) -> Iterator[tuple[str, T]]:
        """The items that were offered and are in the sample, with and in the order of their names.

        Nothing may be offered any more.
        """
        self._lightest.sort(key=lambda one: one[1])  # in place: there may be many
        return ((name, item) for _weight, name, item in self._lightest)

    def _weight(self, name: str) -> int:
        digest = hashlib.sha256(self._seed + b"\0" + name.encode()).digest()
        return int.from_bytes(digest[:8], "big")
