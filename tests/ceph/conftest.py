# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Ceph beside the lab, whose Keystone it uses, and two containers to copy between."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.ceph.pair import LARGEST, PAGE, SEGMENTS, SILENCE, ToCeph
from tests.ceph.pool import Pool
from tests.damage.conftest import runner
from tests.damage.scene import Scene
from tests.dataset.client import Account, Client
from tests.integration.conftest import (
    Options,
    RunModule,
    container,
    module_server,
    run_module,
    source,
    source_client,
)
from tests.integration.module_server import ModuleServer
from tests.servers import Lab
from tests.servers.ceph import Ceph
from tests.servers.ceph_installation import CephInstallation
from tests.servers.fault_proxy import FaultProxy
from tests.servers.newer_ceph_installation import NewerCephInstallation
from tests.servers.temporary import temporary_lab

NEWER = "--newer-ceph"

MakeScene = Callable[..., AbstractContextManager[Scene]]

__all__ = ["container", "module_server", "run_module", "source", "source_client"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(NEWER, action="store_true", help="take Ceph 18 instead of the host's release")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: Ceph enters the catalog of their Keystone."""
    with temporary_lab() as running:
        yield running


@pytest.fixture(scope="session")
def is_newer_ceph(pytestconfig: pytest.Config) -> bool:
    """Whether it is Ceph 18."""
    return bool(pytestconfig.getoption(NEWER))


@pytest.fixture(scope="session")
def tokens_checked(lab: Lab) -> Iterator[FaultProxy]:
    """The way on which the gateway reaches Keystone; clients have another one."""
    with FaultProxy(lab.description["ports"]["keystone"]) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def ceph(lab: Lab, tokens_checked: FaultProxy, is_newer_ceph: bool) -> Iterator[Ceph]:
    """A gateway with low limits."""
    with Ceph(
        lab,
        max_object_size=LARGEST,
        max_segments=SEGMENTS,
        listing_limit=PAGE,
        silence=SILENCE,
        keystone_url=tokens_checked.url,
        installation=NewerCephInstallation() if is_newer_ceph else CephInstallation(),
    ) as running:
        yield running


@pytest.fixture
def gateway(ceph: Ceph) -> Options:
    """Connection options of Ceph."""
    login = ceph.description["destination"]
    keys = ("auth_url", "application_credential_id", "application_credential_secret")
    return {"auth": {key: login[key] for key in keys}, "region_name": login["region_name"]}


@pytest.fixture
def pair(
    ceph: Ceph,
    container: str,
    source: Options,
    source_client: Client,
    gateway: Options,
    run_module: RunModule,
    tmp_path: Path,
) -> Iterator[ToCeph]:
    """A container of the Swift and its namesake in Ceph."""
    client = Client(Account.destination(ceph.description))
    source_client.put_container(container)
    client.put_container(container)

    def sync(**options: Any) -> dict[str, Any]:
        params = {
            "source": {**source, "container": container},
            "destination": {**gateway, "container": container},
            "state_dir": str(tmp_path / "state"),
            **options,
        }
        return run_module("swift_sync", params)

    yield ToCeph(container, ceph, source_client, client, sync)
    client.close()


@pytest.fixture(scope="module")
def pool(ceph: Ceph, tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """Where the gateway keeps the bytes of objects."""
    return Pool(ceph, tmp_path_factory.mktemp("pool"))


@pytest.fixture(scope="module")
def make_scene(
    ceph: Ceph, module_server: ModuleServer, tmp_path_factory: pytest.TempPathFactory
) -> MakeScene:
    """Makes a container of the Swift and its namesake in Ceph, and what runs modules between them.

    Its parameter ``into_ceph`` tells which of the two is the source.
    """

    @contextlib.contextmanager
    def make(*, into_ceph: bool) -> Iterator[Scene]:
        home = tmp_path_factory.mktemp("scene")
        container = f"damage-{uuid.uuid4().hex[:12]}"
        described = ceph.description
        swift, gateway = described["source"], described["destination"]
        login = {key: swift[key] for key in ("auth_url", "username", "password")}
        keys = ("auth_url", "application_credential_id", "application_credential_secret")
        credential = {key: gateway[key] for key in keys}
        options = [
            {"auth_type": "v1password", "auth": login},
            {"auth": credential, "region_name": gateway["region_name"]},
        ]
        with (
            contextlib.closing(Client(Account.source(described))) as old,
            contextlib.closing(Client(Account.destination(described))) as new,
        ):
            clients = [old, new]
            for client in clients:
                client.put_container(container)
            if not into_ceph:
                options.reverse()
                clients.reverse()
            sides = ("source", "destination")
            yield Scene(
                container,
                ceph.lab,
                dict(zip(sides, clients, strict=True)),
                dict(zip(sides, options, strict=True)),
                runner(module_server, home),
                home,
                logged=(),
            )

    return make
