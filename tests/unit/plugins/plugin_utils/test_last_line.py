# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The last line of a real ansible-playbook, however it ends; its modules do nothing.

tests/integration does the same with a real cutover.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._cube_record import (
    ENVIRONMENT,
    LOOK,
    MODULES,
    SERVICES,
)

ROOT = Path(__file__).parents[4]
STUB = """
from ansible.module_utils.basic import AnsibleModule
import pathlib
import time


def main():
    options = {name: {"type": "str"} for name in ("state", "storage")}
    options |= {"running": {"type": "list", "elements": "str", "default": []}}
    options |= {"seconds": {"type": "int", "default": 0}, "fail": {"type": "bool"}}
    module = AnsibleModule(options, supports_check_mode=True)
    if module.params["seconds"]:
        pathlib.Path("BEGUN").touch()
        time.sleep(module.params["seconds"])
    if module.params["fail"]:
        module.fail_json(msg="it fails")
    module.exit_json(running=module.params["running"], storage=module.params["storage"])

if __name__ == "__main__":
    main()
"""
INTERRUPTS = """
import os, signal
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "interrupts"
    CALLBACK_NEEDS_ENABLED = False

    def v2_playbook_on_task_start(self, task, is_conditional):
        if "seconds" in task.args:
            process = os.getpid()
            os.register_at_fork(after_in_parent=lambda: os.kill(process, signal.SIGINT))
"""
RUNS: dict[str, Any] = {LOOK: {"running": ["chris", "worker"], "storage": "old"}}
LOOK_LONG: dict[str, Any] = {LOOK: {"seconds": 120}}
STOP: dict[str, Any] = {SERVICES: {"state": "stopped"}}
SWITCH: dict[str, Any] = {ENVIRONMENT: {"state": "new"}}
START: dict[str, Any] = {SERVICES: {"state": "started", "running": ["chris", "worker"]}}
CHECK: dict[str, Any] = {LOOK: {"running": ["chris", "worker"], "storage": "new"}}
FINISH = "To finish the cutover, type `"
STOPPED = f"CUBE is stopped, and set up for the old storage. {FINISH}"


class Playbook:
    """A playbook beside which the callback plugin is, as in this collection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "callback_plugins").symlink_to(ROOT / "playbooks" / "callback_plugins")
        (folder / "ansible.cfg").touch()
        (folder / "library").mkdir()
        for name in (*MODULES, "swift_sync", "swift_compare"):
            stub = STUB.replace("BEGUN", str(folder / "begun"))
            (folder / "library" / f"{name}.py").write_text(stub)

    def start(
        self, *tasks: dict[str, Any], name: str = "cutover.yml", options: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        play = {"name": "Play", "hosts": "a", "gather_facts": False, "tasks": list(tasks)}
        (self.folder / name).write_text(json.dumps([play]))
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        }
        return subprocess.Popen(
            ["ansible-playbook", "-i", "a,", "-c", "local", *options, name],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *tasks: dict[str, Any], **options: Any) -> str:
        """The last line of a playbook that comes to its end by itself."""
        return last(self.start(*tasks, **options).communicate()[0])

    def until_begun(self, *tasks: dict[str, Any], **options: Any) -> subprocess.Popen[str]:
        """A playbook in which a module with ``seconds`` has begun to work."""
        process = self.start(*tasks, **options)
        while not (self.folder / "begun").exists():
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.1)
        return process

    def interrupted(self, number: signal.Signals, *tasks: dict[str, Any], **options: Any) -> str:
        """What is printed by a playbook that gets a signal then."""
        process = self.until_begun(*tasks, **options)
        process.send_signal(number)
        return process.communicate()[0]


def last(output: str) -> str:
    return output.rstrip("\n").rpartition("\n")[2]


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    return Playbook(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_after_the_stop(playbook: Playbook, number: signal.Signals) -> None:
    line = last(playbook.interrupted(number, RUNS, STOP, LOOK_LONG))
    assert line == (
        f"{STOPPED}ansible-playbook -i a, -c local cutover.yml`. To go back to the old storage, "
        "type `ansible-playbook -i a, -c local rollback.yml`."
    )


def test_a_second_ctrl_c_while_the_first_is_worked_at(playbook: Playbook) -> None:
    process = playbook.until_begun(RUNS, STOP, LOOK_LONG)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.001)
    assert last(process.communicate()[0]).startswith(STOPPED)


def test_ctrl_c_in_the_middle_of_a_fork(playbook: Playbook) -> None:
    """What a handler raises there, Python prints and drops: the run went on."""
    (playbook.folder / "interrupts").mkdir()
    (playbook.folder / "interrupts" / "interrupts.py").write_text(INTERRUPTS)
    (playbook.folder / "ansible.cfg").write_text("[defaults]\ncallback_plugins = interrupts\n")
    begun = time.monotonic()
    output = playbook.start(RUNS, STOP, {LOOK: {"seconds": 20}}).communicate()[0]
    assert last(output).startswith(STOPPED), output
    assert time.monotonic() - begun < 20
    assert "ignored in" not in output


def test_a_signal_in_the_middle_of_a_stop(playbook: Playbook) -> None:
    slow = {SERVICES: {"state": "stopped", "seconds": 120}}
    assert last(playbook.interrupted(signal.SIGINT, RUNS, slow)).startswith(
        "CUBE was told to stop and has not answered: some of it may run, on the old storage. "
        + FINISH
    )


def test_a_cutover_that_ends_well(playbook: Playbook) -> None:
    line = playbook.run(RUNS, STOP, SWITCH, START, CHECK)
    assert line.startswith(
        "CUBE runs on the new storage (chris, worker). To go back to the old storage, type `"
    )
    assert line.count("`") == 2


def test_a_failure_and_a_task_that_is_skipped(playbook: Playbook) -> None:
    skipped = {**START, "when": False}
    broken = {SERVICES: {"state": "stopped", "fail": True}}
    line = playbook.run(RUNS, skipped, broken)
    assert line.startswith("CUBE was told to stop and failed: some of it may run, on the old")
    refused = {"ansible.builtin.fail": {"msg": "refused"}}
    assert playbook.run(RUNS, skipped, refused).startswith(
        "CUBE runs on the old storage (chris, worker). To try again, type `"
    )


def test_a_host_that_is_lost(playbook: Playbook) -> None:
    lost = {"ansible.builtin.ping": {}, "vars": {"ansible_connection": "ssh", "ansible_port": 1}}
    lost["vars"]["ansible_host"] = "127.0.0.1"
    line = playbook.run(RUNS, STOP, lost)
    assert line.startswith(
        "CUBE is stopped, and set up for the old storage; the host cannot be reached any more. "
        + FINISH
    )


def test_before_the_stop_the_same_is_said_for_a_run_that_is_killed(playbook: Playbook) -> None:
    output = playbook.interrupted(signal.SIGKILL, RUNS, STOP, LOOK_LONG)
    [told] = re.findall(r"^CUBE is stopped from now on.*", output, re.MULTILINE)
    assert told.startswith(f"CUBE is stopped from now on. If this run is cut off: {FINISH}")
    assert "To go back to the old storage, type `" in told
    assert "\nCUBE is stopped, and set up" not in output


def test_check_mode_and_playbooks_that_stop_nothing_say_nothing(playbook: Playbook) -> None:
    checked = playbook.start(RUNS, STOP, options=("--check",)).communicate()[0]
    assert "TASK [cube_services]" in checked
    assert "CUBE" not in checked
    assert "CUBE" not in playbook.run(STOP | {"when": False})
    assert "CUBE" not in playbook.run({"ansible.builtin.fail": {"msg": "x"}}, name="migrate.yml")


def test_a_copy_that_is_interrupted_says_what_goes_on_and_that_cube_is_as_it_was(
    playbook: Playbook,
) -> None:
    copy = {"swift_sync": {"seconds": 120}}
    options = {"name": "migrate.yml", "options": ("-e", "key=hunter2")}
    output = playbook.interrupted(signal.SIGINT, copy, **options)
    assert last(output) == (
        "CUBE is as it was: this run has not stopped it. The copy on a may go on: the next run "
        "shows it and waits for it. "
        "To end it well, type `ansible-playbook -i a, -c local -e '(as before)' stop.yml`. "
        "To try again, type `ansible-playbook -i a, -c local -e '(as before)' migrate.yml`."
    )
    assert "hunter2" not in output


def test_a_comparison_that_is_interrupted_may_go_on_and_nothing_waits_for_it(
    playbook: Playbook,
) -> None:
    compare = {"swift_compare": {"seconds": 120}}
    told = last(playbook.interrupted(signal.SIGINT, compare, name="verify.yml"))
    assert told.startswith(
        "CUBE is as it was: this run has not stopped it. The comparison on a may go on. "
        "To end it well, type `ansible-playbook -i a, -c local stop.yml`. To "
    )
