# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage on a real stack of Docker Swarm."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.conftest import OBJECTS, in_environment
from tests.containers.engine import Engine
from tests.containers.fault import Fault, Look, of_storage
from tests.containers.stack import SERVICES, WRITERS, Stack
from tests.cube import logins
from tests.integration.cube_role import CubeRole, Step
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
def role(
    tmp_path: Path,
    stack: Stack,
    storage: dict[str, Any],
    old: dict[str, str],
    new: dict[str, str],
) -> CubeRole:
    variables = {
        **storage,
        "cube_storage_deployment": "swarm",
        "cube_storage_swarm": {
            "stack": stack.name,
            "files": [str(stack.file)],
        },
        "cube_storage_env_files": [str(stack.env_file)],
        "cube_storage_health_url": stack.url,
    }
    secrets = [new["S3_SECRET_KEY"], new["S3_ACCESS_KEY"], old["SWIFT_KEY"]]
    return CubeRole(tmp_path, variables, secrets, stack.engine.environment | stack.exported)


def test_to_the_new_storage_and_back(
    role: CubeRole, stack: Stack, old: dict[str, str], new: dict[str, str]
) -> None:
    text = stack.env_file.read_text()
    override = stack.folder / "stack.cube-storage.yml"
    done = role.play("preflight", "inspect", "stop", "stop", "inspect")
    assert not done.failed
    assert done.changed == [0, 0, 1, 0, 0]
    assert done.statuses == [
        {"running": SERVICES, "storage": "old"},
        {"running": [], "storage": "old"},
    ]
    stack.engine.stop()
    stack.engine.start()
    assert not any(stack.containers(service) for service in SERVICES)

    expected = Step("start", {"cube_storage_expected_objects": OBJECTS})
    done = role.play("main", "main", "inspect", expected, "start", "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 0, 0]
    assert done.statuses == [
        {"running": [], "storage": "new"},
        {"running": SERVICES, "storage": "new"},
    ]
    assert stat.S_IMODE(override.stat().st_mode) == 0o600
    assert f"-c {override}" in done.output
    assert len(stack.containers("worker")) == 2
    for real in [*stack.environments("chris"), *stack.environments("worker")]:
        assert {name: real.get(name) for name in new} == new
    assert stack.environments("pfcon")[0]["S3_REGION_NAME"] == new["S3_REGION"]

    back = Step("start", {"cube_storage_expect": "old"})
    done = role.play("restore", "restore", "inspect", "stop", back, "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 1, 0]
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
    role: CubeRole,
    moved: dict[str, str],
    new: dict[str, str],
) -> None:
    params = {
        **of_storage(new),
        "deployment": "swarm",
        "settings": {
            **role.variables["cube_storage_swarm"],
            "services": ["chris"],
            "pfcon_services": [],
        },
        "env_files": [str(stack.env_file)],
        "moved": moved,
    }
    look = Look(in_environment(module_server, tmp_path), stack.engine, params, stack.exported)
    assert not look(Fault("")).get("failed")
    look.assert_found(stack.url, faults(stack, moved))
