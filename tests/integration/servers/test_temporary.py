# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Commands that share a lab, of which nothing stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Lab
from tests.servers.process import naming
from tests.servers.temporary import VARIABLE

ROOT = Path(__file__).parents[3]
ON_A_LAB = [sys.executable, "-m", "tests.servers.temporary"]
# Tells its lab, then runs one more command on it.
NESTED = """
import os, subprocess, sys
from tests.servers import Lab
lab = os.environ["SWIFT_MIGRATION_LAB"]
print(lab, all(Lab(lab).status().values()), flush=True)
inner = [*sys.argv[1:], "sh", "-c", "echo $SWIFT_MIGRATION_LAB; exit 7"]
sys.exit(subprocess.run(inner).returncode)
"""
WAITING = """
import os, time
print(os.environ["SWIFT_MIGRATION_LAB"], flush=True)
time.sleep(600)
"""


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != VARIABLE} | more


def test_commands_share_one_lab_and_the_outer_one_gives_the_status_of_the_inner() -> None:
    done = subprocess.run(
        [*ON_A_LAB, sys.executable, "-c", NESTED, *ON_A_LAB],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    outer, inner = done.stdout.splitlines()
    assert outer == f"{inner} True"
    assert not Path(inner).exists()
    assert naming(Path(inner)) == {}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_whoever_started_the_lab(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*ON_A_LAB, sys.executable, "-c", WAITING],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        lab = Path(owner.stdout.readline().strip())
        assert len(naming(lab)) >= 13
        owner.send_signal(number)
        assert owner.stdout.read() == ""  # the command has ended, too
    assert owner.returncode in (128 + number, -number)
    Lab(lab).destroy()  # of one that was killed, files stay
    assert naming(lab) == {}


def test_a_lab_that_is_named_and_does_not_run_is_refused_with_how_to_start_it(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [*ON_A_LAB, "true"],
        cwd=ROOT,
        env=environment(**{VARIABLE: str(tmp_path)}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"SWIFT_MIGRATION_LAB: no lab runs in {tmp_path}. Start it: "
        f"python -m tests.servers up --state {tmp_path}\n"
    )
