# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The demo as a user runs it, and as a user breaks it off."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.playbooks.road import roads
from tests.servers import Lab
from tests.servers.process import naming

ROOT = Path(__file__).parents[2]


@pytest.fixture
def state() -> Iterator[Path]:
    path = ROOT / ".cache" / f"demo-{os.getpid()}"
    yield path
    Lab(path).destroy()
    path.with_name(path.name + ".lock").unlink(missing_ok=True)


def start(state: Path, home: Path) -> subprocess.Popen[str]:
    """Run what the documented command comes to, with fewer objects and an empty home."""
    _clone, demo = roads("README.md")["demo"]
    make = [*shlex.split(demo), "--dry-run", "--no-print-directory", "OBJECTS=90"]
    steps = subprocess.run(make, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    setup, command = steps.stdout.splitlines()
    assert setup == "tests/tools/setup"
    return subprocess.Popen(
        [*shlex.split(command), f"--state={state}"],
        cwd=ROOT,
        env=os.environ | {"HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_the_demo_migrates_shows_that_nothing_is_left_to_do_and_tidies_up(
    state: Path, tmp_path: Path
) -> None:
    with start(state, tmp_path) as demo:
        output = demo.communicate()[0]
    assert demo.returncode == 0, output
    assert "Migrated     90 of 90 objects" in output
    assert "changed=0,\n             0 requests for objects" in output
    assert "Verified     90 objects" in output
    assert "0 differences" in output
    assert not state.exists()


def test_ctrl_c_stops_everything_that_was_started(state: Path, tmp_path: Path) -> None:
    with start(state, tmp_path) as demo:
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
