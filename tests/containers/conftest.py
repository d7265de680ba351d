# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One engine for all tests, and what the role is told of a deployment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.engine import Engine
from tests.cube import logins
from tests.dataset.client import Client
from tests.integration.conftest import (
    SECONDS,
    container,
    destination_client,
    environment,
    lab,
    module_server,
    run,
    shared_lab,
    source_client,
)
from tests.integration.cube_role import s3_storage
from tests.integration.module_server import ModuleServer
from tests.integration.playbooks.conftest import compare, controller, fill
from tests.servers import Lab
from tests.servers.virtual_environment import ROOT

__all__ = [
    "compare",
    "container",
    "controller",
    "destination_client",
    "fill",
    "lab",
    "module_server",
    "shared_lab",
    "source_client",
]

OBJECTS = 3
TIMEOUTS = {
    "cube_storage_health_timeout": 90,
    "cube_storage_stop_timeout": 20,
    "cube_storage_stay_up": 2,
}


def in_environment(
    server: ModuleServer, folder: Path
) -> Callable[[dict[str, Any], dict[str, str]], dict[str, Any]]:
    """A function that looks at CUBE's storage, with more variables in the module's environment."""

    def look(params: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
        def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
            return server.run(name, arguments, environment(folder) | variables, folder, SECONDS)

        return run(start, folder, "cube_storage_info", params)

    return look


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
def moved(lab: Lab, old: dict[str, str], source_client: Client) -> dict[str, str]:
    """What the role is told of the container that the migration moves."""
    name = old["SWIFT_CONTAINER_NAME"]
    created = source_client.head(name)["x-timestamp"]
    return {
        "container": name,
        "storage_url": lab.description["source"]["storage_url"],
        "identity": f"{source_client.account}/{name}@{created}",
    }


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the gateway needs from PyPI."""
    folder = tmp_path_factory.mktemp("wheels")
    requirements = ROOT / "requirements"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"),
            *("--only-binary", ":all:", "--dest", folder),
            *("--requirement", requirements / "gateway.txt"),
            *("--constraint", requirements / "constraints.txt"),
        ],
        check=True,
    )
    return folder
