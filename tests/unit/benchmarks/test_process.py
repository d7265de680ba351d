# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is measured of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.process import BenchmarkError, Command, cpu_below, measure

SPIN = "import time\nwhile time.process_time() < 0.3: pass\n"


def python(program: str, given: str = "") -> Command:
    return Command([sys.executable, "-c", program], given)


def test_the_cpu_time_of_a_process_includes_its_children(tmp_path: Path) -> None:
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {SPIN!r}])"
    took = measure(python(program), tmp_path)
    assert 0.3 <= took.cpu <= took.wall + 0.5


def test_waiting_takes_no_cpu_time(tmp_path: Path) -> None:
    took = measure(python("import time; time.sleep(0.3)"), tmp_path)
    assert took.wall >= 0.3
    assert took.cpu < took.wall


def test_the_peak_is_the_process_own_however_large_this_one_is(tmp_path: Path) -> None:
    here = bytearray(os.urandom(1)) * 200_000_000
    small = measure(python("pass"), tmp_path)
    large = measure(python("held = bytes([1]) * 100_000_000"), tmp_path)
    assert small.peak < 50_000_000 < 100_000_000 < large.peak < len(here)


def test_a_process_gets_its_input_and_nothing_of_the_users_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RCLONE_TRANSFERS", "1")
    program = "import os, sys; print(sys.stdin.read(), 'RCLONE_TRANSFERS' in os.environ)"
    assert measure(python(program, "given"), tmp_path).output == "given False\n"


def test_a_process_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="it broke"):
        measure(python("raise SystemExit('it broke')"), tmp_path)


def test_the_servers_time_is_that_of_all_below_their_parent() -> None:
    below = f"{SPIN}input()"
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {below!r}])"
    before = cpu_below(os.getpid())
    deadline = time.monotonic() + 30
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as child:
        while cpu_below(os.getpid()) - before < 0.3:
            assert time.monotonic() < deadline
        child.communicate(b"\n")
    assert cpu_below(1 << 30) == 0.0
