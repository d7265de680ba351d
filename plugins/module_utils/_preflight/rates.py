# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long a copy takes: so much for each object, and so much for each byte.  Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from .._errors import MigrationError
from .._transport.concurrency import OBJECT_COST

UNCERTAIN = 0.3
"""By how much of it a time may be missed, at least."""


class Batch(NamedTuple):
    """Objects that were copied, as many at once as the servers took.

    :param seconds: by the clock on the wall, for all of them.
    """

    objects: int
    bytes: int
    seconds: float


class Span(NamedTuple):
    """Seconds that something is expected to take: at least, most likely, at most."""

    low: float
    seconds: float
    high: float

    def plus(self, other: Span) -> Span:
        """One after the other."""
        return Span(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, factor: float) -> Span:
        """The same so many times."""
        return Span(*(each * factor for each in self))

    def to_dict(self) -> dict[str, float]:
        """Give it as a module returns it."""
        return {name: round(value, 1) for name, value in self._asdict().items()}


def about(seconds: float, uncertain: float = UNCERTAIN) -> Span:
    """A time that was estimated.

    :param uncertain: by how much of it the truth may be more.
    """
    return Span(seconds / (1 + uncertain), seconds, seconds * (1 + uncertain))


@dataclass(frozen=True)
class Rates:
    """What objects and bytes cost, at the number at once that the measurement found.

    :param per_object: seconds.  :param per_byte: seconds.
    :param uncertain: by how much of it a time may be missed.
    """

    per_object: float
    per_byte: float
    uncertain: float = UNCERTAIN

    @classmethod
    def of(cls, batches: Sequence[Batch]) -> Self:
        """Find the two for which the relative errors of all batches are smallest.

        :raises MigrationError: nothing was copied.
        """
        rows = [
            (batch.objects / batch.seconds, batch.bytes / batch.seconds)
            for batch in batches
            if batch.objects and batch.seconds > 0
        ]
        if not rows:
            raise MigrationError("nothing was copied, so that no time can be told")
        per_object, per_byte = _fit(rows)
        missed = [1 - per_object * x - per_byte * y for x, y in rows]
        spread = math.sqrt(sum(each**2 for each in missed) / len(missed))
        return cls(per_object, per_byte, max(UNCERTAIN, 2 * spread))

    def time(self, objects: float, size: float) -> Span:
        """How long it takes to copy so many objects with so many bytes."""
        return about(objects * self.per_object + size * self.per_byte, self.uncertain)

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module returns it; a rate is None where it makes no difference."""
        return {
            "objects_per_second": round(1 / self.per_object, 1) if self.per_object else None,
            "bytes_per_second": round(1 / self.per_byte) if self.per_byte else None,
        }


def _fit(rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The least squares of ``a x + b y = 1``, with neither below zero."""
    xx, xy, yy = (sum(row[i] * row[j] for row in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    x, y = (sum(row[i] for row in rows) for i in (0, 1))
    if xx * yy - xy**2 <= 0.1 * xx * yy:
        # All are of about one size, which does not tell objects from bytes.
        works = [objects + size / OBJECT_COST for objects, size in rows]
        cost = sum(works) / sum(work**2 for work in works)
        return cost, cost / OBJECT_COST
    a = (x * yy - y * xy) / (xx * yy - xy**2)
    b = (y * xx - x * xy) / (xx * yy - xy**2)
    if a < 0:
        return 0.0, y / yy
    if b < 0:
        return x / xx, 0.0
    return a, b
