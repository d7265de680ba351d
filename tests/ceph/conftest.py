# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Ceph beside the lab, whose Keystone it uses, and two containers to copy between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ceph.pair import LARGEST, PAGE, SEGMENTS, ToCeph
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
from tests.servers import Lab
from tests.servers.ceph import Ceph
from tests.servers.temporary import temporary_lab

__all__ = ["container", "module_server", "run_module", "source", "source_client"]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Servers of these tests' own: Ceph enters the catalog of their Keystone."""
    with temporary_lab() as running:
        yield running


@pytest.fixture(scope="session")
def ceph(lab: Lab) -> Iterator[Ceph]:
    """A gateway with low limits."""
    with Ceph(lab, max_object_size=LARGEST, max_segments=SEGMENTS, listing_limit=PAGE) as running:
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
