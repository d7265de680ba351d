# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role swift_v1_gateway, played on this host."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from tests.integration.playbooks.controller import Controller, Run

PLAY = """\
- hosts: localhost
  connection: local
  gather_facts: false
  roles:
    - role: fnndsc.swift_migration.swift_v1_gateway
"""
KEYSTONE = "https://keystone.example.org:5000/v3"


class Host:
    """This host, with a folder to install to.

    :param variables: of the role, besides those that keep it in that folder.
    """

    def __init__(self, root: Path, **variables: Any) -> None:
        self.folder = root / "gateway"
        (root / "play.yml").write_text(PLAY)
        self._play = str(root / "play.yml")
        given = {
            "ansible_python_interpreter": sys.executable,
            "swift_v1_gateway_python": sys.executable,
            "swift_v1_gateway_service": "none",
            "swift_v1_gateway_dir": str(self.folder),
            "swift_v1_gateway_keystone_url": KEYSTONE,
        }
        self.variables = {**given, **variables}
        self._controller = Controller(root / "home", self.variables)

    def run(self, *arguments: str, **variables: Any) -> Run:
        return self._controller.run(
            *arguments, playbook=self._play, inventory="localhost,", **variables
        )

    def succeed(self, *arguments: str, **variables: Any) -> Run:
        done = self.run(*arguments, **variables)
        assert done.status == 0, done.output
        return done

    def fail(self, *arguments: str, **variables: Any) -> str:
        """Return the one error of a run that fails."""
        failed = self.run(*arguments, **variables)
        assert failed.status != 0, failed.output
        [message] = failed.errors
        return message

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))


def told(run: Run) -> str:
    """Return what the role says at its end."""
    found = re.findall(r'"msg": "(.*)"\n', run.output)
    assert found, run.output
    return str(found[-1])
