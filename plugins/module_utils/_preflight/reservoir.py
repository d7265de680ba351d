# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A fair sample of a stream whose length nobody knows.  Pure."""

from __future__ import annotations

import math
import random
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Reservoir(Generic[Item]):
    """Keeps so many items that each of the stream has the same chance (Li 1994, algorithm L).

    The stream is counted by whoever reads it: all but the items that are due are passed over.

    :param size: items that are kept.
    :param seed: decides which ones.
    :ivar due: the number, counted from 1, of the next item to give to :meth:`take`.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.items: list[Item] = []
        self.due = 1
        self._size = size
        self._random = random.Random(seed)  # noqa: S311 - a sample is no secret
        self._weight = 1.0

    def take(self, item: Item) -> None:
        """Take the item that is due; another one may have to go."""
        if len(self.items) < self._size:
            self.items.append(item)
        else:
            self.items[self._random.randrange(self._size)] = item
        if len(self.items) < self._size:
            self.due += 1
            return
        self._weight *= math.exp(math.log(1 - self._random.random()) / self._size)
        passed = math.log(1 - self._random.random()) / math.log1p(-self._weight)
        self.due += math.floor(passed) + 1
