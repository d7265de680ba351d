# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage, one entry point after the other, as a playbook calls it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
ROLE = "fnndsc.swift_migration.cube_storage"


def s3_storage(variables: Mapping[str, str]) -> dict[str, Any]:
    """What the role is told of a storage, from CUBE's own variables for it."""
    return {
        "cube_storage_backend": "s3",
        "cube_storage_s3": {
            "endpoint_url": variables["S3_ENDPOINT_URL"],
            "access_key": variables["S3_ACCESS_KEY"],
            "secret_key": variables["S3_SECRET_KEY"],
            "region": variables["S3_REGION"],
        },
    }


@dataclass(frozen=True)
class Step:
    """An entry point to play.

    :param variables: what it gets besides the variables of the run.
    :param fails: whether it has to fail; the steps behind it are played nevertheless.
    """

    entry: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    fails: bool = False

    def tasks(self) -> list[dict[str, Any]]:
        include = {"name": ROLE, "tasks_from": self.entry}
        role = {"ansible.builtin.include_role": include, "vars": dict(self.variables)}
        played: list[dict[str, Any]] = [_tell(BEGIN), role]
        if self.fails:
            missed = {"ansible.builtin.fail": {"msg": MISSED}}
            rescue = {
                "ansible.builtin.assert": {"that": f"ansible_failed_result.msg != '{MISSED}'"}
            }
            played = [{"block": [*played, missed], "rescue": [rescue]}]
        if self.entry == "inspect":
            played.append(_tell("status-of-cube {{ cube_storage_status | to_json }}"))
        if self.entry == "checks":
            played.append(_tell("checks-of-cube {{ cube_storage_checks | to_json }}"))
        return played


BEGIN = "begin-of-step"
MISSED = "this step did not fail"


def _tell(message: str) -> dict[str, Any]:
    return {"ansible.builtin.debug": {"msg": message}}


@dataclass(frozen=True)
class Played:
    """What a run of some steps came to."""

    output: str

    @property
    def failed(self) -> bool:
        """Whether a step failed that did not have to, or the other way round."""
        return re.search(r"failed=0 ", self.output) is None

    @property
    def changed(self) -> list[int]:
        """How many tasks of each step changed something."""
        played = self.output.partition("PLAY RECAP")[0].split(f'"msg": "{BEGIN}"\n')[1:]
        return [
            sum("\nchanged: [cube]" in task for task in step.split("\nTASK [")) for step in played
        ]

    @property
    def errors(self) -> list[str]:
        """The messages of the tasks that failed."""
        failures = self.output.split("FAILED!")[1:]
        found = [re.search(r'"msg": "(.*)"', failure) for failure in failures]
        return [str(json.loads(f'"{message[1]}"')) for message in found if message]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        """What each `inspect` said."""
        found = re.findall(r'"status-of-cube (.*?)"\n', self.output)
        return [json.loads(json.loads(f'"{status}"')) for status in found]

    @property
    def checks(self) -> list[dict[str, dict[str, str]]]:
        """What each `checks` found: from the verdict and the name to what was seen."""
        found = re.findall(r'"checks-of-cube (.*?)"\n', self.output)
        rounds = [json.loads(json.loads(f'"{checks}"')) for checks in found]
        return [
            {
                verdict: {each["name"]: each["seen"] for each in one if each["verdict"] == verdict}
                for verdict in ("failure", "warning", "ok")
            }
            for one in rounds
        ]


@dataclass
class CubeRole:
    """Plays entry points on this machine.

    :param root: a folder for what a run needs.
    :param secrets: what no output may show.
    :param environment: what Ansible gets beside what it needs.
    :param within: the command that runs Ansible where it is to run.
    """

    root: Path
    variables: Mapping[str, Any]
    secrets: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    within: Sequence[str] = ()

    def play(self, *steps: str | Step, options: Sequence[str] = (), **more: Any) -> Played:
        """Play entry points one after the other in one run, with ``-vvv``.

        :param more: variables of all steps.
        """
        tasks = [
            task
            for step in steps
            for task in (step if isinstance(step, Step) else Step(step)).tasks()
        ]
        for folder in ("home", "tmp"):
            (self.root / folder).mkdir(exist_ok=True)
        playbook, inventory = self.root / "playbook.yml", self.root / "hosts.yml"
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        host = {**local, **self.variables, **more}
        inventory.write_text(json.dumps({"all": {"hosts": {"cube": host}}}))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "LC_ALL": "C.UTF-8",
            **self.environment,
        }
        given = [f"{name}={value}" for name, value in environment.items()]
        ansible = [sys.executable, "-m", "ansible", "playbook", "-vvv", "--diff", *options]
        done = subprocess.run(
            [*self.within, "env", "-i", *given, *ansible, "-i", str(inventory), str(playbook)],
            capture_output=True,
            text=True,
            check=False,
            cwd=CHECKOUT,
        )
        inventory.unlink()
        output = done.stdout + done.stderr
        assert "PLAY RECAP" in output, output
        assert "Traceback" not in output, output
        assert not [secret for secret in self.secrets if secret in output]
        return Played(output)
