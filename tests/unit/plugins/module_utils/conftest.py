# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Fixtures of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.plugins.module_utils.object_server import ObjectServer


@pytest.fixture
def source() -> Iterator[ObjectServer]:
    with ObjectServer().running() as server:
        yield server


@pytest.fixture
def destination() -> Iterator[ObjectServer]:
    with ObjectServer().running() as server:
        yield server
