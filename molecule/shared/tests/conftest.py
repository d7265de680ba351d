# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application that is cut over, and both of its storages."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.cube.deployment import Deployment
from tests.cube.verification import Verification, verify
from tests.cube.writer import waiting
from tests.dataset.client import Account, Client
from tests.servers import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab(os.environ["SWIFT_MIGRATION_LAB"])


@pytest.fixture(scope="session")
def cube(lab: Lab) -> Deployment:
    return Deployment(lab.state.root.parent / "cube")


@pytest.fixture(scope="session")
def verified(cube: Deployment) -> Iterator[Verification]:
    """What comes of reading everything back; the writer waits meanwhile, and goes on afterwards."""
    with waiting(cube.state):
        yield verify(cube)


@pytest.fixture(scope="session")
def old(lab: Lab) -> Client:
    return Client(Account.source(lab.description))


@pytest.fixture(scope="session")
def new(lab: Lab) -> Client:
    return Client(Account.destination(lab.description))


@pytest.fixture(scope="session")
def backend() -> str:
    return os.environ["MOLECULE_SCENARIO_NAME"].removeprefix("cutover-")
