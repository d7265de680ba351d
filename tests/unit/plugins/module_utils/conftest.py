# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Fixtures of the engine's tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_switch import (
    Program,
    StorageSwitch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease_keeper import (
    LeaseKeeper,
)

from tests.unit.plugins.module_utils.fakes.deployed import NAMES, NEW, Deployed, Switch
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer


@pytest.fixture
def source() -> Iterator[ObjectServer]:
    with ObjectServer().running() as server:
        yield server


@pytest.fixture
def destination() -> Iterator[ObjectServer]:
    with ObjectServer().running() as server:
        yield server


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    path = tmp_path / "secrets.env"
    path.write_text("STORAGE_ENV=swift\nSWIFT_KEY=0ld\n")
    return Deployed(path)


@pytest.fixture
def switch(deployed: Deployed) -> Switch:
    def make(**changed: Any) -> StorageSwitch:
        options: dict[str, Any] = {
            "deployment": deployed,
            "cube": Program([deployed.path], NEW),
            "pfcon": Program([], {}),
            "names": NAMES,
            "remove_unused": False,
            "record_path": deployed.path.with_name("cube-storage.json"),
            "kept": 2,
            "write": lambda path, content: path.write_bytes(content),
            "check_mode": False,
        }
        return StorageSwitch(**{**options, **changed})

    return make


@pytest.fixture
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a lease look early whether its claim stands: the servers here note it at once."""
    defaults = LeaseKeeper.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "pause", 0.02)


@pytest.fixture
def in_time() -> Iterator[None]:
    """Let a test fail that does not end, such as one of a stream that nobody wakes."""

    def late(*_arguments: object) -> None:
        raise TimeoutError("the test does not end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(45)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
