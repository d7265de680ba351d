# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage on a real project of Docker Compose."""

from __future__ import annotations

import json
import stat

from tests.containers.conftest import OBJECTS
from tests.containers.engine import Engine
from tests.containers.project import SERVICES, Project
from tests.integration.cube_role import CubeRole


def test_to_the_new_storage_and_back(
    role: CubeRole, project: Project, old: dict[str, str], new: dict[str, str]
) -> None:
    text = project.env_file.read_text()
    bystander = project.container("db")
    done = role.play("preflight", "inspect")
    assert (done.failed, done.changed) == (False, 0)
    assert done.status == {"running": SERVICES, "storage": "old"}

    done = role.play("stop", "stop", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": [], "storage": "old"}

    done = role.play("main", "main", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": [], "storage": "new"}

    done = role.play("start", "start", "inspect", cube_storage_expected_objects=OBJECTS)
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": SERVICES, "storage": "new"}
    for service in ("chris", "worker"):
        real = project.environment(service)
        assert {name: real.get(name) for name in new} == new
    assert project.environment("pfcon")["S3_REGION_NAME"] == new["S3_REGION"]

    done = role.play("restore", "restore", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": SERVICES, "storage": "mixed"}
    assert project.env_file.read_text() == text
    assert not project.override.exists()

    done = role.play("stop", "start", "inspect", cube_storage_expect="old")
    assert not done.failed
    assert done.status == {"running": SERVICES, "storage": "old"}
    for service in ("chris", "worker", "pfcon"):
        real = project.environment(service)
        assert {name: real.get(name) for name in old} == old
        assert "S3_BUCKET_NAME" not in real
    assert project.container("db") == bystander


def test_what_wins_over_the_env_file_is_overridden(
    role: CubeRole, project: Project, old: dict[str, str]
) -> None:
    done = role.play("main")
    assert not done.failed
    base = project.compose("--file", project.compose_file.name, "config", "--format", "json")
    environment = json.loads(base)["services"]["chris"]["environment"]
    assert environment["STORAGE_ENV"] == old["STORAGE_ENV"]  # the env file alone changes nothing
    assert environment["S3_BUCKET_NAME"]
    assert stat.S_IMODE(project.override.stat().st_mode) == 0o600
    text = project.override.read_text()
    override = json.loads(text[text.index("{") :])
    assert set(override["services"]["chris"]["environment"]) == {"STORAGE_ENV"}


def test_what_is_stopped_stays_so_when_the_host_starts_again(
    role: CubeRole, project: Project, engine: Engine
) -> None:
    assert not role.play("stop").failed
    engine.stop()
    engine.start()
    names = {name.removeprefix(f"{project.name}-") for name in engine.running()}
    assert names == {"db-1"}
    assert project.container("chris") == ""
