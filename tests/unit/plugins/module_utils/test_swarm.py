# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Jobs in a Swarm, answered by a stand-in for Docker's command line program.

tests/containers runs the rest on a real engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._command import (
    Command,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swarm import Swarm

STATES = {"jid-1": "Running 3 minutes ago\n", "jid-2": "Complete 1 minute ago\n"}


class Docker(Command):
    """A swarm in which one job works, one is done, and one has gone since it was listed."""

    def __call__(self, argv: Sequence[str], *, check: bool = True, **_: Any) -> Completed:
        if argv[1] == "ps":
            return Completed(0, "jid-1\nalone\n", "")
        if argv[1:3] == ["service", "ls"]:
            return Completed(0, "jid-1\njid-2\njid-3\n", "")
        assert argv[1:3] == ["service", "ps"]
        assert not check
        name = argv[-1]
        return Completed(0 if name in STATES else 1, STATES.get(name, ""), "")


def test_jobs_are_services_that_have_not_ended_and_containers(tmp_path: Path) -> None:
    swarm = Swarm(
        stack="chris",
        given=[tmp_path / "stack.yml"],
        services=[],
        pfcon_services=[],
        docker=["docker"],
        python="python3",
        job_filters=["name=jid-"],
        command=Docker(),
    )
    assert swarm.jobs() == ["alone", "jid-1"]
