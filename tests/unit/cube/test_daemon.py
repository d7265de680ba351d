# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Processes behind PID files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cube.daemon import Daemon
from tests.servers.errors import LabError

FORKS = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN if os.fork() == 0 else signal.SIG_DFL)
open(f"ready-{os.getpid()}", "w").close()
time.sleep(600)
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon("sleeper", tmp_path, (sys.executable, "-c", FORKS), {"ONE": "1", "TWO": "a=b"})
    yield made
    made.stop()


def forked(daemon: Daemon) -> list[int]:
    """Wait for the process and its child, and return their numbers."""
    deadline = time.monotonic() + 20
    while len(found := list(daemon.home.glob("ready-*"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [int(path.name.removeprefix("ready-")) for path in found]


def test_it_runs_with_nothing_but_its_own_environment(daemon: Daemon) -> None:
    daemon.start()
    forked(daemon)
    environment = daemon.running_environment()
    assert {name: environment[name] for name in ("ONE", "TWO")} == {"ONE": "1", "TWO": "a=b"}
    assert "PATH" not in environment


def test_a_second_start_changes_nothing(daemon: Daemon) -> None:
    daemon.start()
    first = daemon.pid
    daemon.start()
    assert daemon.pid == first > 0


def test_a_stop_leaves_nothing_of_what_it_forked(daemon: Daemon) -> None:
    daemon.start()
    numbers = forked(daemon)
    daemon.stop()
    assert daemon.pid == 0
    assert [number for number in numbers if alive(number)] == []


def alive(number: int) -> bool:
    """Whether it runs; what nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_another_process_with_its_number_is_not_taken_for_it(daemon: Daemon) -> None:
    (daemon.home / "sleeper.pid").write_text(f"{os.getpid()} 1\n")
    assert daemon.pid == 0
    daemon.stop()  # and this test is still there


def test_what_does_not_run_has_no_environment(daemon: Daemon) -> None:
    with pytest.raises(LabError, match="does not run"):
        daemon.running_environment()
