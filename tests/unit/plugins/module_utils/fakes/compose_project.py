# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Compose project that runs in memory: containers are made, stopped and removed by commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


@dataclass
class ComposeProject(CommandRunner):
    """Answers Compose's and Docker's commands.

    :ivar services: what the files describe.
    :ivar containers: for each container's ID its service.
    :ivar stopped: the IDs of those that do not run.
    :ivar failing: the word of a command that fails.
    :ivar done: the commands that change something.
    :ivar timeouts: seconds that the last ``config``, ``up`` and ``stop`` might take.
    """

    services: dict[str, Any]
    containers: dict[str, str] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    failing: str = ""
    done: list[list[str]] = field(default_factory=list)
    timeouts: dict[str, float] = field(default_factory=dict)

    def run(self, argv: Sequence[str], **options: Any) -> Completed:
        words = list(argv)
        for kind in {"config", "up", "stop"} & set(words):
            self.timeouts[kind] = options["timeout"]
        if self.failing and self.failing in words:
            raise MigrationError(f"{self.failing} failed", option="cube_storage_compose")
        if "config" in words:
            return Completed(0, json.dumps({"name": "cube", "services": self.services}), "")
        if words[1] == "ps":
            found = {i: s for i, s in self.containers.items() if "--all" in words or self.runs(i)}
            return Completed(0, "".join(f"{i} {s}\n" for i, s in found.items()), "")
        self.done.append(words[words.index("--file") + 2 :] if "--file" in words else words)
        if words[1] == "rm":
            for identifier in words[3:]:
                del self.containers[identifier]
        elif "up" in words:
            self._up([word for word in words[words.index("up") :] if word in self.services])
        elif "stop" in words:
            self.stopped |= {i for i, s in self.containers.items() if s in words}
        elif "rm" in words:
            # Those of `compose run` stay.
            self.containers = {
                i: s for i, s in self.containers.items() if s not in words or i.endswith("-run")
            }
        return Completed(0, "", "")

    def lines(self, argv: Sequence[str], **_options: Any) -> Iterator[bytes]:
        """What it was asked, as its answer."""
        yield from " ".join(argv).encode().splitlines()

    def runs(self, identifier: str) -> bool:
        return identifier not in self.stopped

    def _up(self, services: Sequence[str]) -> None:
        for service in services:
            if service not in self.containers.values():
                self.containers[f"{service}-{len(self.done)}"] = service
