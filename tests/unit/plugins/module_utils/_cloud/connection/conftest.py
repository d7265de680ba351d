# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An auth server, and a clock that only sleeping moves."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import (
    connection as connection_module,
)

from tests.unit.plugins.module_utils._cloud.connection.auth_server import AuthServer


@pytest.fixture
def server() -> Iterator[AuthServer]:
    with AuthServer().running() as running:
        assert isinstance(running, AuthServer)
        yield running


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which time.monotonic is ahead; sleeping makes them more."""
    ahead = [0.0]
    monotonic = time.monotonic

    class Time:
        @staticmethod
        def monotonic() -> float:
            return monotonic() + ahead[0]

        @staticmethod
        def sleep(seconds: float) -> None:
            ahead[0] += seconds

    monkeypatch.setattr(connection_module, "time", Time)
    return ahead
