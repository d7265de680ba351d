# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two clouds to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds


@pytest.fixture
def two_clouds(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> TwoClouds:
    return TwoClouds(source, destination, tmp_path)
