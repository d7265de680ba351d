# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The summary of ``make test``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.tools.stages import Stage, main, obstacle, pytest_counts, summary


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("=========== 12 passed in 0.42s ===========", {"passed": 12}),
        (
            "\x1b[31m== \x1b[1m1 failed\x1b[0m, 2 passed\x1b[31m in 0.1s ==",
            {"failed": 1, "passed": 2},
        ),
        ("== 3 passed, 1 warning, 2 errors in 65.10s (0:01:05) ==", {"passed": 3, "errors": 2}),
        ("300 passed in 3.00s", {"passed": 300}),
        ("  │ ====== 5 passed in 12.01s ======", {"passed": 5}),
        ("12 passed the gate", {}),
        ("tests/unit/test_x.py ...", {}),
    ],
)
def test_the_last_line_of_pytest_is_understood(line: str, counts: dict[str, int]) -> None:
    counted = pytest_counts(line)
    assert {word: counted[word] for word in counts} == counts
    assert bool(counted) == bool(counts)


def test_a_stage_is_one_line_and_tests_are_added_up() -> None:
    stages = [
        Stage("lint", 0, 1.0, Counter()),
        Stage("unit", 0, 2.5, Counter(passed=40)),
    ]
    assert summary(stages) == [
        "lint            ok          1.0 s",
        "unit            ok          2.5 s  40 passed",
        "41 passed, 0 failed in 3.5 s",
    ]


@pytest.mark.parametrize(
    "stage",
    [
        Stage("lint", 2, 1.0, Counter()),
        Stage("unit", 2, 1.0, Counter(passed=3)),
        Stage("unit", 2, 1.0, Counter(passed=3, failed=1)),
        Stage("unit", 0, 1.0, Counter(passed=3, skipped=1)),
        Stage("molecule", 0, 1.0, Counter()),
    ],
)
def test_a_failure_a_skipped_test_and_no_test_fail_the_whole(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([stage.name, "last"], lambda name: stage)
    output = capsys.readouterr().out
    assert status == 1
    assert output.count("FAILED") == 2
    assert output.splitlines()[-1].endswith("2 failed in 2.0 s")


def test_what_cannot_be_run_here_is_left_out_and_told_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    obstacles = {"test-ceph": "there is no apt", "test-containers": ""}
    given = ["lint", *(f"--if-possible={name}" for name in obstacles)]
    status = main(given, lambda name: Stage(name, 0, 1.0, Counter(passed=2)), obstacles.__getitem__)
    assert status == 0
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "lint            ok          1.0 s  2 passed",
        "test-containers ok          1.0 s  2 passed",
        "test-ceph       left out: there is no apt; to run it: make test-ceph",
        "4 passed, 0 failed in 2.0 s",
    ]


def test_what_would_start_too_late_is_left_out_and_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ["lint", "--if-possible=test-ceph", "--if-possible=test-containers"]
    status = main(
        [*given, "--start-within=15"],
        lambda name: Stage(name, 0, 10.0, Counter(passed=2)),
        lambda _name: "",
    )
    assert status == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "test-ceph       ok         10.0 s  2 passed",
        "test-containers left out: 20 s were spent before it; to run it: make test-containers",
        "4 passed, 0 failed in 20.0 s",
    ]


def test_an_obstacle_is_what_the_probe_says_and_a_probe_that_fails_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = "can-one:\n\t@echo there is no apt\ncan-two:\n\t@:\ncan-three:\n\t@echo oh; false\n"
    (tmp_path / "Makefile").write_text(rules)
    monkeypatch.chdir(tmp_path)
    assert obstacle("one") == "there is no apt"
    assert obstacle("two") == obstacle("three") == ""
