# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""After the way back."""

from __future__ import annotations

import pytest

from tests.cube.deployment import Deployment
from tests.cube.verification import Verification
from tests.dataset.client import Client

testinfra_hosts = ["local://"]


def test_nothing_that_was_acknowledged_is_lost(verified: Verification) -> None:
    assert verified.files > 60
    assert verified.faults == set(), str(verified)


@pytest.mark.parametrize("service", ["server", "worker", "pfcon"])
def test_each_process_has_the_old_storage(cube: Deployment, service: str) -> None:
    environment = cube.environment(service)
    assert environment["STORAGE_ENV"] == "swift"
    assert environment["SWIFT_CONTAINER_NAME"] == "users"


def test_the_destination_remembers_it(new: Client) -> None:
    assert new.head("cube-users")["x-container-meta-migration-phase"] == "rolled-back"
