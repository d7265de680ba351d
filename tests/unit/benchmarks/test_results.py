# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Medians and ratios of what was measured."""

from __future__ import annotations

import pytest

from tests.benchmarks.results import Results, Run


def run(contestant: str, number: int, wall: float, case: str = "small", peak: int = 1) -> Run:
    return Run(case, contestant, number, wall, wall / 2, peak, 1.0, 100, 1000)


@pytest.fixture
def results() -> Results:
    walls = {"floor": (1.0, 2.0, 4.0), "swift_sync": (2.0, 2.0, 2.0), "rclone": (10.0, 5.0, 8.0)}
    return Results(
        [
            run(name, number, wall)
            for name, each in walls.items()
            for number, wall in enumerate(each)
        ]
    )


def test_the_median_is_not_moved_by_one_slow_round(results: Results) -> None:
    assert results.median("small", "rclone", "wall") == 8.0
    assert results.median("small", "rclone", "cpu") == 4.0


def test_a_rate_is_objects_per_second(results: Results) -> None:
    assert results.median("small", "swift_sync", "rate") == 50.0


def test_a_ratio_is_that_of_the_medians(results: Results) -> None:
    assert results.ratio("small", "swift_sync", "rclone", "wall") == 0.25


def test_ratios_are_those_of_the_same_round(results: Results) -> None:
    assert results.ratios("small", "swift_sync", "rclone", "wall") == [0.2, 0.25, 0.4]


def test_a_round_that_one_did_not_finish_has_no_ratio(results: Results) -> None:
    results.runs.pop()
    assert results.ratios("small", "swift_sync", "rclone", "wall") == [0.2, 0.4]


def test_what_was_not_measured_has_no_figure(results: Results) -> None:
    assert results.median("large", "rclone", "wall") is None
    assert results.ratio("large", "swift_sync", "rclone", "wall") is None


def test_contestants_stand_in_the_same_order_whoever_was_first(results: Results) -> None:
    assert results.cases() == ["small"]
    assert results.contestants("small") == ["swift_sync", "rclone", "floor"]
