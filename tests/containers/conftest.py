# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One engine for all tests, and what the role is told of a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.engine import Engine
from tests.containers.project import Project
from tests.cube import logins
from tests.dataset.client import Client
from tests.integration.conftest import (
    container,
    destination_client,
    lab,
    shared_lab,
    source_client,
)
from tests.integration.cube_role import CubeRole, s3_storage
from tests.integration.playbooks.conftest import compare, controller, fill
from tests.servers import Lab

__all__ = [
    "compare",
    "container",
    "controller",
    "destination_client",
    "fill",
    "lab",
    "shared_lab",
    "source_client",
]

OBJECTS = 3
TIMEOUTS = {"cube_storage_health_timeout": 90, "cube_storage_stop_timeout": 20}


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


@pytest.fixture
def old(lab: Lab, container: str, source_client: Client) -> dict[str, str]:
    """CUBE's variables for the old storage."""
    source_client.put_container(container)
    return logins.old_swift(lab, container)


@pytest.fixture
def new(lab: Lab, container: str, destination_client: Client) -> dict[str, str]:
    """CUBE's variables for the new storage, which has some objects."""
    destination_client.put_container(container)
    for number in range(OBJECTS):
        destination_client.put(container, f"object-{number}", b"bytes", {})
    return logins.s3(lab, container)


@pytest.fixture
def storage(new: dict[str, str]) -> dict[str, Any]:
    """What the role is told of the new storage."""
    return {
        **s3_storage(new),
        **TIMEOUTS,
        "cube_storage_container": new["S3_BUCKET_NAME"],
        "cube_storage_pfcon_op_image": "ghcr.io/fnndsc/pfconopjob-s3",
    }


@pytest.fixture
def project(engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Project]:
    """The application on the old storage, running."""
    made = Project(
        engine, tmp_path / f"project{old['SWIFT_CONTAINER_NAME'][5:]}", old, logins.pfcon(old)
    )
    try:
        made.compose("up", "--detach", "--wait", "db", "chris", "worker", "pfcon")
        yield made
    finally:
        made.compose("down", "--timeout", "1")


@pytest.fixture
def role(
    tmp_path: Path,
    engine: Engine,
    project: Project,
    storage: dict[str, Any],
    old: dict[str, str],
    new: dict[str, str],
) -> CubeRole:
    variables = {**storage, **project.described}
    secrets = [new["S3_SECRET_KEY"], new["S3_ACCESS_KEY"], old["SWIFT_KEY"]]
    return CubeRole(tmp_path, variables, secrets, engine.environment)
