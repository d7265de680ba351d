# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The summary of ``make test``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools.stage import Stage, Stages, obstacle, pytest_counts
from tests.tools.stages import main, summary, time_line

ROOT = Path(__file__).parents[3]


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
        Stage("lint", 0, 1.0),
        Stage("unit", 0, 2.5, Counter(passed=40)),
    ]
    assert summary(stages, 3.0) == [
        "lint            ok          1.0 s",
        "unit            ok          2.5 s  40 passed",
        "together                    3.5 s",
        "41 passed, 0 failed in 3.0 s",
    ]


@pytest.mark.parametrize(
    "stage",
    [
        Stage("lint", 2, 1.0),
        Stage("unit", 2, 1.0, Counter(passed=3)),
        Stage("unit", 2, 1.0, Counter(passed=3, failed=1)),
        Stage("unit", 0, 1.0, Counter(passed=3, skipped=1)),
        Stage("molecule", 0, 1.0),
    ],
)
def test_a_failure_a_skipped_test_and_no_test_fail_the_whole(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([stage.name, "last"], lambda name: stage)
    output = capsys.readouterr().out
    assert status == 1
    assert output.count("FAILED") == 2
    assert " 2 failed in " in output.splitlines()[-1]


def test_the_last_failures_that_a_target_told_of_stand_below_its_line(
    makefile: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["FAILED tests/a.py::test_a", "fatal: [cube]: FAILED! => {}", "  │ [ERROR]: Task failed"]
    lines = ["E   first of four", *told, "PLAY RECAP"]
    makefile("all bad:\n" + "".join(f"\t@echo '{line}'\n" for line in lines) + "\t@test $@ = all\n")
    assert main(["all", "bad"], Stages().run) == 1
    good, bad = capsys.readouterr().out.split("\nall  ")[1].split("\nbad  ")
    assert len(good.splitlines()) == 1
    assert bad.splitlines()[1:-2] == [f"    {line.strip()}" for line in told]


def passing(name: str) -> Stage:
    return Stage(name, 0, 1.0, Counter(passed=2))


OBSTACLES = {"test-ceph": "there is no apt", "test-containers": ""}
GIVEN = ["lint", *OBSTACLES, *(f"--if-possible={name}" for name in OBSTACLES)]


def test_what_cannot_be_run_here_is_left_out_and_told_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(GIVEN, passing, OBSTACLES.__getitem__) == 0
    *lines, _together, last = capsys.readouterr().out.splitlines()
    assert lines[-3:] == [
        "lint            ok          1.0 s  2 passed",
        "test-ceph       left out: there is no apt; to run it: make test-ceph",
        "test-containers ok          1.0 s  2 passed",
    ]
    assert last.startswith("4 passed, 0 failed in ")


def test_a_complete_run_fails_when_something_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*GIVEN, "--complete"], passing, OBSTACLES.__getitem__) == 1
    *lines, _together, last = capsys.readouterr().out.splitlines()
    assert lines[-2] == (
        "test-ceph       FAILED  left out: there is no apt; to run it: make test-ceph"
    )
    assert last.startswith("4 passed, 1 failed in ")


def test_a_complete_run_may_leave_out_what_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    given = [*GIVEN, "--complete", "--but=test-ceph"]
    assert main(given, passing, OBSTACLES.__getitem__) == 0
    assert "test-ceph       left out: there is no apt" in capsys.readouterr().out
    assert main([*given, "--but=lint"], passing, lambda name: "no") == 1
    assert "test-containers FAILED  left out: no" in capsys.readouterr().out


class Clock:
    """A stage takes half a minute on it."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def run(self, name: str) -> Stage:
        self.now += 30
        return Stage(name, 0, 30.0, Counter(passed=2))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("tests.tools.stages.time", made)
    return made


@pytest.mark.parametrize(("complete", "status"), [([], 0), (["--complete"], 1)])
def test_what_would_start_too_late_is_left_out_and_told(
    complete: list[str], status: int, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "unit", "--start-within=10", *complete], clock.run) == status
    *lines, _together, _last = capsys.readouterr().out.splitlines()
    assert lines[-2] == "lint            ok         30.0 s  2 passed"
    assert lines[-1].endswith("left out: 30 s were spent before it; to run it: make unit")


def test_as_many_run_at_once_as_are_wanted_and_the_next_takes_the_place_of_one_that_ended() -> None:
    meeting = threading.Barrier(2, timeout=10)
    begun: list[str] = []

    def run(name: str) -> Stage:
        begun.append(name)
        if name in ("long", "last"):
            meeting.wait()  # the last one begins while the long one goes on
        return passing(name)

    assert main(["long", "short", "last", "--at-once=2"], run) == 0
    assert begun == ["long", "short", "last"]


def test_when_each_began_and_ended_is_told(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = [
        Stage("long", 0, 9.0, begun=0.0),
        Stage("late", 0, 4.5, begun=2.5),
        Stage("short", 0, 2.5, begun=0.0),
        Stage("none", 0, left_out="no"),
    ]
    assert time_line(stages) == [
        "    0.0 to     9.0 s  long",
        "    0.0 to     2.5 s  short",
        "    2.5 to     7.0 s  late",
    ]
    assert main(["one", "two"], clock.run) == 0
    told = capsys.readouterr().out.partition("When each stage ran:\n")[2].splitlines()
    assert told[:2] == ["    0.0 to    30.0 s  one", "   30.0 to    60.0 s  two"]


@pytest.fixture
def makefile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write a Makefile, in the folder of which make runs from now on."""
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "Makefile").write_text  # type: ignore[return-value]


def test_lines_of_targets_that_run_at_once_tell_whose_they_are(
    makefile: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    makefile("one:\n\t@echo 1; echo 2; false\n")
    assert Stages(prefixed=True).run("one").status == 2
    assert "--- one\none | 1\none | 2\n" in capsys.readouterr().out
    Stages().run("one")
    assert "--- one\n1\n2\n" in capsys.readouterr().out


def test_the_slowest_tests_of_all_targets_are_told(
    makefile: Callable[[str], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, seconds in (("one", 0.3), ("two", 0.6)):
        test = f"import time\ndef test_{name}() -> None:\n    time.sleep({seconds})\n"
        (tmp_path / f"test_{name}.py").write_text(test)
    pytest_ = f"@{sys.executable} -m pytest --noconftest --rootdir=. -p no:cacheprovider"
    makefile(f"unit:\n\t{pytest_} test_one.py\nintegration:\n\t{pytest_} test_two.py\n")
    reports = tmp_path / "reports"
    assert main(["unit", "integration"], Stages(reports).run) == 0
    output = capsys.readouterr().out
    told = output[output.index("The slowest tests:") :].splitlines()[1:3]
    assert [line.split("  ")[-1] for line in told] == ["test_two::test_two", "test_one::test_one"]
    assert 0.6 <= float(told[0].split()[0]) < 30
    assert "together" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_that_runs_and_starts_nothing_more(
    number: signal.Signals, makefile: Callable[[str], None], tmp_path: Path
) -> None:
    makefile("".join(f"{name}:\n\t@touch {name}; echo up; sleep 600\n" for name in "abc"))
    with subprocess.Popen(
        [sys.executable, "-m", "tests.tools.stages", *"abc", "--at-once=2"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout)
        # A shell that waits for `touch` goes on after a Ctrl-C.
        up: set[str] = set()
        while up != {"a | up", "b | up"}:
            up |= {next(lines).strip()} & {"a | up", "b | up"}
        process.send_signal(number)
        rest = list(lines)
    assert process.returncode == 128 + number
    assert not any("sleep" in line for line in rest if "Terminated" not in line)
    assert not (tmp_path / "c").exists()


def test_an_obstacle_is_what_the_probe_says_and_a_probe_that_fails_is_none(
    makefile: Callable[[str], None],
) -> None:
    makefile("can-one:\n\t@echo there is no apt\ncan-two:\n\t@:\ncan-three:\n\t@echo oh; false\n")
    assert obstacle("one") == "there is no apt"
    assert obstacle("two") == obstacle("three") == ""
