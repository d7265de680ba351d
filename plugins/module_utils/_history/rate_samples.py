# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far something was, at moments of its time: few of them, however long that takes."""

from __future__ import annotations

from typing import Any, TypeAlias

MOST = 500
"""How many samples are kept, the last one included."""

COLUMNS = ("seconds", "objects", "bytes", "failed", "retries", "concurrency", "seconds_left")
"""What a sample has: all but the last two count from the begin on."""

Row: TypeAlias = "tuple[float | None, ...]"
"""A value for each column; None where it is not known."""


class RateSamples:
    """Keeps samples, evenly thinned out as time goes on, and always the first and the last.

    As they count from the begin on, none of those that are left out is missed: what happened
    between two others is their difference.
    """

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._step = 1
        self._seen = 0
        self._last: Row | None = None

    def add(self, row: Row) -> None:
        """Take one.  They must come in the order of time."""
        if self._seen % self._step == 0:
            self._rows.append(row)
        self._seen += 1
        self._last = row
        if len(self._rows) == MOST:
            del self._rows[1::2]
            self._step *= 2

    def foretold(self) -> float | None:
        """The seconds in all, as they could be told first; None while nobody could."""
        for row in self._rows:
            seconds, left = row[0], row[-1]
            if seconds is not None and left:
                return round(seconds + left, 3)
        return None

    def result(self) -> dict[str, Any]:
        """The names of the columns, and the rows."""
        rows = list(self._rows)
        if self._last is not None and rows[-1] is not self._last:
            rows.append(self._last)
        return {"columns": list(COLUMNS), "rows": [list(row) for row in rows]}
