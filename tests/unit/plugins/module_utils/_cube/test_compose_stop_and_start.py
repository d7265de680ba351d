# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Compose project that is stopped and started: in which order, and what a failure leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    ANSWER_SECONDS,
    WORK_SECONDS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    stop_and_confirm,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.compose_project import ComposeProject


@pytest.fixture
def project() -> ComposeProject:
    services = {
        "chris": {"depends_on": {"db": {"condition": "service_started"}}},
        "worker": {"depends_on": {"queue": {"condition": "service_healthy"}}},
        "pfcon": {},
        "migrate": {"depends_on": {"db": {"condition": "service_started"}}},
        "db": {},
        "queue": {},
    }
    running = ("chris", "worker", "pfcon", "db", "queue")
    return ComposeProject(services, {f"{service}-0": service for service in running})


@pytest.fixture
def compose(tmp_path: Path, project: ComposeProject) -> Compose:
    (tmp_path / "compose.yml").write_text("{}")
    return Compose(
        directory=tmp_path,
        configured_files=[],
        services=["chris", "worker", "pfcon"],
        pfcon_services=["pfcon"],
        one_shots=["migrate"],
        files={},
        argv=["docker", "compose"],
        python="python3",
        job_filters=[],
        runner=project,
    )


def test_a_stop_may_take_as_long_as_its_services_one_after_another(
    compose: Compose, project: ComposeProject
) -> None:
    compose.stop(60)
    assert project.timeouts["stop"] == ANSWER_SECONDS + 4 * 60


@pytest.mark.parametrize("update", [True, False])
def test_a_start_may_take_long_and_a_question_may_not(
    compose: Compose, project: ComposeProject, update: bool
) -> None:
    compose.update = update
    compose.start()
    assert project.timeouts == {"config": ANSWER_SECONDS, "up": WORK_SECONDS}


def test_a_stop_removes_the_services_of_cube_and_nothing_else(
    compose: Compose, project: ComposeProject
) -> None:
    project.containers |= {"chris-run": "chris", "migrate-0": "migrate"}
    project.stopped = {"migrate-0"}
    assert not compose.will_not_restart()
    stop_and_confirm(compose, 7, sleep=lambda _seconds: None)
    assert project.containers == {"db-0": "db", "queue-0": "queue"}
    assert compose.will_not_restart()
    assert compose.running() == []
    services = ["chris", "worker", "pfcon", "migrate"]
    assert project.done == [
        ["stop", "--timeout", "7", *services],
        ["rm", "--stop", "--force", *services],
        ["docker", "rm", "--force", "chris-run"],
    ]


def test_what_is_stopped_already_is_left_alone(compose: Compose, project: ComposeProject) -> None:
    compose.stop(7)
    project.done.clear()
    stop_and_confirm(compose, 7)
    assert project.done == []


def test_a_container_that_the_host_would_start_again_is_removed(
    compose: Compose, project: ComposeProject
) -> None:
    project.stopped = {"chris-0", "worker-0", "pfcon-0"}
    assert compose.running() == []
    stop_and_confirm(compose, 7)
    assert project.containers == {"db-0": "db", "queue-0": "queue"}


def test_a_stop_that_fails_removes_nothing(compose: Compose, project: ComposeProject) -> None:
    project.failing = "stop"
    before = dict(project.containers)
    with pytest.raises(MigrationError, match="stop failed"):
        stop_and_confirm(compose, 7)
    assert project.containers == before
    project.failing = ""
    stop_and_confirm(compose, 7)
    assert compose.running() == []


def test_services_are_started_after_what_they_need(
    compose: Compose, project: ComposeProject
) -> None:
    compose.stop(7)
    del project.containers["db-0"]
    project.done.clear()
    assert compose.start() is True
    up = ["up", "--detach", "--no-build", "--pull", "never", "--no-deps"]
    assert project.done == [
        [*up, "--wait", "--no-recreate", "db"],  # the queue runs
        [*up, "chris", "worker", "pfcon"],
    ]
    assert compose.running() == ["chris", "pfcon", "worker"]


def test_a_start_of_what_runs_is_no_change(compose: Compose, project: ComposeProject) -> None:
    before = dict(project.containers)
    assert compose.start() is False
    assert project.containers == before


def test_a_start_that_fails_starts_nothing_more(compose: Compose, project: ComposeProject) -> None:
    compose.stop(7)
    del project.containers["db-0"]
    project.failing = "--wait"
    with pytest.raises(MigrationError, match="--wait failed"):
        compose.start()
    assert compose.running() == []
    project.failing = ""
    assert compose.start() is True
    assert compose.running() == ["chris", "pfcon", "worker"]


def test_the_database_is_asked_in_the_container_of_its_service_also_while_cube_is_stopped(
    compose: Compose, project: ComposeProject
) -> None:
    compose.stop(1)
    compose.database_command = "exec psql chris"
    assert list(compose.query("select 1")) == [
        b"docker exec --interactive db-0 sh -c exec psql chris"
    ]


def test_a_database_that_does_not_run_is_named(compose: Compose, project: ComposeProject) -> None:
    compose.database_service = "postgres"
    with pytest.raises(MigrationError) as caught:
        compose.query("select 1")
    assert str(caught.value) == (
        "cube_storage_compose.database_service: no container of a service postgres runs. Name the "
        "service of CUBE's database."
    )
