# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A swarm's services, answered by a stand-in for Docker's command line program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import Completed
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.swarm_services import (
    SwarmServices,
)

from tests.unit.plugins.module_utils.fakes.command_runner import Answering


def services(runner: Answering) -> SwarmServices:
    return SwarmServices(["docker"], Path("/stack"), "cube_storage_swarm", runner)


def printed(text: str) -> Answering:
    return Answering(lambda _argv, **_options: Completed(0, text, ""))


def test_services_are_found_by_all_filters() -> None:
    runner = printed("chris_cube\nchris_db\n")
    assert services(runner).named("label=a", "name=b") == {"chris_cube", "chris_db"}
    assert runner.asked[0][1:] == [
        *("service", "ls", "--filter", "label=a", "--filter", "name=b", "--format", "{{.Name}}")
    ]


def test_a_stacks_services_have_modes() -> None:
    runner = printed("chris_cube replicated\nchris_agent global\n")
    assert services(runner).modes("chris") == {"chris_cube": "replicated", "chris_agent": "global"}
    assert "label=com.docker.stack.namespace=chris" in runner.asked[0]


def test_what_a_service_is_to_be_is_read_as_it_is() -> None:
    spec = {"Mode": {"Replicated": {"Replicas": 2}}}
    runner = printed(json.dumps(spec))
    assert services(runner).spec("chris_cube") == spec
    assert runner.asked[0][-1] == "chris_cube"


@pytest.mark.parametrize(
    ("states", "tasks"),
    [
        ("", 0),
        ("Running 3 minutes ago\nShutdown 3 minutes ago\n", 1),
        ("Preparing 1 second ago\nNew 1 second ago\nReady now\nStarting now\n", 4),
        ("Complete 1 h\nFailed 1 h\nShutdown 1 h\nRejected 1 h\nOrphaned 1 h\nRemove 1 h\n", 0),
    ],
)
def test_a_task_counts_until_it_has_ended(states: str, tasks: int) -> None:
    assert services(printed(states)).tasks("chris_cube") == tasks


@pytest.mark.parametrize("may_fail", [True, False])
def test_a_service_that_is_gone_may_be_asked_for(may_fail: bool) -> None:
    given: list[bool] = []
    folders: list[Path] = []

    def answer(_argv: Sequence[str], *, may_fail: bool, cwd: Path, **_options: Any) -> Completed:
        given.append(may_fail)
        folders.append(cwd)
        return Completed(1, "", "no such service")

    assert services(Answering(answer)).tasks("gone", may_fail=may_fail) == 0
    assert (given, folders) == ([may_fail], [Path("/stack")])


def test_only_tasks_that_run_have_an_incarnation() -> None:
    states = "b Running 3 seconds ago\na Running 1 second ago\nc Ready now\nd\n"
    assert services(printed(states)).incarnations("chris_cube") == ["a", "b"]
