# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A test that does not end with a mutant: it is ended, and only then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.mutant_limit import PATIENCE, limits

ROOT = Path(__file__).parents[3]
WAITS = "import threading\ndef test_it():\n    threading.Event().wait({seconds})\n"
COMPUTES = "import time\ndef test_it():\n    while time.process_time() < {seconds}:\n        pass\n"


def run(folder: Path, test: str, mutant: str, patience: float = 1.5) -> int:
    """Run one test with the plugin; return how pytest ended."""
    (folder / "test_it.py").write_text(test)
    (folder / "pytest.ini").touch()
    environment = {
        **os.environ,
        "MUTANT_UNDER_TEST": mutant,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT),
        PATIENCE: str(patience),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.tools.mutant_limit", "test_it.py"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=60, check=False
    ).returncode


@pytest.mark.parametrize(
    ("test", "patience", "ended"),
    [(WAITS, 1.5, 1), (COMPUTES, 40, -signal.SIGXCPU)],
    ids=["waits", "computes"],
)
def test_one_that_does_not_end_with_a_mutant_is_ended(
    tmp_path: Path, test: str, patience: float, ended: int
) -> None:
    assert run(tmp_path, test.format(seconds=50), "_plan.x_plan__mutmut_1", patience) == ended


@pytest.mark.parametrize("test", [WAITS, COMPUTES], ids=["waits", "computes"])
def test_one_that_ends_in_time_is_left_alone(tmp_path: Path, test: str) -> None:
    assert run(tmp_path, test.format(seconds=0.1), "_plan.x_plan__mutmut_1", 20) == 0


@pytest.mark.parametrize("learning", ["", "stats"])
def test_without_a_mutant_a_test_takes_what_it_takes(tmp_path: Path, learning: str) -> None:
    assert run(tmp_path, WAITS.format(seconds=3), learning) == 0


def test_a_slow_test_gets_more_time_and_a_busy_machine_as_well() -> None:
    quick, slow, busy = limits(0.01, 3), limits(7, 3), limits(7, 6)
    assert slow[0] > quick[0] + 2 * 7
    assert slow[1] > quick[1] + 2 * 7
    assert busy == (2 * slow[0], slow[1])
