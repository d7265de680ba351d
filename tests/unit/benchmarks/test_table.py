# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The figures as Markdown."""

from __future__ import annotations

import pytest

from tests.benchmarks.results import Results, Run
from tests.benchmarks.table import case_table, number, report, targets
from tests.benchmarks.targets import Verdict


@pytest.mark.parametrize(
    ("value", "spelt"),
    [(0.0132, "0.013"), (0.45, "0.45"), (1.234, "1.23"), (12.34, "12.3"), (123456.7, "123,457")],
)
def test_a_figure_has_about_three_digits(value: float, spelt: str) -> None:
    assert number(value) == spelt


def test_a_target_that_is_missed_stands_out() -> None:
    met = Verdict("small", "wall", 0.4, "≤ 0.45", True, (0.3, 0.5))
    missed = Verdict("plan", "wall of plan, s", 21.0, "≤ 20 s", False)
    assert targets([met, missed]).splitlines()[2:] == [
        "| small | wall | 0.40 | 0.30 to 0.50 | ≤ 0.45 | yes |",
        "| plan | wall of plan, s | 21.0 |  | ≤ 20 s | **no** |",
    ]


def test_a_case_shows_where_the_time_goes() -> None:
    results = Results(
        [
            Run("small", "floor", 1, 2.0, 1.0, 20_000_000, 2.0, 100, 4_000_000),
            Run("small", "swift_sync", 1, 4.0, 2.0, 50_000_000, 5.0, 100, 4_000_000),
        ]
    )
    lines = case_table(results, "small", "100 objects").splitlines()
    assert lines[0] == "small: 100 objects, median of 1 rounds"
    assert lines[4:] == [
        "| swift_sync | 4.00 | 25.0 | 1.00 | 2.00 | 5.00 | 1.75 | 50.0 | 2.00 |",
        "| floor | 2.00 | 50.0 | 2.00 | 1.00 | 2.00 | 1.50 | 20.0 | 1.00 |",
    ]


def test_figures_of_another_scale_say_so() -> None:
    results = Results([Run("plan", "plan", 1, 2.0, 1.0, 20_000_000, 0.0, 100, 0)])
    assert report(results, {}, 0.02).startswith("Scale 0.02")
    assert report(results, {}, 1.0).startswith("| case |")


def test_every_row_has_as_many_cells_as_its_head() -> None:
    results = Results([Run("plan", "plan", 1, 2.0, 1.0, 20_000_000, 0.0, 100, 0)])
    rows = [line for line in report(results, {}).splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows[:3]} == {7}
    assert {line.count("|") for line in rows[4:]} == {10}
    assert len(rows) == 7
