# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Containers of a Docker engine, looked at through its command line program."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .command import WORK_SECONDS, CommandRunner
from .compose_settings import environment_of
from .network_neighbours import neighbours
from .service_program import in_environment_of
from .storage_in_use import concerns_storage

_ENVIRONMENT = "/proc/1/environ"
_SWARM_SERVICE = "com.docker.swarm.service.name"


def finds_names(filters: Sequence[str], prefix: str) -> bool:
    """Whether one of Docker's filters finds each name that begins so."""
    names = (each.removeprefix("name=") for each in filters if each.startswith("name="))
    return any(name.lstrip("^/") in prefix for name in names)


@dataclass
class Containers:
    """The containers of a Docker engine.

    :ivar docker: the command, with its options.
    :ivar python: the Python interpreter in the containers.
    :ivar option: what the user gave to describe the deployment.
    """

    docker: Sequence[str]
    python: str
    option: str
    runner: CommandRunner

    def list(self, *labels: str, every: bool = False) -> dict[str, list[str]]:
        """The IDs of containers with all of `labels`, by the value of the first of them.

        :param labels: ``NAME`` or ``NAME=VALUE``.
        :param every: those that do not run as well.
        """
        filters = [word for label in labels for word in ("--filter", f"label={label}")]
        form = '{{.ID}} {{.Label "' + labels[0].partition("=")[0] + '"}}'
        argv = [*self.docker, "ps", "--no-trunc", *filters, "--format", form]
        found: dict[str, list[str]] = {}
        for line in self._run([*argv, *(["--all"] if every else [])]).splitlines():
            identifier, _space, value = line.partition(" ")
            found.setdefault(value, []).append(identifier)
        return found

    def named(self, filters: Sequence[str]) -> set[str]:
        """The names of running containers that one of Docker's `filters` finds.

        A task of a Swarm's service has the service's name.
        """
        form = '{{or (.Label "com.docker.swarm.service.name") .Names}}'
        found: set[str] = set()
        for each in filters:
            argv = [*self.docker, "ps", "--filter", each, "--format", form]
            found.update(self.runner.run(argv, option=self.option).names)
        return found

    def remove(self, identifiers: Sequence[str]) -> None:
        """Kill and remove containers."""
        if identifiers:
            self._run([*self.docker, "rm", "--force", *identifiers])

    def inspect(self, identifier: str) -> dict[str, Any]:
        """What the engine tells of a container; it holds secrets."""
        found: list[dict[str, Any]] = json.loads(self._run([*self.docker, "inspect", identifier]))
        return found[0]

    def concerned(self, apart_from: Collection[str], address: str) -> set[str]:
        """The names of running containers whose environment has to do with the storage.

        :param apart_from: IDs of containers that are known.
        :param address: see :func:`concerns_storage`.
        """
        return {
            _name(each)
            for each in self._inspect_running(apart_from)
            if concerns_storage(environment_of(each["Config"].get("Env") or []), address)
        }

    def neighbours(self, known: Collection[str], url: str) -> set[str]:
        """The names of containers in a network of the storage's; see :mod:`network_neighbours`."""
        return {_name(each) for each in neighbours(self._inspect_running(), known, url)}

    def _inspect_running(self, apart_from: Collection[str] = ()) -> Sequence[dict[str, Any]]:
        """What the engine tells of the containers that run; it holds secrets."""
        form = "{{.ID}}"
        running = set(self._run([*self.docker, "ps", "--no-trunc", "--format", form]).split())
        others = sorted(running - set(apart_from))
        if not others:
            return []
        # One may end in the meantime: the answer for the others counts.
        argv = [*self.docker, "inspect", *others]
        done = self.runner.run(argv, option=self.option, may_fail=True)
        found: Sequence[dict[str, Any]] = json.loads(done.stdout or "[]")
        return found

    def incarnations(self, identifiers: Sequence[str]) -> Sequence[str]:
        """IDs and moments of start, for those that run and are not being started again."""
        found = []
        for each in identifiers:
            inspected = self.inspect(each)
            state = inspected["State"]
            if state["Running"] and not state["Restarting"]:
                found.append(f"{inspected['Id']} {state['StartedAt']}")
        return sorted(found)

    def host_names(self, identifiers: Sequence[str]) -> set[str]:
        """The names that containers have in their networks, and their addresses there."""
        found: set[str] = set()
        for each in identifiers:
            inspected = self.inspect(each)
            found |= {inspected["Name"].removeprefix("/"), inspected["Config"].get("Hostname", "")}
            for network in (inspected["NetworkSettings"].get("Networks") or {}).values():
                found |= {*(network.get("Aliases") or []), network.get("IPAddress") or ""}
        return found - {""}

    def image(self, name: str) -> dict[str, Any] | None:
        """What the engine tells of an image; None if it is not on this host."""
        argv = [*self.docker, "image", "inspect", name]
        done = self.runner.run(argv, option=self.option, may_fail=True)
        found: list[dict[str, Any]] = json.loads(done.stdout) if done.status == 0 else []
        return found[0] if found else None

    def environment(self, identifier: str) -> dict[str, str]:
        """What the container's first process was started with.

        :raises MigrationError: neither the container nor the host tells.
        """
        argv = [*self.docker, "exec", identifier, "cat", _ENVIRONMENT]
        done = self.runner.run(argv, option=self.option, may_fail=True)
        text = done.stdout if done.status == 0 else self._seen_from_host(identifier)
        pairs = (line.partition("=") for line in text.split("\0"))
        return {name: value for name, sign, value in pairs if sign}

    def run_python(self, identifier: str, program: str) -> str:
        """The output of a program that has the environment of the container's first process."""
        argv = [*self.docker, "exec", "--interactive", identifier, self.python, "-"]
        return self.runner.run(
            argv,
            option=self.option,
            stdin=in_environment_of(_ENVIRONMENT, program),
            timeout=WORK_SECONDS,
        ).stdout

    def lines(self, identifier: str, shell: str, stdin: str) -> Iterator[bytes]:
        """The lines that a shell's command in a container prints while it runs.

        :raises MigrationError: after the last line, when it fails.
        """
        argv = [*self.docker, "exec", "--interactive", identifier, "sh", "-c", shell]
        return self.runner.lines(argv, option=self.option, stdin=stdin)

    def _seen_from_host(self, identifier: str) -> str:
        """The environment as the host shows it: the image has no ``cat``, or the user has changed."""
        form = "{{.State.Pid}}"
        pid = self._run([*self.docker, "inspect", "--format", form, identifier]).strip()
        try:
            return Path(f"/proc/{int(pid)}/environ").read_text(errors="surrogateescape")
        except (OSError, ValueError):
            raise MigrationError(
                f"cannot read the environment of the container {identifier[:12]}",
                option=self.option,
                remedy="Look whether it runs, or run this as root",
            ) from None

    def _run(self, argv: Sequence[str]) -> str:
        return self.runner.run(argv, option=self.option).stdout


def _name(inspected: Mapping[str, Any]) -> str:
    """A container's name, or the name of the service whose task it is in a Swarm."""
    service = inspected["Config"]["Labels"].get(_SWARM_SERVICE)
    return str(service or inspected["Name"].removeprefix("/"))
