# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role mover says of a Python that will not do; molecule makes a mover from nothing."""

from __future__ import annotations

import sys
import venv
from pathlib import Path
from typing import Any

from tests.integration.played_role import PlayedRole

# A Python that takes itself for another one, then does as it is told: PYTHON -c CODE.
DISGUISE = """\
#!{python}
import importlib.util
import sys
{disguise}
exec(sys.argv[2])
"""
OLD = "sys.version_info = (3, 10, 12, 'final', 0)"
WITHOUT_VENV = "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else name"


def disguised(folder: Path, disguise: str) -> str:
    folder.mkdir()
    script = folder / "python"
    script.write_text(DISGUISE.format(python=sys.executable, disguise=disguise))
    script.chmod(0o755)
    return str(script)


def test_what_will_not_do_is_refused_with_what_to_install(tmp_path: Path) -> None:
    old = disguised(tmp_path / "old-python", OLD)
    without_venv = disguised(tmp_path / "python-without-venv", WITHOUT_VENV)
    somebodys = tmp_path / "somebodys"
    venv.create(somebodys)
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "thesis.tex").touch()
    before = sorted([*somebodys.rglob("*"), *occupied.rglob("*")])
    hosts: dict[str, dict[str, Any]] = {
        "old": {"mover_python": old},
        "without-venv": {"mover_python": without_venv},
        "none": {"mover_python": "python3.0"},
        "lacking": {"mover_install": False, "mover_venv": str(somebodys)},
        "nonexistent": {"mover_install": False, "mover_venv": "/nonexistent"},
        "somebodys": {"mover_venv": str(somebodys)},
        "occupied": {"mover_venv": str(occupied)},
    }
    parts = {
        "old": (f"mover_python: {old}", "older than 3.11. Install"),
        "without-venv": (f"mover_python: {without_venv}", "no venv module. Install"),
        "none": (
            "mover_python: python3.0 on none does not run",
            "apt install python3 python3-venv",
        ),
        "lacking": (
            "mover_venv",
            "lacks keystoneauth1 openstack pycurl swiftclient",
            "requirements/mover.txt",
        ),
        "nonexistent": ("has no working Python",),
        "somebodys": ("mover_venv: ", "is not empty, and none of this collection's roles made it"),
        "occupied": ("mover_venv: ", "is not empty, and none of this collection's roles made it"),
    }
    mover = PlayedRole(tmp_path / "home", "mover", mover_venv=str(tmp_path / "venv"))
    for check in (True, False):
        refused = mover.fail(hosts, check=check)
        for name, error in refused.errors.items():
            assert [part for part in parts[name] if part not in error] == [], name
        assert set(refused.changed.values()) == {0}
        assert not (tmp_path / "venv").exists()
        assert sorted([*somebodys.rglob("*"), *occupied.rglob("*")]) == before


def test_an_environment_of_somebody_else_will_do_and_an_index_out_of_reach_is_told_in_one_line(
    tmp_path: Path,
) -> None:
    mover = PlayedRole(tmp_path / "home", "mover")
    played = mover.play(
        {
            "somebodys": {"mover_install": False, "mover_venv": sys.prefix},
            "without-index": {
                "mover_venv": str(tmp_path / "venv"),
                "mover_python": sys.executable,
                "mover_pip_extra_args": ["--index-url=http://127.0.0.1:1/", "--retries=0"],
            },
        }
    )
    assert played.failed == {"without-index"}
    assert played.changed["somebodys"] == 0
    error = played.errors["without-index"]
    assert "mover_pip_extra_args" in error
    assert "\n" not in error
    assert [stamp.read_text() for stamp in (tmp_path / "venv").glob("*.sha256")] == [""]
