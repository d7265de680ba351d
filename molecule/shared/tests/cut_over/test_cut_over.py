# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""After a cutover."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from testinfra.host import Host
from testinfra.utils.ansible_runner import AnsibleRunner

from tests.cube.deployment import Deployment
from tests.cube.verification import Verification
from tests.dataset.client import Client

INVENTORY = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / "molecule" / "shared" / "inventory"
HOSTS = AnsibleRunner(str(INVENTORY)).get_hosts("cube")
OWN = ("uploads/", "results/", "jobs/")

testinfra_hosts = [f"ansible://{name}" for name in HOSTS]


def test_there_is_a_cube() -> None:
    """Without a host all tests that take one would be left out, and nothing would fail."""
    assert HOSTS == ["localhost"]


def test_nothing_that_was_acknowledged_is_lost(verified: Verification) -> None:
    assert verified.files > 60
    assert verified.faults == set(), str(verified)


@pytest.mark.parametrize("service", ["server", "worker", "pfcon"])
def test_each_process_has_the_new_storage(cube: Deployment, backend: str, service: str) -> None:
    environment = cube.environment(service)
    container = {"s3": "S3_BUCKET_NAME", "swift": "SWIFT_CONTAINER_NAME"}[backend]
    assert environment["STORAGE_ENV"] == backend
    assert environment[container] == "cube-users"


def test_the_env_files_are_private(host: Host, cube: Deployment) -> None:
    for path in (cube.env_file, cube.pfcon_env_file):
        assert host.file(str(path)).mode == 0o600


def test_the_destination_remembers_it(new: Client) -> None:
    assert new.head("cube-users")["x-container-meta-migration-phase"] == "cut-over"


def test_the_application_writes_to_the_new_storage_only(old: Client, new: Client) -> None:
    before, after = names(old, "users"), names(new, "cube-users")
    assert {name for name in after - before if name.startswith(OWN)}
    left = {name for name in before if not name.startswith(OWN)}
    assert left
    assert left <= after


def names(client: Client, container: str) -> set[str]:
    return {entry["name"] for entry in client.listing(container)}
