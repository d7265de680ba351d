# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which targets are met."""

from __future__ import annotations

import pytest

from tests.benchmarks.cases import CASES
from tests.benchmarks.results import ORDER, Results, Run
from tests.benchmarks.targets import TARGETS, Growth, Most, PeakMemory, Ratio, judge


def results(**runs: tuple[float, int]) -> Results:
    """Each contestant's wall seconds and peak in one round; ``case__contestant`` names it."""
    found = Results()
    for key, (wall, peak) in runs.items():
        case, _sep, contestant = key.partition("__")
        found.runs.append(Run(case, contestant, 1, wall, wall, peak, 0.0, 100, 0))
    return found


@pytest.mark.parametrize(("wall", "met"), [(4.5, True), (4.6, False)])
def test_a_ratio_may_be_its_limit(wall: float, met: bool) -> None:
    measured = results(small__swift_sync=(wall, 1), small__rclone=(10.0, 1))
    verdict = Ratio("small", "wall", "rclone", 0.45).judge(measured)
    assert verdict is not None
    assert verdict.figure == pytest.approx(wall / 10)
    assert verdict.met is met
    assert verdict.target == "≤ 0.45"
    assert verdict.spread == (wall / 10, wall / 10)


@pytest.mark.parametrize(("wall", "met"), [(1.0, True), (1.1, False)])
def test_a_rate_is_to_be_reached(wall: float, met: bool) -> None:
    measured = results(distant__swift_sync=(wall, 1), distant__rclone=(10.0, 1))
    verdict = Ratio("distant", "rate", "rclone", 10, at_least=True).judge(measured)
    assert verdict is not None
    assert verdict.met is met
    assert verdict.target == "≥ 10"


@pytest.mark.parametrize(("peak", "met"), [(100_000_000, True), (101_000_000, False)])
def test_memory_is_told_in_megabytes(peak: int, met: bool) -> None:
    verdict = Most("plan", "peak", "plan", 100).judge(results(plan__plan=(1.0, peak)))
    assert verdict is not None
    assert verdict.figure == peak / 1e6
    assert verdict.met is met


def test_the_highest_peak_counts() -> None:
    measured = results(small__swift_sync=(1.0, 50_000_000), wide__swift_sync=(1.0, 120_000_000))
    verdict = PeakMemory(100, ("small", "wide", "noop")).judge(measured)
    assert verdict is not None
    assert (verdict.case, verdict.figure, verdict.met) == ("wide", 120.0, False)


@pytest.mark.parametrize(("peak", "met"), [(60, True), (70, False)])
def test_memory_that_grows_is_not_flat(peak: int, met: bool) -> None:
    measured = results(noop__swift_sync=(1.0, 50), wide__swift_sync=(1.0, peak))
    verdict = Growth("wide", "noop", 1.25).judge(measured)
    assert verdict is not None
    assert verdict.met is met


def test_what_was_not_measured_is_not_judged() -> None:
    assert judge(Results()) == []


def test_every_target_is_judged_once_its_contestants_have_run() -> None:
    measured = Results(
        [
            Run(case.name, contestant, 1, 1.0, 1.0, 1, 0.0, 1, 0)
            for case in CASES
            for contestant in (*ORDER, case.name)
        ]
    )
    assert len(judge(measured)) == len(TARGETS)
