# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The interpreter that is warm runs a module as the real one does, and each is built once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.playbooks.controller import Controller
from tests.integration.warm_python import WarmPython

PROGRAM = """
import json, os, sys
loaded = "ansible.module_utils.basic" in sys.modules
print(json.dumps([os.getcwd(), dict(os.environ), sys.executable, loaded]))
print(os.getppid(), __name__, sys.argv[1:], file=sys.stderr)
os.environ["LEFT"] = "by the one before"
sys.exit(3)
"""


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmPython]:
    with WarmPython() as running:
        yield running


def run(python: Path | str, *arguments: str, program: str = "", cwd: Path) -> list[object]:
    """Return the exit status, and what came on standard output and on standard error."""
    done = subprocess.run(
        [python, *arguments],
        input=program,
        cwd=cwd,
        env={"NAME": "a\nvalue=ü", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return [done.returncode, done.stdout, done.stderr.partition(" ")[2]]


@pytest.mark.parametrize("transferred", [True, False])
def test_a_module_has_its_own_environment_folder_and_exit_status(
    warm: WarmPython, tmp_path: Path, transferred: bool
) -> None:
    file = tmp_path / "AnsiballZ_a_module.py"
    file.write_text(PROGRAM)
    arguments, program = ([str(file), "more"], "") if transferred else ([], PROGRAM)
    real = run(sys.executable, *arguments, program=program, cwd=tmp_path)
    for _time in range(2):
        status, output, errors = run(warm.path, *arguments, program=program, cwd=tmp_path)
        told = json.loads(str(output))
        assert told.pop() is True
        assert [status, [*told, False], errors] == [real[0], json.loads(str(real[1])), real[2]]


def test_a_module_that_is_killed_is_told_as_such(warm: WarmPython, tmp_path: Path) -> None:
    program = "import os; os.kill(os.getpid(), 9)"
    assert run(warm.path, program=program, cwd=tmp_path)[0] == -signal.SIGKILL


def test_what_is_no_module_is_run_by_the_real_interpreter(warm: WarmPython, tmp_path: Path) -> None:
    question = "import sys; print(sys.prefix, 'ansible' in sys.modules, sys.argv[1])"
    status, output, _errors = run(warm.path, "-c", question, "a path", cwd=tmp_path)
    assert (status, output) == (0, f"{sys.prefix} False a path\n")


def test_a_module_is_built_once_for_all_runs(warm: WarmPython, tmp_path: Path) -> None:
    play = tmp_path / "play.json"
    where = {"hosts": "all", "connection": "local", "gather_facts": False}
    play.write_text(json.dumps([{**where, "tasks": [{"ansible.builtin.ping": {}}]}]))
    built = []
    for number in range(2):
        controller = Controller(tmp_path / str(number), {}).warmed(warm)
        run = controller.run(playbook=str(play), inventory="localhost,")
        assert run.status == 0, run.output
        [module] = warm.built_modules.glob("ansible.modules.ping-*[!k]")  # no .lock
        built.append((module.stat().st_ino, module.stat().st_mtime_ns))
    assert built[0] == built[1]
