# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Compose's command line program, which answers what a project's files come to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose


@dataclass
class ComposeAnswers(CommandRunner):
    """Compose's answers to ``config``; what else it was asked, it notes."""

    services: Mapping[str, Any] = field(default_factory=dict)
    asked: list[Sequence[str]] = field(default_factory=list)

    def run(self, argv: Sequence[str], **_: Any) -> Completed:
        self.asked.append(argv)
        if "--hash" in argv:
            return Completed(0, "chris 01\npfcon 02\n", "")
        if "config" in argv:
            return Completed(0, json.dumps({"name": "cube", "services": self.services}), "")
        return Completed(0, "", "")


def project(folder: Path, answers: ComposeAnswers) -> Compose:
    """A project with two services, of which one reads an env file."""
    (folder / "docker-compose.yml").write_text("{}")
    (folder / "secrets.env").write_text("SWIFT_KEY=0ld\n")
    return Compose(
        directory=folder,
        configured_files=[],
        services=["chris", "pfcon"],
        pfcon_services=["pfcon"],
        one_shots=[],
        files={"chris": [folder / "secrets.env"], "pfcon": []},
        argv=["docker", "compose"],
        python="python3",
        job_filters=[],
        runner=answers,
    )
