# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role mover says of a Python that will not do; molecule makes a mover from nothing."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from tests.integration.playbooks.controller import Controller, Run

PLAY = """\
- hosts: localhost
  connection: local
  gather_facts: false
  roles:
    - role: fnndsc.swift_migration.mover
"""
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


@pytest.fixture
def mover(tmp_path: Path) -> Controller:
    """A controller whose mover is this host, with nothing on it yet."""
    (tmp_path / "play.yml").write_text(PLAY)
    return Controller(tmp_path / "home", {"mover_venv": str(tmp_path / "venv")})


def run(mover: Controller, *arguments: str, **variables: object) -> Run:
    play = mover.home.with_name("play.yml")
    return mover.run(*arguments, playbook=str(play), inventory="localhost,", **variables)


def disguised(tmp_path: Path, disguise: str) -> str:
    script = tmp_path / "python"
    script.write_text(DISGUISE.format(python=sys.executable, disguise=disguise))
    script.chmod(0o755)
    return str(script)


def refused(run: Run, *parts: str) -> None:
    """Require that a run has failed with one error which holds all parts, and changed nothing."""
    assert run.status != 0, run.output
    assert len(run.errors) == 1, run.output
    assert [part for part in parts if part not in run.errors[0]] == []
    assert run.changed == 0


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check"])
@pytest.mark.parametrize(
    ("disguise", "says"),
    [(OLD, "older than 3.11. Install"), (WITHOUT_VENV, "no venv module. Install")],
    ids=["old", "without-venv"],
)
def test_a_python_that_will_not_do_is_refused_with_what_to_install(
    disguise: str, says: str, arguments: tuple[str, ...], mover: Controller, tmp_path: Path
) -> None:
    python = disguised(tmp_path, disguise)
    refused(run(mover, *arguments, mover_python=python), "mover_python: " + python, says)
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_not_there_is_refused_with_what_to_install(mover: Controller) -> None:
    said = run(mover, mover_python="python3.0")
    refused(
        said,
        "mover_python: python3.0 on localhost does not run",
        "apt install python3 python3-venv",
    )


def test_an_environment_of_somebody_else_is_checked_and_left_alone(
    mover: Controller, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv")
    before = sorted((tmp_path / "venv").rglob("*"))
    lacks = "lacks keystoneauth1 openstack pycurl swiftclient"
    refused(run(mover, mover_install=False), "mover_venv", lacks, "requirements/mover.txt")
    assert sorted((tmp_path / "venv").rglob("*")) == before
    refused(run(mover, mover_install=False, mover_venv="/nonexistent"), "has no working Python")


def test_an_environment_of_somebody_else_that_has_everything_will_do(mover: Controller) -> None:
    done = run(mover, mover_install=False, mover_venv=sys.prefix)
    assert (done.status, done.changed) == (0, 0), done.output


def test_a_package_index_out_of_reach_is_told_in_one_line(
    mover: Controller, tmp_path: Path
) -> None:
    index = ["--index-url=http://127.0.0.1:1/", "--retries=0"]
    failed = run(mover, mover_python=sys.executable, mover_pip_extra_args=index)
    assert failed.status != 0
    assert len(failed.errors) == 1, failed.output
    assert "mover_pip_extra_args" in failed.errors[0]
    assert "\n" not in failed.errors[0]
    assert list((tmp_path / "venv").glob("*.sha256")) == []
