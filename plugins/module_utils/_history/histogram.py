# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How often which magnitude occurred, in buckets whose bounds are powers of two."""

from __future__ import annotations

import math

LOWEST, HIGHEST = -10, 62
"""The exponents of the lowest and of the highest bound."""


class Histogram:
    """Counts values that are not negative.  A value is told under the lowest bound above it.

    :param lowest: exponent of the lowest bound, ``LOWEST`` or more.
    """

    def __init__(self, lowest: int = LOWEST) -> None:
        self._lowest = lowest
        self._counts = [0] * (HIGHEST - lowest + 1)

    def add(self, value: float) -> None:
        """Count a value."""
        # frexp gives the exponent of the power of two above a value, of 1 that of 2.
        exponent = math.frexp(value)[1] if value > 0 else self._lowest
        self._counts[min(max(exponent, self._lowest), HIGHEST) - self._lowest] += 1

    def result(self) -> list[dict[str, float]]:
        """The buckets that are not empty, ascending: ``below``, exclusive, and ``objects``."""
        bounds = ((number + self._lowest, count) for number, count in enumerate(self._counts))
        return [
            {"below": 2**power if power >= 0 else 2.0**power, "objects": count}
            for power, count in bounds
            if count
        ]
