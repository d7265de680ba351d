# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far a run is, worked out from its own counts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from .._migration.estimate_error import EstimateError
from .._migration.rate_estimate import RateEstimate, Total
from .._migration.report import Report, Stage
from .._transport.bytes_in_flight import BytesInFlight


class Progress:
    """Tells how far a run is.  For one thread.

    :param report: the run's counts.
    :param containers: the names of the source's and the destination's container.
    :param total: what the source's server counts.
    :param in_flight: counts the bytes that come.
    :param concurrency: gives how many objects may be copied at once now.
    :param clock: seconds since 1970.
    """

    def __init__(
        self,
        report: Report,
        containers: tuple[str, str],
        total: Total,
        in_flight: BytesInFlight,
        concurrency: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._report = report
        self._containers = containers
        self._total = total
        self._in_flight = in_flight
        self._concurrency = concurrency
        self._clock = clock
        self._started = clock()
        self._estimate = RateEstimate()
        self._error = EstimateError()

    def state(self, *, done: bool = False) -> dict[str, Any]:
        """What is known now; rates are those since the states that were asked for before.

        An object is done when it needs nothing more: it was copied, was right already, is gone, or
        has failed.  Bytes of a large object count as they arrive.  The seconds left are None
        while they are unknown, and may grow.  In the end it is told by how many seconds they were
        wrong, on average.

        :param done: whether the run has ended.
        :returns: the phase ("listing" while there was nothing to copy, then as in ``Stage``), and
            counts: a flat dictionary for JSON, of less than 2 KB.
        """
        report, now = self._report, self._clock()
        finished, total = report.finished, self._known()
        moved = report.bytes_moved + self._in_flight.size
        self._estimate.mark(now, finished, report.bytes_kept + moved, moved)
        left = 0 if done else self._estimate.seconds_left(total)
        if not done:
            self._error.note(now, left)
        return {
            "containers": list(self._containers),
            "process": os.getpid(),
            "phase": self._phase(moved),
            "objects_total": total.objects,
            "objects_compared": report.source["objects"],
            "objects_done": _at_most(total.objects, finished),
            "objects_copied": report.moved,
            "objects_deleted": report.objects["deleted"],
            "objects_failed": report.objects["failed"],
            "bytes_total": _at_least(total.size, report.bytes_kept + moved),
            "bytes_compared": report.source["bytes"],
            "bytes_copied": moved,
            "bytes_in_flight": self._in_flight.size,
            "objects_per_second": self._estimate.objects_per_second,
            "bytes_per_second": self._estimate.bytes_per_second,
            "concurrency": self._concurrency(),
            "started": round(self._started, 3),
            "written": round(now, 3),
            "seconds_left": left,
            "estimate_error": self._error.mean(now) if done else None,
            "done": done,
            **({"failed": report.lacking > 0} if done else {}),
        }

    def _phase(self, moved: int) -> str:
        stage, begun = self._report.stage, moved or self._report.moved
        return "listing" if stage is Stage.COPYING and not begun else stage.value

    def _known(self) -> Total:
        listed = self._report.source
        if self._report.stage is not Stage.COPYING:  # the listing has been read to its end
            return Total(listed["objects"], listed["bytes"])
        return self._total.at_least(listed["objects"], listed["bytes"])


def _at_most(listed: int | None, done: int) -> int:
    """The objects done: one that is looked at or deleted in the end may fail once more."""
    return done if listed is None else min(listed, done)


def _at_least(listed: int | None, done: int) -> int | None:
    """The bytes in all: of a large object, whose segments are copied, a listing shows less."""
    return listed if listed is None else max(listed, done)
