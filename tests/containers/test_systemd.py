# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage on units of a real systemd."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.conftest import OBJECTS
from tests.containers.engine import Engine
from tests.containers.machine import CUBE_UNITS, PFCON_UNITS, Machine
from tests.cube import logins
from tests.integration.cube_role import CubeRole, Step

UNITS = sorted([*CUBE_UNITS, *PFCON_UNITS])


@pytest.fixture
def machine(engine: Engine, tmp_path: Path, old: dict[str, str]) -> Iterator[Machine]:
    """The application on the old storage, running."""
    made = Machine(engine, tmp_path / "cube", old, logins.pfcon(old))
    try:
        yield made
    finally:
        made.destroy()


@pytest.fixture
def role(
    tmp_path: Path,
    machine: Machine,
    storage: dict[str, Any],
    old: dict[str, str],
    new: dict[str, str],
) -> CubeRole:
    """The role, played on that machine."""
    variables = {
        **storage,
        "cube_storage_deployment": "systemd",
        "cube_storage_systemd": {"units": CUBE_UNITS, "pfcon_units": PFCON_UNITS},
        "cube_storage_env_files": [str(machine.env_file)],
        "cube_storage_pfcon_env_files": [str(machine.pfcon_env_file)],
        "cube_storage_health_url": machine.url,
    }
    secrets = [new["S3_SECRET_KEY"], new["S3_ACCESS_KEY"], old["SWIFT_KEY"]]
    docker = ["env", *(f"{k}={v}" for k, v in machine.engine.environment.items()), "docker"]
    return CubeRole(tmp_path, variables, secrets, {}, [*docker, "exec", machine.id])


def test_to_the_new_storage_and_back_with_restarts_of_the_host_in_between(
    role: CubeRole, machine: Machine, old: dict[str, str], new: dict[str, str]
) -> None:
    text = machine.env_file.read_text()
    assert machine.active() == UNITS
    done = role.play("preflight", "inspect", "stop", "stop")
    assert not done.failed
    assert done.changed == [0, 0, 1, 0]
    assert done.statuses == [{"running": UNITS, "storage": "old"}]
    assert machine.active() == []
    machine.reboot()
    assert machine.active() == []
    machine.systemctl("start", "chris.service")
    assert machine.active() == []

    expected = Step("start", {"cube_storage_expected_objects": OBJECTS})
    done = role.play("main", "main", "inspect", expected, "start", "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 0, 0]
    assert done.statuses == [
        {"running": [], "storage": "new"},
        {"running": UNITS, "storage": "new"},
    ]
    for unit in CUBE_UNITS:
        real = machine.environment(unit)
        assert {name: real.get(name) for name in new} == new
    assert machine.environment("pfcon.service")["S3_REGION_NAME"] == new["S3_REGION"]

    back = Step("start", {"cube_storage_expect": "old"})
    done = role.play("restore", "restore", "inspect", back, "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 0]
    assert done.statuses == [
        {"running": UNITS, "storage": "mixed"},
        {"running": UNITS, "storage": "old"},
    ]
    assert machine.env_file.read_text() == text
    machine.reboot()
    assert machine.active() == UNITS
    real = machine.environment("chris.service")
    assert {name: real.get(name) for name in old} == old
