# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One engine for all tests, and what the role is told of a deployment."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.containers.engine import Engine
from tests.containers.shape import Shaped
from tests.cube import logins, writer
from tests.cube.api import Api
from tests.cube.daemon import Daemon
from tests.cube.ledger import Ledger
from tests.cube.writing import Writing
from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
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
    warm_python,
)
from tests.integration.cube_role import s3_storage
from tests.integration.module_server import ModuleServer
from tests.integration.playbooks.conftest import compare, controller, fill
from tests.integration.playbooks.controller import Controller
from tests.integration.playbooks.cutover import Cutover, write_inventory
from tests.integration.warm_python import WarmPython
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
    "warm_python",
]

OBJECTS = 3
STRANGERS = 30
"""Objects that the application knows nothing of, where it is moved as a whole."""
OPERATIONS = 8
"""Of each of the writer's threads, before anything else happens."""
PAUSE = 5.0
"""Seconds between the writes of a thread after that: all is read back again and again."""
TIMEOUTS = {
    "cube_storage_health_timeout": 90,
    "cube_storage_stop_timeout": 20,
    "cube_storage_stay_up": 2,
}


def modules(
    server: ModuleServer, folder: Path, variables: dict[str, str]
) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """A function that runs a module by its name, with more variables in its environment."""

    def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
        return server.run(name, arguments, environment(folder) | variables, folder, SECONDS)

    return partial(run, start, folder)


def in_environment(
    server: ModuleServer, folder: Path
) -> Callable[[dict[str, Any], dict[str, str]], dict[str, Any]]:
    """A function that looks at CUBE's storage, with more variables in the module's environment."""

    def look(params: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
        return modules(server, folder, variables)("cube_storage_info", params)

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


@pytest.fixture
def in_use(
    lab: Lab,
    container: str,
    fill: Callable[[int], Uploaded],
    controller: Controller,
    warm_python: WarmPython,
    source_client: Client,
    destination_client: Client,
    tmp_path: Path,
) -> Iterator[Callable[[Shaped], Cutover]]:
    """Use a deployment all the time, beside objects that nobody knows; what it takes to move it."""
    users: list[Daemon] = []

    def use(deployment: Shaped) -> Cutover:
        fill(STRANGERS)
        writing = Writing(Api(deployment.url), Ledger(deployment.ledger), 3, pause=0)
        writing.run(threading.Event(), OPERATIONS)
        new = logins.s3(lab, f"{container}-new")
        controller.environment |= deployment.engine.environment | deployment.exported
        given = {**s3_storage(new), **deployment.described, **TIMEOUTS}
        controller.warmed(warm_python).given(given).given(
            {
                "cube_storage_pfcon_op_image": logins.pfcon(new)["PFCON_OP_IMAGE"],
                # The application does not know of the strangers: their names do not matter to it.
                "migrate_data_allow_changed_names": True,
            }
        )
        users.append(writer.daemon(deployment.folder, PAUSE))
        users[-1].start()
        inventory = write_inventory(tmp_path / "inventory")
        return Cutover(
            deployment, controller, inventory, container, source_client, destination_client
        )

    yield use
    for user in users:
        user.stop()


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
