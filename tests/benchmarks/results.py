# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was measured: one run of one contestant, and all of them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Literal

Quantity = Literal["wall", "cpu", "peak", "rate"]


@dataclass(frozen=True)
class Run:
    """One contestant in one round of one case.

    :param wall: seconds.  :param cpu: seconds, user and system, of the process and its children.
    :param peak: bytes of memory.
    :param server_cpu: seconds that all servers took meanwhile.
    :param objects: copied or compared.  :param bytes: of these.
    """

    case: str
    contestant: str
    round: int
    wall: float
    cpu: float
    peak: int
    server_cpu: float
    objects: int
    bytes: int

    @property
    def rate(self) -> float:
        """Objects per second."""
        return self.objects / self.wall


@dataclass
class Results:
    """All runs, in the order in which they were made."""

    runs: list[Run] = field(default_factory=list)

    def of(self, case: str, contestant: str) -> list[Run]:
        return [run for run in self.runs if (run.case, run.contestant) == (case, contestant)]

    def cases(self) -> list[str]:
        return list(dict.fromkeys(run.case for run in self.runs))

    def contestants(self, case: str) -> list[str]:
        names = {run.contestant for run in self.runs if run.case == case}
        return sorted(names, key=rank)

    def median(self, case: str, contestant: str, quantity: Quantity) -> float | None:
        """None when there is no such run."""
        values = [float(getattr(run, quantity)) for run in self.of(case, contestant)]
        return statistics.median(values) if values else None

    def ratio(self, case: str, this: str, other: str, quantity: Quantity) -> float | None:
        """The ratio of the medians; None when one has no run."""
        above, below = (self.median(case, name, quantity) for name in (this, other))
        return above / below if above is not None and below else None

    def ratios(self, case: str, this: str, other: str, quantity: Quantity) -> list[float]:
        """The ratio of each round that both have, from lowest to highest."""
        below = {run.round: run for run in self.of(case, other)}
        return sorted(
            getattr(run, quantity) / getattr(below[run.round], quantity)
            for run in self.of(case, this)
            if run.round in below
        )


THIS = "swift_sync"
OTHER = "swift_sync, other version"
ORDER = (THIS, OTHER, "rclone", "rclone, fastest", "floor", "plain listing")


def rank(contestant: str) -> int:
    """Where a contestant stands in a table; the order of the rounds rotates."""
    return ORDER.index(contestant) if contestant in ORDER else len(ORDER)
