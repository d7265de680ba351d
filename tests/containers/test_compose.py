# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The modules of the role cube_storage on a real project of Docker Compose."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.conftest import modules
from tests.containers.engine import Engine
from tests.containers.fault import of_storage
from tests.containers.project import SERVICES, USUAL_SERVICES, Project
from tests.containers.role_modules import RoleModules
from tests.cube import logins
from tests.integration.module_server import ModuleServer


@pytest.fixture
def project(engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Project]:
    """The application on the old storage, running, with all services that a miniChRIS has."""
    folder = tmp_path / f"project{old['SWIFT_CONTAINER_NAME'][5:]}"
    with Project(engine, folder, old, logins.pfcon(old), services=USUAL_SERVICES) as running:
        yield running


@pytest.fixture
def role(
    module_server: ModuleServer, tmp_path: Path, project: Project, new: dict[str, str]
) -> RoleModules:
    params = {
        **of_storage(new),
        "deployment": "compose",
        "settings": {"directory": str(project.folder)},
        "env_files": [str(project.env_file)],
    }
    variables = project.engine.environment | project.exported
    return RoleModules(modules(module_server, tmp_path, variables), params, project.url)


def test_to_the_new_storage_and_back_with_a_restart_of_the_host_in_between(
    role: RoleModules, project: Project, engine: Engine, old: dict[str, str], new: dict[str, str]
) -> None:
    text = project.env_file.read_text()
    bystander = project.container("db")
    done = role.play("preflight", "stop", "stop", "inspect")
    assert done.changed == [False, True, False, False]
    assert any("in their environment: pacs." in each for each in done.results[0]["notices"])
    assert done.statuses == [
        {"running": USUAL_SERVICES, "storage": "old"},
        {"running": [], "storage": "old"},
    ]
    engine.stop()
    engine.start()
    assert {name.removeprefix(f"{project.name}-") for name in engine.running()} == {"db-1"}
    assert project.container("chris") == ""

    done = role.play("main", "main", "inspect", "start", "check new", "start")
    assert done.changed == [True, False, False, True, False, False]
    assert done.statuses == [
        {"running": [], "storage": "new"},
        {"running": USUAL_SERVICES, "storage": "new"},
    ]
    for service in ("chris", "worker"):
        real = project.environment(service)
        assert {name: real.get(name) for name in new} == new
    assert project.environment("pfcon")["S3_REGION_NAME"] == new["S3_REGION"]
    assert_overridden(project, old)

    done = role.play("restore", "restore", "inspect", "stop", "start", "check old")
    assert done.changed == [True, False, False, True, True, False]
    assert done.statuses == [
        {"running": USUAL_SERVICES, "storage": "mixed"},
        {"running": USUAL_SERVICES, "storage": "old"},
    ]
    assert project.env_file.read_text() == text
    assert not project.override.exists()
    for service in SERVICES:
        real = project.environment(service)
        assert {name: real.get(name) for name in old} == old
        assert "S3_BUCKET_NAME" not in real
    assert project.container("db") == bystander
    assert project.container("db_migrate") == ""  # it ran when the owner started all, and not since


def assert_overridden(project: Project, old: dict[str, str]) -> None:
    """What stands in the compose file wins over the env file, and only that is overridden."""
    base = project.compose("--file", project.compose_file.name, "config", "--format", "json")
    environment = json.loads(base)["services"]["chris"]["environment"]
    assert environment["STORAGE_ENV"] == old["STORAGE_ENV"]  # the env file alone changes nothing
    assert environment["S3_BUCKET_NAME"]
    assert stat.S_IMODE(project.override.stat().st_mode) == 0o600
    text = project.override.read_text()
    override = json.loads(text[text.index("{") :])
    assert set(override["services"]["chris"]["environment"]) == {"STORAGE_ENV"}
