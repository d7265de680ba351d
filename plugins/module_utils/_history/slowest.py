# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The objects that took longest."""

from __future__ import annotations

import heapq
from typing import Any

MOST = 20
"""How many of them are kept."""


class Slowest:
    """Keeps the slowest objects."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str, int]] = []

    def add(self, name: str, size: int, seconds: float) -> None:
        """Offer one.

        :param size: its bytes.
        """
        if len(self._heap) < MOST:
            heapq.heappush(self._heap, (seconds, name, size))
        elif seconds > self._heap[0][0]:
            heapq.heapreplace(self._heap, (seconds, name, size))

    def result(self) -> list[dict[str, Any]]:
        """The slowest first."""
        return [
            {"name": name, "bytes": size, "seconds": round(seconds, 3)}
            for seconds, name, size in sorted(self._heap, reverse=True)
        ]
