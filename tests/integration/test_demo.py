# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The demo as a user runs it, and as a user breaks it off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Lab
from tests.servers.process import naming

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state() -> Iterator[Path]:
    path = ROOT / ".cache" / f"demo-{os.getpid()}"
    yield path
    Lab(path).destroy()
    path.with_name(path.name + ".lock").unlink(missing_ok=True)


def start(state: Path, objects: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.demo", f"--objects={objects}", f"--state={state}"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_the_demo_migrates_shows_that_nothing_is_left_to_do_and_tidies_up(state: Path) -> None:
    with start(state, 90) as demo:
        output = demo.communicate()[0]
    assert demo.returncode == 0, output
    assert "Migrated     90 of 90 objects" in output
    assert "changed=0,\n             0 requests for objects" in output
    assert "Verified     90 objects" in output
    assert "0 differences" in output
    assert not state.exists()


def test_ctrl_c_stops_everything_that_was_started(state: Path) -> None:
    with start(state, 90) as demo:
        assert demo.stdout is not None
        while not (line := demo.stdout.readline()).startswith("==> ansible-playbook"):
            assert line, "the demo ended early"
        os.killpg(demo.pid, signal.SIGINT)
        output = demo.communicate()[0]
    assert demo.returncode == 130, output
    assert "Traceback" not in output
    assert "demo: interrupted; the servers are stopped" in output
    assert not Lab(state).running()
    assert naming(state) == {}
