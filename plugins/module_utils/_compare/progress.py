# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far a comparison is, worked out from its proof."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from .._migration.estimate_error import EstimateError
from .._migration.rate_estimate import RateEstimate, Total
from .proof import Proof


class ComparisonProgress:
    """Tells how far a comparison is.  For one thread.

    :param containers: the names of the source's and the destination's container.
    :param total: what the source's server counts.
    :param clock: seconds since 1970.
    """

    def __init__(
        self,
        proof: Proof,
        containers: tuple[str, str],
        total: Total,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._proof = proof
        self._containers = containers
        self._total = total
        self._clock = clock
        self._started = clock()
        self._estimate = RateEstimate()
        self._error = EstimateError()

    def state(self, *, done: bool = False) -> dict[str, Any]:
        """What is known now; rates are those since the states that were asked for before.

        :param done: whether the comparison has ended.
        :returns: the phase ("comparing", or "sample" once the listings have been read and a number
            of objects is looked at more closely), and counts: a flat dictionary for JSON, of less
            than 2 KB.
        """
        proof, now = self._proof, self._clock()
        listed = proof.source
        closer = proof.sampled if proof.sample_size else 0
        total = self._known()
        self._estimate.mark(now, listed.objects + closer, listed.bytes, 0)
        left = 0 if done else self._estimate.seconds_left(total)
        if not done:
            self._error.note(now, left)
        return {
            "containers": list(self._containers),
            "process": os.getpid(),
            "phase": "sample" if proof.sample_size else "comparing",
            "objects_total": total.objects,
            "objects_done": listed.objects + closer,
            "objects_unequal": proof.unequal,
            "bytes_total": total.size,
            "bytes_compared": listed.bytes,
            "objects_per_second": self._estimate.objects_per_second,
            "started": round(self._started, 3),
            "written": round(now, 3),
            "seconds_left": left,
            "estimate_error": self._error.mean(now) if done else None,
            "done": done,
            **({"failed": not proof.equal} if done else {}),
        }

    def _known(self) -> Total:
        listed, more = self._proof.source, self._proof.sample_size
        if more:  # the listing has been read to its end
            return Total(listed.objects + more, listed.bytes)
        return self._total.at_least(listed.objects, listed.bytes)
