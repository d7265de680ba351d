# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run knows of CUBE: what it told CUBE to do, and what was answered.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

SERVICES = "cube_services"
ENVIRONMENT = "cube_environment"
LOOK = "cube_storage_info"
MODULES = (SERVICES, ENVIRONMENT, LOOK)
"""The modules whose begins and ends are recorded."""

AGAIN, BACK = "again", "back"
"""What can be typed next: the same command, or the playbook of the way back."""

_STORAGES = {
    "old": "the old storage",
    "new": "the new storage",
    "mixed": "the old and the new storage",
    "changing": "the old or the new storage",
    "": "a storage that this run has not looked at",
}


@dataclass(frozen=True)
class CubeOnHost:
    """What is known of CUBE on one host.

    :ivar running: the services that run; None when nobody has looked.
    :ivar storage: ``old``, ``new``, ``mixed``, ``changing``, or empty when nobody has looked.
    :ivar told: ``stop`` or ``start``, until that is done.
    :ivar failed: whether the answer was an error.
    :ivar checked: whether it was looked at since it was started.
    :ivar lost: whether the host could not be reached any more.
    """

    running: Sequence[str] | None = None
    storage: str = ""
    told: str = ""
    failed: bool = False
    checked: bool = True
    lost: bool = False

    @property
    def certain(self) -> bool:
        """Whether the run knows what runs."""
        return self.running is not None and not self.told and not self.lost and self.checked

    def began(self, module: str, arguments: Mapping[str, Any]) -> CubeOnHost:
        """The state while a module works."""
        if module == SERVICES:
            told = "stop" if arguments.get("state") == "stopped" else "start"
            return replace(self, told=told, failed=False, checked=told == "stop")
        if module == ENVIRONMENT and arguments.get("state") != self.storage:
            return replace(self, storage="changing")
        return self

    def answered(
        self, module: str, arguments: Mapping[str, Any], result: Mapping[str, Any]
    ) -> CubeOnHost:
        """The state after a module has succeeded."""
        if module == SERVICES:
            return replace(self, told="", running=list(result["running"]))
        if module == ENVIRONMENT:
            return replace(self, storage=str(arguments.get("state")))
        if "running" not in result:  # it was only asked what would fail
            return self
        found = replace(self, running=list(result["running"]), storage=result["storage"])
        return replace(found, told="", checked=True, failed=False)

    def refused(self) -> CubeOnHost:
        """The state after a module has failed."""
        return replace(self, failed=True)

    def __str__(self) -> str:
        storage = _STORAGES[self.storage]
        why = "and failed" if self.failed else "and has not answered"
        if self.told == "stop":
            text = f"was told to stop {why}: some of it may run, on {storage}"
        elif self.told:
            text = f"was told to start on {storage} {why}: some of it may run"
        elif self.running is None:
            text = "is as it was: this run has not stopped it"
        elif not self.running:
            text = f"is stopped, and set up for {storage}"
        else:
            text = f"runs on {storage} ({', '.join(self.running)})"
            if not self.checked:
                text += ", but a check of it failed" if self.failed else ", and was not checked yet"
        return f"{text}; the host cannot be reached any more" if self.lost else text


class CubeRecord:
    """What a run has done with CUBE on its hosts.

    :ivar hosts: CUBE on each of its hosts.
    :ivar returning: whether the run is a way back.
    """

    def __init__(self) -> None:
        self.hosts: dict[str, CubeOnHost] = {}
        self.returning = False
        self._before: dict[str, CubeOnHost | None] = {}

    def began(self, host: str, module: str, arguments: Mapping[str, Any]) -> None:
        """A module begins to work on a host."""
        self._before[host] = self.hosts.get(host)
        self.hosts[host] = self.hosts.get(host, CubeOnHost()).began(module, arguments)

    def skipped(self, host: str) -> None:
        """A module that was about to begin did not."""
        before = self._before[host]
        if before is None:
            del self.hosts[host]
        else:
            self.hosts[host] = before

    def answered(
        self, host: str, module: str, arguments: Mapping[str, Any], result: Mapping[str, Any]
    ) -> None:
        """A module has succeeded on a host."""
        self.hosts[host] = self.hosts[host].answered(module, arguments, result)

    def refused(self, host: str) -> None:
        """A module has failed on a host."""
        self.hosts[host] = self.hosts[host].refused()

    def lost(self, host: str) -> None:
        """A host cannot be reached any more."""
        if host in self.hosts:
            self.hosts[host] = replace(self.hosts[host], lost=True)

    def __str__(self) -> str:
        by_text: dict[str, list[str]] = {}
        for host, cube in sorted(self.hosts.items()):
            by_text.setdefault(str(cube), []).append(host)
        if len(by_text) < 2:
            return f"CUBE {next(iter(by_text), str(CubeOnHost()))}."
        return " ".join(f"CUBE on {', '.join(hosts)} {text}." for text, hosts in by_text.items())

    def next_steps(self) -> dict[str, str]:
        """What can be typed next, ``AGAIN`` or ``BACK``, and to what end."""
        cubes = list(self.hosts.values())
        storages = {cube.storage for cube in cubes}
        up = bool(cubes) and all(cube.certain and cube.running for cube in cubes)
        if self.returning:
            return {} if up and storages == {"old"} else {AGAIN: "go on"}
        if up and storages == {"new"}:
            return {BACK: "go back to the old storage"}
        if up and storages != {"old"}:  # a cutover refuses what runs on both
            return {BACK: "go back to the old storage"}
        if all(cube.running is None and not cube.told for cube in cubes) or up:
            return {AGAIN: "try again"}
        return {AGAIN: "finish the cutover", BACK: "go back to the old storage"}
