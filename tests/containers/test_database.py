# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""CUBE's database in a container, asked by the psql there, while no service of CUBE's runs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._catalogue_file import (
    read_catalogue,
)

from tests.containers import database
from tests.containers.conftest import modules
from tests.containers.engine import Engine
from tests.integration.module_server import ModuleServer
from tests.servers import ports

NAMES = ["SERVICES/PACS/a b.dcm", "chris/feed_1/x", "ünï/漢"]


def compose(engine: Engine, folder: Path) -> Iterator[dict[str, Any]]:
    file = folder / "docker-compose.yml"
    content = {"services": {"db": {**database.service(folder / "db"), "network_mode": "none"}}}
    file.write_text(json.dumps(content).replace("$", "$$"))
    there = ["docker", "compose", "--project-directory", str(folder)]
    environment = os.environ | engine.environment
    subprocess.run([*there, "up", "--detach", "--pull=never"], env=environment, check=True)
    yield {"deployment": "compose", "settings": {"directory": str(folder)}}
    subprocess.run([*there, "down", "--timeout=1"], env=environment, check=True)


def swarm(engine: Engine, folder: Path) -> Iterator[dict[str, Any]]:
    file = folder / "docker-compose.yml"
    content = {
        "version": "3.8",
        "services": {"db": {**database.service(folder / "db"), "networks": ["host"]}},
        "networks": {"host": {"external": True, "name": "host"}},
    }
    file.write_text(json.dumps(content))
    address = f"127.0.0.1:{ports.choose(['swarm'])['swarm']}"
    engine.docker("swarm", "init", "--advertise-addr=127.0.0.1", f"--listen-addr={address}")
    deploy = ("stack", "deploy", "--resolve-image=never", f"--compose-file={file}", folder.name)
    engine.docker(*deploy)
    yield {"deployment": "swarm", "settings": {"stack": folder.name, "files": [str(file)]}}
    engine.docker("swarm", "leave", "--force")


@pytest.fixture(params=[compose, swarm])
def deployed(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """How a database that runs alone is described."""
    folder = tmp_path / "cube"
    folder.mkdir()
    yield from request.param(engine, folder)


def test_its_psql_tells_all_names_of_a_cube_that_is_stopped(
    deployed: dict[str, Any], engine: Engine, module_server: ModuleServer, tmp_path: Path
) -> None:
    database.fill(engine, NAMES)
    ask = modules(module_server, tmp_path, engine.environment)
    path = tmp_path / "files"
    memory = str(tmp_path / "memory.json")
    result = ask("cube_catalogue", {**deployed, "memory": memory, "path": str(path)})
    assert result["checks"][0]["seen"] == "it knows 3 files"
    assert (result["asked"], result["way"]) == (True, "psql")
    assert list(read_catalogue(path, "o")) == sorted(NAMES)
    assert database.NAMED["POSTGRES_PASSWORD"] not in json.dumps(result)
