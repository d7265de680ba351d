# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A stack that is stopped and started: as many tasks as before, and what a failure leaves."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    ANSWER_SECONDS,
    WORK_SECONDS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    stop_and_confirm,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.swarm import Swarm
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.swarm_stack import SwarmStack


@pytest.fixture
def stack() -> SwarmStack:
    return SwarmStack({"cube": 1, "worker": 3, "pfcon": 1, "db": 1})


@pytest.fixture
def swarm(tmp_path: Path, stack: SwarmStack) -> Swarm:
    (tmp_path / "stack.yml").write_text("version: '3.8'\n")
    return Swarm(
        stack="chris",
        configured_files=[tmp_path / "stack.yml"],
        services=["cube", "worker", "pfcon"],
        pfcon_services=["pfcon"],
        docker=["docker"],
        python="python3",
        job_filters=[],
        runner=stack,
        sleep=lambda _seconds: None,
        clock=count().__next__,
    )


def test_a_stop_scales_cube_to_nothing_and_remembers_how_many_there_were(
    swarm: Swarm, stack: SwarmStack
) -> None:
    assert not swarm.will_not_restart()
    stop_and_confirm(swarm, 7)
    assert stack.replicas == {"cube": 0, "worker": 0, "pfcon": 0, "db": 1}
    assert stack.labels["worker"] == {"fnndsc.swift-migration.replicas": "3"}
    assert swarm.will_not_restart()
    assert swarm.running() == []


def test_a_second_stop_forgets_nothing(swarm: Swarm, stack: SwarmStack) -> None:
    swarm.stop(7)
    done = len(stack.done)
    swarm.stop(7)
    assert len(stack.done) == done
    assert stack.labels["worker"] == {"fnndsc.swift-migration.replicas": "3"}


def test_a_stop_that_fails_goes_on_where_it_was(swarm: Swarm, stack: SwarmStack) -> None:
    stack.failing = "chris_worker"
    with pytest.raises(MigrationError, match="chris_worker failed"):
        swarm.stop(7)
    assert stack.replicas["cube"] == 0
    stack.failing = ""
    stop_and_confirm(swarm, 7)
    assert [words[-1] for words in stack.done] == ["chris_cube", "chris_worker", "chris_pfcon"]
    assert stack.labels["cube"] == {"fnndsc.swift-migration.replicas": "1"}


def test_a_start_brings_as_many_tasks_as_there_were(swarm: Swarm, stack: SwarmStack) -> None:
    stop_and_confirm(swarm, 7)
    assert swarm.start() is True
    assert stack.replicas == {"cube": 1, "worker": 3, "pfcon": 1, "db": 1}
    assert stack.deployed[0]["version"] == "3.8"
    assert swarm.running() == ["cube", "pfcon", "worker"]
    assert swarm.start() is False
    stack.replicas["worker"] = 2  # as the owner has scaled it since
    assert swarm.start() is False
    assert stack.replicas["worker"] == 2


def test_the_override_is_deployed_after_the_users_files(
    swarm: Swarm, stack: SwarmStack, tmp_path: Path
) -> None:
    override = swarm.override_path()
    override.write_bytes(swarm.override({"cube": {"STORAGE_ENV": "s3"}}, predict=False))
    swarm.start()
    words = stack.done[-1]
    files = [words[i + 1] for i, word in enumerate(words) if word == "--compose-file"]
    assert files[:-1] == [str(tmp_path / "stack.yml"), str(override)]
    assert words[-1] == "chris"
    assert not Path(files[-1]).exists()  # the replicas are one file more, which is gone again


def test_a_start_waits_until_the_tasks_are_there(swarm: Swarm, stack: SwarmStack) -> None:
    slept: list[float] = []
    swarm.sleep = slept.append
    stack.late = 2
    swarm.start()
    assert slept == [1, 1]


def test_a_start_waits_no_longer_than_two_minutes_and_says_what_is_missing(
    swarm: Swarm, stack: SwarmStack, caplog: pytest.LogCaptureFixture
) -> None:
    slept: list[float] = []
    swarm.sleep = slept.append
    stack.late = 10**6
    swarm.start()
    assert len(slept) == 119
    assert caplog.messages == [
        "after 120 seconds the stack chris has 0 of 1 tasks of cube, 0 of 3 tasks of worker, "
        "0 of 1 tasks of pfcon. To see why: docker stack ps chris"
    ]


def test_a_start_that_has_all_its_tasks_says_nothing(
    swarm: Swarm, caplog: pytest.LogCaptureFixture
) -> None:
    swarm.start()
    assert caplog.messages == []


def test_a_deployment_may_pull_images_for_long_and_a_question_may_not_take_long(
    swarm: Swarm, stack: SwarmStack
) -> None:
    stop_and_confirm(swarm, 7)
    swarm.start()
    assert stack.timeouts["stack deploy"] == WORK_SECONDS
    assert stack.timeouts["service inspect"] == ANSWER_SECONDS
    assert stack.timeouts["service update"] == ANSWER_SECONDS


def test_a_deployment_that_fails_is_told_and_waited_for_no_more(
    swarm: Swarm, stack: SwarmStack
) -> None:
    stop_and_confirm(swarm, 7)
    stack.failing = "deploy"
    with pytest.raises(MigrationError, match="deploy failed"):
        swarm.start()
    assert stack.replicas["worker"] == 0
    stack.failing = ""
    swarm.start()
    assert stack.replicas["worker"] == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"manager": False}, "this host is no manager of a swarm: active"),
        ({"replicas": {"cube": 1}}, "has no replicated service worker, but chris_cube"),
    ],
)
def test_what_a_start_needs_is_looked_for_before_the_stop(
    swarm: Swarm, stack: SwarmStack, change: dict[str, object], message: str
) -> None:
    swarm.preflight()
    vars(stack).update(change)
    with pytest.raises(MigrationError, match=message):
        swarm.preflight()
    assert stack.done == []


def test_a_file_of_the_stack_that_is_not_there_is_named(swarm: Swarm, tmp_path: Path) -> None:
    (tmp_path / "stack.yml").unlink()
    with pytest.raises(MigrationError, match=r"stack\.yml does not exist"):
        swarm.preflight()
