# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What ``make`` says on a machine that lacks something: one line, with what to install."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOOLS = ("bash", "cat", "dirname", "env", "flock", "git", "mkdir", "rm", "sha256sum")
OLD = "exit 1"
NEW = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout, and beside it a ``bin`` with the tools of a small system and no Python."""
    root = tmp_path / "checkout"
    for name in ("tests/tools", "requirements"):
        shutil.copytree(ROOT / name, root / name)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return root


def add_python(checkout: Path, name: str, script: str) -> None:
    python = checkout.parent / "bin" / name
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def complaint(checkout: Path, **environment: str) -> str:
    done = subprocess.run(
        ["bash", str(checkout / "tests/tools/setup")],
        env={"PATH": str(checkout.parent / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert not (checkout / ".cache" / "venv").exists()
    return done.stderr


def test_without_python_it_says_which_one_to_install(checkout: Path) -> None:
    assert complaint(checkout) == (
        "setup: Python 3.11, 3.12 or 3.13 is needed: apt install python3.11 python3.11-venv\n"
    )


def test_an_old_python_counts_as_none(checkout: Path) -> None:
    add_python(checkout, "python3", OLD)
    assert complaint(checkout).startswith("setup: Python 3.11, 3.12 or 3.13 is needed: apt ")


def test_a_python_without_venv_is_named_with_its_package(checkout: Path) -> None:
    add_python(checkout, "python3", OLD)
    add_python(checkout, "python3.12", NEW)
    found = checkout.parent / "bin" / "python3.12"
    assert complaint(checkout) == (
        f"setup: {found} has no venv module: apt install python3.12-venv\n"
    )


def test_a_python_that_was_asked_for_is_not_replaced_by_another(checkout: Path) -> None:
    add_python(checkout, "python3", NEW)
    add_python(checkout, "python3.9", OLD)
    assert complaint(checkout, PYTHON="python3.9") == (
        "setup: PYTHON=python3.9 is not Python 3.11, 3.12 or 3.13: name another\n"
    )


def test_git_is_asked_for(checkout: Path) -> None:
    (checkout.parent / "bin" / "git").unlink()
    assert complaint(checkout) == "setup: git is needed: apt install git\n"
