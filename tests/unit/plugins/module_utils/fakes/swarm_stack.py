# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A swarm in memory with one stack, whose services are scaled and deployed by commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

STACK = "chris"


@dataclass
class SwarmStack(CommandRunner):
    """Answers Docker's commands.

    :ivar replicas: for each service how many tasks are wanted.
    :ivar labels: the labels of each service.
    :ivar late: how many looks at a service's tasks show none of them yet.
    :ivar failing: the name of a service whose update fails, or a word of a command that does.
    :ivar deployed: the content of the last file of each deployment.
    :ivar timeouts: seconds that the last command of each kind might take.
    """

    replicas: dict[str, int]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    late: int = 0
    failing: str = ""
    manager: bool = True
    done: list[list[str]] = field(default_factory=list)
    deployed: list[dict[str, Any]] = field(default_factory=list)
    timeouts: dict[str, float] = field(default_factory=dict)

    def run(self, argv: Sequence[str], **options: Any) -> Completed:
        words = list(argv[1:])
        self.timeouts[" ".join(words[:2])] = options["timeout"]
        if self.failing and self.failing in words:
            raise MigrationError(f"{self.failing} failed", option="cube_storage_swarm")
        kind, name = words[:2], words[-1].removeprefix(f"{STACK}_")
        if words[0] == "info":
            told = str(self.manager).lower() if "Control" in words[-1] else "active"
            return Completed(0, f"{told}\n", "")
        if kind == ["service", "ls"]:
            lines = "".join(f"{STACK}_{each} replicated\n" for each in self.replicas)
            return Completed(0, lines, "")
        if kind == ["service", "inspect"]:
            spec = {
                "TaskTemplate": {"ContainerSpec": {"Image": f"{name}:1"}},
                "Labels": self.labels.get(name, {}),
                "Mode": {"Replicated": {"Replicas": self.replicas[name]}},
            }
            return Completed(0, json.dumps(spec), "")
        if kind == ["service", "ps"]:
            self.late -= 1
            wanted = self.replicas[name] if self.late < 0 else 0
            return Completed(0, "Running 1 second ago\n" * wanted, "")
        self.done.append(words)
        if kind == ["service", "update"]:
            label, value = words[words.index("--label-add") + 1].split("=")
            self.labels.setdefault(name, {})[label] = value
            self.replicas[name] = int(words[words.index("--replicas") + 1])
        else:
            assert kind == ["stack", "deploy"]
            content = json.loads(Path(words[-2]).read_text())
            self.deployed.append(content)
            for service, described in content["services"].items():
                self.replicas[service] = described["deploy"]["replicas"]
        return Completed(0, "", "")
