# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose turn it is, and how large a case is."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Self

import pytest

from tests.benchmarks.__main__ import Record, parse, run
from tests.benchmarks.bench import Bench
from tests.benchmarks.cases import CASES, Copies, Planning, with_objects
from tests.benchmarks.plan_program import entries
from tests.benchmarks.process import BenchmarkError
from tests.benchmarks.results import Run
from tests.servers import Lab


def bench(tmp_path: Path, rounds: int = 3, scale: float = 0.02) -> Bench:
    return Bench(Lab(tmp_path), rounds, scale, lambda run: None)


def test_another_one_is_first_in_each_round(tmp_path: Path) -> None:
    turns = list(bench(tmp_path).turns("abc"))
    assert "".join(who for _number, who in turns) == "abcbcacab"
    assert [number for number, _who in turns] == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_a_scale_leaves_few_objects_and_shrinks_large_ones(tmp_path: Path) -> None:
    small = bench(tmp_path)
    assert small.scaled(5000, 4096) == (100, 4096)
    assert small.scaled(4, 256 << 20) == (4, 5_368_709)


def test_the_real_scale_changes_nothing(tmp_path: Path) -> None:
    assert bench(tmp_path, scale=1.0).scaled(1000, 65_536) == (1000, 65_536)


def test_all_cases_run_unless_some_are_named() -> None:
    assert parse([]).case is None
    assert parse(["--case", "small", "--case", "plan"]).case == ["small", "plan"]
    assert len({case.name for case in CASES}) == len(CASES)


def test_another_number_of_objects_is_for_cases_of_many() -> None:
    cases = [with_objects(case, 700) for case in CASES]
    objects = {case.name: case.objects for case in cases if isinstance(case, Copies)}
    assert (objects["many"], objects["at-once"]) == (700, 16)
    assert [with_objects(case, None) for case in CASES] == list(CASES)


@pytest.mark.parametrize(
    "options",
    [["--rounds", "0"], ["--scale", "0"], ["--case", "none"], ["--objects", "5"]],
)
def test_what_would_measure_nothing_is_refused(options: list[str]) -> None:
    with pytest.raises(SystemExit):
        parse(options)


def test_what_was_measured_is_kept_run_by_run(tmp_path: Path) -> None:
    record = Record(tmp_path / "new" / "figures.json", {"scale": 1.0})
    record.add(Run("plan", "plan", 1, 1.5, 1.0, 5_000_000, 0.0, 10, 0))
    assert '"wall": 1.5' in (tmp_path / "new" / "figures.json").read_text()
    assert "| plan | 1.50 |" in (tmp_path / "new" / "figures.md").read_text()


def test_a_case_that_failed_is_told_beside_the_others(tmp_path: Path) -> None:
    record = Record(tmp_path / "figures.json", {"scale": 1.0})
    record.fail("small: rclone broke")
    assert json.loads((tmp_path / "figures.json").read_text())["failures"] == [
        "small: rclone broke"
    ]


class Broken:
    name = "broken"

    def title(self, bench: Bench) -> str:
        return "one that fails"

    def run(self, bench: Bench) -> None:
        raise BenchmarkError("rclone broke")


class NoLab(Lab):
    """A lab without servers."""

    def __enter__(self) -> Self:
        self.state.make()
        return self


def test_a_case_that_fails_does_not_end_the_others(tmp_path: Path) -> None:
    plan = Planning("plan", 400)
    record = Record(tmp_path / "figures.json", {"scale": 1.0})
    options = argparse.Namespace(rounds=1, scale=100.0)
    run(NoLab(tmp_path / "lab"), [Broken(), plan], options, record)
    assert record.failures == ["broken: rclone broke"]
    assert [done.objects for done in record.results.runs] == [40_000]


def test_four_of_four_hundred_synthetic_entries_differ() -> None:
    here, there = (list(entries(800, copied=copied)) for copied in (False, True))
    names = {entry.name: entry.hash for entry in here}
    others = {entry.name: entry.hash for entry in there}
    assert [entry.name for entry in here] == sorted(names)
    assert [entry.name for entry in there] == sorted(others)
    assert len(names.keys() - others.keys()) == len(others.keys() - names.keys()) == 2
    assert sum(names[name] != others[name] for name in names.keys() & others.keys()) == 4
