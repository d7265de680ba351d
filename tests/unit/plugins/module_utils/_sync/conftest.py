# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two clouds for the runs between them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease_keeper import (
    LeaseKeeper,
)

from tests.unit.plugins.module_utils._sync.replications import INFO, Run
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds


@pytest.fixture(autouse=True)
def no_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lease is renewed while a test runs, which takes longer than usual on a busy machine."""
    monkeypatch.setitem(LeaseKeeper.__init__.__kwdefaults__, "renewal", 3600.0)


@pytest.fixture
def two_clouds(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> TwoClouds:
    return TwoClouds(source, destination, tmp_path)


@pytest.fixture
def run(two_clouds: TwoClouds) -> Run:
    two_clouds.connections[1].info = INFO
    return Run(two_clouds)
