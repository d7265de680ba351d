# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""``make audit``: what it asks about, and what it says where it cannot ask."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NO_INDEX = """\
echo "WARNING: Retrying (Retry(total=0)) after connection broken" >&2
echo "ERROR: Could not find a version that satisfies the requirement pip-audit==1" >&2
echo "ERROR: No matching distribution found for pip-audit==1" >&2
exit 1"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment for the audit is made."""
    shutil.copytree(ROOT / "tests" / "tools", tmp_path / "tests" / "tools")
    add(tmp_path, "pip-audit", f'echo "$@" >>{tmp_path}/asked')
    return tmp_path


def add(checkout: Path, name: str, script: str) -> None:
    program = checkout / ".cache" / "audit" / "bin" / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def audit(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(checkout / "tests/tools/audit")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_an_index_it_says_so_in_one_line(checkout: Path) -> None:
    add(checkout, "python", NO_INDEX)
    done = audit(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'audit: pip-audit could not be installed, pip ended with "ERROR: Could not find a version '
        'that satisfies the requirement pip-audit==1". It needs a package index that pip can '
        "reach\n"
    )
    assert not (checkout / "asked").exists()


def test_it_asks_about_every_lock(checkout: Path) -> None:
    add(checkout, "python", "exit 0")
    assert audit(checkout).returncode == 0
    asked = (checkout / "asked").read_text().splitlines()
    locks = {f"requirements/{path.name}" for path in (ROOT / "requirements").glob("*.lock")}
    assert {line.split()[-1] for line in asked} == locks
    # What nothing could be learnt of is an error.
    assert [line for line in asked if "--strict" not in line] == []


def test_what_is_weak_ends_it_with_an_error(checkout: Path) -> None:
    add(checkout, "python", "exit 0")
    add(checkout, "pip-audit", "echo Found 1 known vulnerability; exit 1")
    assert audit(checkout).returncode == 1
