# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How wrong the estimates of the time left were, which is known in the end."""

from __future__ import annotations

MOST = 1024
"""Estimates that are kept: of more, evenly fewer."""


class EstimateError:
    """The ends that were foretold.  For one thread."""

    def __init__(self) -> None:
        self._ends: list[float] = []
        self._told = 0
        self._step = 1  # every how many is kept

    def note(self, now: float, seconds_left: float | None) -> None:
        """Note what was told at a moment; None tells nothing.

        :param now: in seconds.
        """
        if seconds_left is None:
            return
        if self._told % self._step == 0:
            self._ends.append(now + seconds_left)
            if len(self._ends) > MOST:
                del self._ends[1::2]
                self._step *= 2
        self._told += 1

    def mean(self, end: float) -> float | None:
        """By how many seconds they were wrong, on average; None if there were none.

        :param end: when it really ended, in seconds.
        """
        if not self._ends:
            return None
        return round(sum(abs(foretold - end) for foretold in self._ends) / len(self._ends), 1)
