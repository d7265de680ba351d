# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Both clusters as python-swiftclient sees them, after two runs of the playbook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from testinfra.host import Host
from testinfra.utils.ansible_runner import AnsibleRunner

from tests.dataset import dataset
from tests.dataset.client import Account, Client
from tests.dataset.verify import Side, verify

OBJECTS = 200
CHECKOUT = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"])
LAB = Path(os.environ["SWIFT_MIGRATION_LAB"])
MOVERS = AnsibleRunner(str(CHECKOUT / "inventories" / "demo")).get_hosts("movers")

testinfra_hosts = [f"ansible://{name}" for name in MOVERS]


@pytest.fixture(scope="module")
def lab() -> dict[str, Any]:
    """What the servers say about themselves."""
    described: dict[str, Any] = json.loads((LAB / "creds" / "lab.json").read_text())
    return described


def test_there_is_a_mover() -> None:
    """Without a host all tests that take one would be left out, and nothing would fail."""
    assert MOVERS == ["localhost"]


def test_every_object_is_the_same_on_both_sides(lab: dict[str, Any]) -> None:
    compared = verify(
        Side(Account.source(lab), "users"), Side(Account.destination(lab), "cube-users")
    )
    assert compared.objects == OBJECTS == sum(1 for _object in dataset(1, OBJECTS))
    assert compared.bytes > 0
    assert compared.gone == 0
    assert compared.differences == []


def test_the_destination_is_private_and_knows_its_source(lab: dict[str, Any]) -> None:
    headers = Client(Account.destination(lab)).head("cube-users")
    assert "x-container-read" not in headers
    assert headers["x-container-meta-migration-phase"] == "copying"
    assert headers["x-container-meta-migration-source"].startswith("AUTH_chris/users@")


def test_the_mover_has_the_pinned_libraries(host: Host) -> None:
    pins = (CHECKOUT / "requirements" / "constraints.txt").read_text()
    installed = host.pip.get_packages(pip_path=str(LAB.parent / "venv" / "bin" / "pip"))
    for package in ("keystoneauth1", "openstacksdk", "pycurl", "python-swiftclient"):
        assert f"\n{package}=={installed[package]['version']}\n" in pins
