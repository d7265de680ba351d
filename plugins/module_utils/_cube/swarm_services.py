# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The services of a swarm, looked at through Docker's command line program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .command import ANSWER_SECONDS, CommandRunner

_STACK = "com.docker.stack.namespace"
_ENDED = {"Complete", "Failed", "Shutdown", "Rejected", "Orphaned", "Remove"}


@dataclass
class SwarmServices:
    """The services of a swarm.

    :ivar docker: the command, with its options.
    :ivar folder: where it is run.
    :ivar option: what the user gave to describe the deployment.
    """

    docker: Sequence[str]
    folder: Path
    option: str
    runner: CommandRunner

    def run(self, *words: str, may_fail: bool = False, timeout: float = ANSWER_SECONDS) -> str:
        """What Docker prints when it is called with `words`.

        :param timeout: seconds.
        """
        argv = [*self.docker, *words]
        return self.runner.run(
            argv, option=self.option, may_fail=may_fail, cwd=self.folder, timeout=timeout
        ).stdout

    def named(self, *filters: str) -> set[str]:
        """The names of those that all of Docker's `filters` find."""
        words = [word for each in filters for word in ("--filter", each)]
        return set(self.run("service", "ls", *words, "--format", "{{.Name}}").split())

    def modes(self, stack: str) -> dict[str, str]:
        """The names of a stack's services, each with its mode."""
        words = ("--filter", f"label={_STACK}={stack}", "--format", "{{.Name}} {{.Mode}}")
        return dict(line.split() for line in self.run("service", "ls", *words).splitlines())

    def spec(self, name: str) -> dict[str, Any]:
        """What a service is to be; it holds secrets."""
        text = self.run("service", "inspect", "--format", "{{json .Spec}}", name)
        spec: dict[str, Any] = json.loads(text)
        return spec

    def tasks(self, name: str, *, may_fail: bool = False) -> int:
        """How many tasks of a service have not ended.

        :param may_fail: there may be no such service any more.
        """
        form = "{{.CurrentState}}"
        states = self.run("service", "ps", "--format", form, name, may_fail=may_fail)
        return sum(line.split()[0] not in _ENDED for line in states.splitlines() if line)

    def incarnations(self, name: str) -> list[str]:
        """The IDs of the tasks that run."""
        words = ("--filter", "desired-state=running", "--format", "{{.ID}} {{.CurrentState}}")
        lines = self.run("service", "ps", *words, name).splitlines()
        return sorted(line.split()[0] for line in lines if line.split()[1:2] == ["Running"])
