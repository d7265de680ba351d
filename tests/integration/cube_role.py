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
class Played:
    """What a run of some entry points came to."""

    output: str

    @property
    def failed(self) -> bool:
        return re.search(r"failed=0 ", self.output) is None

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        found = re.search(r"changed=(\d+)", self.output)
        assert found, self.output
        return int(found[1])

    @property
    def said(self) -> str:
        """The message of the task that failed."""
        found = re.search(r'"msg": "(.*)"', self.output.partition("FAILED!")[2])
        assert found, self.output
        return str(json.loads(f'"{found[1]}"'))

    @property
    def status(self) -> dict[str, Any]:
        """What `inspect` said last."""
        found = re.findall(r'"status-of-cube (.*?)"\n', self.output)
        status: dict[str, Any] = json.loads(json.loads(f'"{found[-1]}"'))
        return status


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

    def play(self, *entries: str, options: Sequence[str] = (), **more: Any) -> Played:
        """Run entry points one after the other, with ``-vvv``; `more` are variables."""
        tasks: list[dict[str, Any]] = []
        for entry in entries:
            include = {"name": ROLE, "tasks_from": entry}
            tasks.append({"ansible.builtin.include_role": include})
            if entry == "inspect":
                message = "status-of-cube {{ cube_storage_status | to_json }}"
                tasks.append({"ansible.builtin.debug": {"msg": message}})
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
