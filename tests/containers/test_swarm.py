# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The modules of the role cube_storage on a real stack of Docker Swarm."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.conftest import in_environment, modules
from tests.containers.engine import Engine
from tests.containers.fault import Fault, Look, of_storage
from tests.containers.role_modules import RoleModules
from tests.containers.stack import BYSTANDER, SERVICES, WRITERS, Stack
from tests.cube import logins
from tests.integration.module_server import ModuleServer


@pytest.fixture
def stack(engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Stack]:
    """The application on the old storage, running."""
    made = Stack(engine, tmp_path / old["SWIFT_CONTAINER_NAME"], old, logins.pfcon(old))
    try:
        yield made
    finally:
        made.destroy()


@pytest.fixture
def params(stack: Stack, new: dict[str, str]) -> dict[str, Any]:
    return {
        **of_storage(new),
        "deployment": "swarm",
        "settings": {"stack": stack.name, "files": [str(stack.file)]},
        "env_files": [str(stack.env_file)],
    }


@pytest.fixture
def role(
    module_server: ModuleServer, tmp_path: Path, stack: Stack, params: dict[str, Any]
) -> RoleModules:
    variables = stack.engine.environment | stack.exported
    return RoleModules(modules(module_server, tmp_path, variables), params, stack.url)


def test_to_the_new_storage_and_back(
    role: RoleModules, stack: Stack, old: dict[str, str], new: dict[str, str]
) -> None:
    text = stack.env_file.read_text()
    override = stack.folder / "stack.cube-storage.yml"
    done = role.play("preflight", "stop", "stop", "inspect")
    assert done.changed == [False, True, False, False]
    assert done.statuses == [
        {"running": SERVICES, "storage": "old"},
        {"running": [], "storage": "old"},
    ]
    stack.engine.stop()
    stack.engine.start()
    stack.wait({BYSTANDER: 1})
    bystander = stack.containers(BYSTANDER)
    assert not any(stack.containers(service) for service in SERVICES)

    done = role.play("main", "main", "inspect", "start", "check new", "start")
    assert done.changed == [True, False, False, True, False, False]
    assert done.statuses == [
        {"running": [], "storage": "new"},
        {"running": SERVICES, "storage": "new"},
    ]
    assert stat.S_IMODE(override.stat().st_mode) == 0o600
    assert f"-c {override}" in done.results[0]["notice"]
    assert len(stack.containers("worker")) == 2
    for real in [*stack.environments("chris"), *stack.environments("worker")]:
        assert {name: real.get(name) for name in new} == new
    assert stack.environments("pfcon")[0]["S3_REGION_NAME"] == new["S3_REGION"]

    done = role.play("restore", "restore", "inspect", "stop", "start", "check old")
    assert done.changed == [True, False, False, True, True, False]
    assert done.statuses == [
        {"running": SERVICES, "storage": "mixed"},
        {"running": SERVICES, "storage": "old"},
    ]
    assert stack.env_file.read_text() == text
    assert not override.exists()
    for service in WRITERS:
        for real in stack.environments(service):
            assert {name: real.get(name) for name in old} == old
            assert "S3_BUCKET_NAME" not in real
    assert stack.containers(BYSTANDER) == bystander


def faults(stack: Stack, moved: dict[str, str]) -> list[Fault]:
    env = shlex.quote(str(stack.env_file))
    return [
        Fault(
            "chris keeps its files in .* migration moves the container users",
            params={"moved": {**moved, "container": "users"}},
        ),
        Fault(
            r"chris: TOKEN empty.*: TOKEN\. Put them into cube_storage_swarm",
            environment={"TOKEN": None},
        ),
        Fault(
            r"required variable BASE is missing.*: BASE\. Put them into", environment={"BASE": None}
        ),
        Fault("chris: another image", environment={"TAG": "other"}),
        Fault(
            r"secrets\.env: no such file",
            before=f"mv {env} {env}.kept",
            after=f"mv {env}.kept {env}",
            params={"env_files": []},
        ),
        Fault("the stack cube has no replicated service chris, but", settings={"stack": "cube"}),
        Fault("127.0.0.1:1/ is not healthy", params={"health_urls": ["http://127.0.0.1:1/"]}),
    ]


def test_a_fault_is_found_before_a_stop_while_cube_answers(
    module_server: ModuleServer,
    tmp_path: Path,
    stack: Stack,
    moved: dict[str, str],
    params: dict[str, Any],
) -> None:
    settings = {**params["settings"], "services": ["chris"], "pfcon_services": []}
    given = {**params, "settings": settings, "moved": moved}
    look = Look(in_environment(module_server, tmp_path), stack.engine, given, stack.exported)
    assert not look(Fault("")).get("failed")
    look.assert_found(stack.url, faults(stack, moved))
