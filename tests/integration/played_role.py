# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A role played on this host, under as many names as a test has variables for.

One run of Ansible then shows what many runs would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.playbooks.controller import Controller
from tests.integration.warm_python import WarmPython

RECAP = re.compile(
    r"^(\S+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=(\d+)", re.MULTILINE
)
TOLD = re.compile(r"^\[(\S+)\] (.*)$", re.MULTILINE)
FAILED = re.compile(r"^(?:fatal|failed): \[(\S+)\](?:: FAILED!)?[^\n]* => (\{.*\})$", re.MULTILINE)

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Played:
    """What came of each name that the role was played under."""

    output: str

    @property
    def failed(self) -> set[str]:
        return {name for name, _changed, failed in RECAP.findall(self.output) if int(failed)}

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something."""
        return {name: int(changed) for name, changed, _failed in RECAP.findall(self.output)}

    @property
    def told(self) -> dict[str, str]:
        """The last message of the role."""
        return dict(TOLD.findall(self.output))

    @property
    def errors(self) -> dict[str, str]:
        """The message of the task that failed; no name may have two."""
        found = FAILED.findall(self.output)
        errors = {name: json.loads(result)["msg"] for name, result in found}
        assert len(errors) == len(found), self.output
        return errors


class PlayedRole:
    """
    :param home: a folder for all that Ansible writes, which is the home directory as well.
    :param python: one that is warm, to run the modules.
    :param within: the command that runs Ansible where it is to run.
    :param variables: of the role, under each name.
    """

    def __init__(
        self,
        home: Path,
        role: str,
        *,
        python: WarmPython | None = None,
        within: Sequence[str] = (),
        **variables: Any,
    ) -> None:
        self.home = home
        self.variables = variables
        self._role = f"fnndsc.swift_migration.{role}"
        self._controller = Controller(home, {}, **(python.environment if python else {}))
        self._controller.within = within
        self._python = str(python.path) if python else "{{ ansible_playbook_python }}"

    def succeed(self, *names: str, check: bool = False, **variables: Any) -> Played:
        """Play it under one name after the other, which all must succeed.

        :param variables: further ones, under each name.
        """
        given = dict.fromkeys(names, variables)
        played = self._run([self._play(name) for name in names], given, check)
        assert played.failed == set(), played.output
        assert played.changed.keys() == set(names), played.output
        return played

    def fail(self, given: Mapping[str, Variables], *, check: bool = False) -> Played:
        """Play it under all names at once, which all must fail.

        :param given: from the name to further variables.
        """
        played = self.play(given, check=check)
        assert played.failed == given.keys(), played.output
        assert played.errors.keys() == given.keys(), played.output
        return played

    def play(self, given: Mapping[str, Variables], *options: str, check: bool = False) -> Played:
        """Play it under all names at once.

        :param given: from the name to further variables.
        :param options: further ones of ``ansible-playbook``.
        """
        played = self._run([self._play("all")], given, check, *options)
        assert played.changed.keys() == given.keys(), played.output
        return played

    def _play(self, hosts: str) -> dict[str, Any]:
        return {"hosts": hosts, "gather_facts": False, "roles": [{"role": self._role}]}

    def _run(
        self,
        plays: list[dict[str, Any]],
        given: Mapping[str, Variables],
        check: bool,
        *more: str,
    ) -> Played:
        playbook, inventory = self.home / "play.json", self.home / "hosts.yml"
        playbook.write_text(json.dumps(plays))
        here = {
            "ansible_connection": "local",
            "ansible_python_interpreter": self._python,
            **self.variables,
        }
        hosts = {name: dict(variables) for name, variables in given.items()}
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": here}}))
        options = [*(["--check"] if check else []), *more]
        run = self._controller.run(*options, playbook=str(playbook), inventory=inventory)
        return Played(run.output)
