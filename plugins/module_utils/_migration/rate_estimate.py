# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How fast work goes on, and how long the rest will take."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from .._transport.concurrency import OBJECT_COST

MAX_MARKS = 16
"""How many of the last states the rates are taken from: half a minute."""

MIN_MARKS = 3
"""States without which no time is estimated."""


class Total(NamedTuple):
    """What there is in all, as far as it is known.

    :param objects: a number, or None.  :param size: bytes, or None.
    """

    objects: int | None = None
    size: int | None = None

    def at_least(self, objects: int, size: int) -> Total:
        """Correct what is known by what was seen: a server may be late with counting."""
        return Total(
            None if self.objects is None else max(self.objects, objects),
            None if self.size is None else max(self.size, size),
        )


class _Mark(NamedTuple):
    moment: float
    objects: int
    moved: int
    work: float


class RateEstimate:
    """The speed of the last half minute.  For one thread."""

    def __init__(self) -> None:
        self._marks: deque[_Mark] = deque(maxlen=MAX_MARKS)

    def mark(self, moment: float, objects: int, size: int, moved: int) -> None:
        """Note how far the work is.

        :param moment: in seconds.
        :param objects: done so far.  :param size: bytes of these, and of what is done of others.
        :param moved: those bytes of them that went over the network.
        """
        self._marks.append(_Mark(moment, objects, moved, objects + size / OBJECT_COST))

    @property
    def objects_per_second(self) -> float:
        """Objects done in a second."""
        return self._rate(self._marks[-1].objects - self._marks[0].objects)

    @property
    def bytes_per_second(self) -> float:
        """Bytes that went over the network in a second."""
        return self._rate(self._marks[-1].moved - self._marks[0].moved)

    def seconds_left(self, total: Total) -> int | None:
        """Estimate how long the rest takes, by objects and bytes alike; None while that is unknown.

        :param total: what there is in all.
        """
        first, last = self._marks[0], self._marks[-1]
        work = last.work - first.work
        if total.objects is None or total.size is None or work <= 0 or len(self._marks) < MIN_MARKS:
            return None
        rest = total.objects + total.size / OBJECT_COST - last.work
        return round(max(0.0, rest) * (last.moment - first.moment) / work)

    def _rate(self, amount: int) -> float:
        seconds = self._marks[-1].moment - self._marks[0].moment
        # What came of an object that is copied anew counts no more.
        return round(max(0, amount) / seconds, 1) if seconds > 0 else 0.0
