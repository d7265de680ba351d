# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the measured figures are to reach.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tests.benchmarks.results import OTHER, THIS, Quantity, Results

COPIES = ("small", "medium", "large")
MEGABYTE = 1e6


@dataclass(frozen=True)
class Verdict:
    """One row of the table.

    :param spread: lowest and highest ratio of a single round, where a figure is a ratio.
    """

    case: str
    what: str
    figure: float
    target: str
    met: bool
    spread: tuple[float, float] | None = None


class Target(Protocol):
    """Something to reach; None as long as it was not measured."""

    def judge(self, results: Results) -> Verdict | None: ...


@dataclass(frozen=True)
class Ratio:
    """swift_sync's median divided by another contestant's.

    :param at_least: ``limit`` is to be reached rather than kept below.
    """

    case: str
    quantity: Quantity
    other: str
    limit: float
    at_least: bool = False

    def judge(self, results: Results) -> Verdict | None:
        figure = results.ratio(self.case, THIS, self.other, self.quantity)
        if figure is None:
            return None
        each = results.ratios(self.case, THIS, self.other, self.quantity)
        return Verdict(
            self.case,
            f"{NAMES[self.quantity]}, {THIS} / {self.other}",
            figure,
            f"{'≥' if self.at_least else '≤'} {self.limit:g}",
            figure >= self.limit if self.at_least else figure <= self.limit,
            (each[0], each[-1]) if each else None,
        )


@dataclass(frozen=True)
class Most:
    """A contestant's median, in seconds or megabytes."""

    case: str
    quantity: Quantity
    contestant: str
    limit: float

    def judge(self, results: Results) -> Verdict | None:
        found = results.median(self.case, self.contestant, self.quantity)
        if found is None:
            return None
        figure = found / MEGABYTE if self.quantity == "peak" else found
        unit = "MB" if self.quantity == "peak" else "s"
        what = f"{NAMES[self.quantity]} of {self.contestant}, {unit}"
        return Verdict(self.case, what, figure, f"≤ {self.limit:g} {unit}", figure <= self.limit)


@dataclass(frozen=True)
class PeakMemory:
    """The highest of swift_sync's medians, in megabytes."""

    limit: float
    cases: tuple[str, ...]

    def judge(self, results: Results) -> Verdict | None:
        peaks = {case: results.median(case, THIS, "peak") for case in self.cases}
        known = {case: peak / MEGABYTE for case, peak in peaks.items() if peak is not None}
        if not known:
            return None
        high = max(known, key=known.__getitem__)
        what = f"highest peak memory of {THIS}, MB"
        return Verdict(high, what, known[high], f"≤ {self.limit:g} MB", known[high] <= self.limit)


@dataclass(frozen=True)
class Growth:
    """swift_sync's peak memory in a case of more or larger objects, divided by another's."""

    case: str
    smaller: str
    limit: float

    def judge(self, results: Results) -> Verdict | None:
        peaks = [results.median(case, THIS, "peak") for case in (self.case, self.smaller)]
        if peaks[0] is None or not peaks[1]:
            return None
        figure = peaks[0] / peaks[1]
        what = f"peak memory of {THIS}, {self.case} / {self.smaller}"
        return Verdict(self.case, what, figure, f"flat: ≤ {self.limit:g}", figure <= self.limit)


NAMES = {
    "wall": "wall",
    "cpu": "client CPU",
    "peak": "peak memory",
    "rate": "objects/s",
}
TARGETS: tuple[Target, ...] = (
    Ratio("small", "wall", "rclone", 0.45),
    Ratio("small", "wall", "rclone, fastest", 0.9),
    Ratio("medium", "wall", "rclone", 0.5),
    Ratio("large", "wall", "rclone", 0.95),
    Ratio("small", "cpu", "rclone", 0.25),
    Ratio("medium", "cpu", "rclone", 0.5),
    Ratio("large", "cpu", "rclone", 1.0),
    *(Ratio(case, "wall", "floor", 1.1) for case in COPIES),
    Ratio("distant", "rate", "rclone", 10, at_least=True),
    Ratio("noop", "wall", "rclone", 1 / 50),
    Ratio("wide", "wall", "plain listing", 1.3),
    Most("plan", "wall", "plan", 20),
    Most("plan", "peak", "plan", 100),
    PeakMemory(100, (*COPIES, "many", "at-once", "distant", "crowded", "noop", "wide")),
    Growth("wide", "noop", 1.25),  # 20 times the objects
    Growth("many", "small", 1.25),  # 4 times the objects, copied
    Growth("large", "medium", 1.25),  # 512 times the bytes of each
    Growth("at-once", "large", 1.25),  # 4 times as many of these
    *(Ratio(case, "wall", OTHER, 1.03) for case in ("small", "noop")),
)


def judge(results: Results) -> list[Verdict]:
    """Judge every target that was measured."""
    return [verdict for target in TARGETS if (verdict := target.judge(results)) is not None]
