# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The servers, and scenes between them: each module of tests has one, which all its tests read."""

from __future__ import annotations

import contextlib
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.damage.scene import Scene
from tests.dataset.client import Account, Client
from tests.integration.conftest import (
    SECONDS,
    Options,
    RunModule,
    environment,
    module_server,
    run,
    shared_lab,
)
from tests.integration.module_server import ModuleServer
from tests.servers import Lab

__all__ = ["module_server", "shared_lab"]

MakeScene = Callable[[], AbstractContextManager[Scene]]


@pytest.fixture(scope="session")
def sides(shared_lab: Lab) -> dict[str, Options]:
    """Connection options of both sides."""
    described = shared_lab.description
    source, destination = described["source"], described["destination"]
    old = {key: source[key] for key in ("auth_url", "username", "password")}
    keys = ("auth_url", "application_credential_id", "application_credential_secret")
    new = {key: destination[key] for key in keys}
    return {
        "source": {"auth_type": "v1password", "auth": old},
        "destination": {"auth": new, "region_name": destination["region_name"]},
    }


@pytest.fixture(scope="module")
def make_scene(
    shared_lab: Lab,
    module_server: ModuleServer,
    sides: dict[str, Options],
    tmp_path_factory: pytest.TempPathFactory,
) -> MakeScene:
    """Makes two empty containers, and what runs modules between them."""

    @contextlib.contextmanager
    def make() -> Iterator[Scene]:
        home = tmp_path_factory.mktemp("scene")
        container = f"damage-{uuid.uuid4().hex[:12]}"
        described = shared_lab.description
        with (
            contextlib.closing(Client(Account.source(described))) as old,
            contextlib.closing(Client(Account.destination(described))) as new,
        ):
            for client in (old, new):
                client.put_container(container)
            clients = {"source": old, "destination": new}
            yield Scene(container, shared_lab, clients, sides, runner(module_server, home), home)

    return make


def runner(server: ModuleServer, home: Path) -> RunModule:
    """What runs a module in a process of its own."""

    def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
        return server.run(name, arguments, environment(home), home, SECONDS)

    return partial(run, start, home)
