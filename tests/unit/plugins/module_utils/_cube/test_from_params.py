# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What CUBE's modules take for granted of a deployment: it is what the role documents."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.from_params import (
    storage_switch,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

CHECKOUT = Path(__file__).parents[5]
SPECS = CHECKOUT / "roles" / "cube_storage" / "meta" / "argument_specs.yml"
NEEDED: dict[str, dict[str, Any]] = {
    "compose": {"directory": "/"},
    "swarm": {"stack": "chris", "files": ["/docker-compose.yml"]},
    "systemd": {"units": ["chris.service"]},
    "commands": dict.fromkeys(("stop", "start", "running", "environment", "run"), "true"),
}


def documented(deployment: str) -> dict[str, Any]:
    """Return the role's defaults for a deployment."""
    options = yaml.safe_load(SPECS.read_text())["argument_specs"]["main"]["options"]
    described = options[f"cube_storage_{deployment}"]["options"]
    return {name: each["default"] for name, each in described.items() if "default" in each}


def replace_nothing(path: Path, content: bytes) -> None:
    raise AssertionError(path)


def made(deployment: str, env_files: Sequence[str] = ("/dev/null",), **settings: Any) -> Any:
    """Return what the modules make of a deployment of which only the needed is told, and these."""
    params = {
        "deployment": deployment,
        "settings": NEEDED[deployment] | settings,
        "env_files": env_files,
        "pfcon_env_files": [],
        "variables": {},
        "pfcon_variables": {},
        "names": [],
        "memory": None,
    }
    return storage_switch(params, replace_nothing, check_mode=True).deployment


@pytest.mark.parametrize("deployment", NEEDED)
def test_the_usual_services_are_the_documented_ones(deployment: str) -> None:
    default = documented(deployment)
    pfcon = default.get("pfcon_services", default.get("pfcon_units"))
    cube = default.get("services", NEEDED["systemd"]["units"])
    found = made(deployment)
    assert list(found.pfcon_services) == pfcon
    assert list(found.services) == [*cube, *pfcon]


@pytest.mark.parametrize("deployment", ["compose", "swarm"])
def test_the_usual_python_and_jobs_are_the_documented_ones(deployment: str) -> None:
    default = documented(deployment)
    found = made(deployment)
    assert found.python == default["python"]
    assert found.job_filters == default["jobs"]


def test_the_usual_programs_and_one_shot_services_are_the_documented_ones() -> None:
    compose, swarm = made("compose"), made("swarm")
    assert compose.argv == documented("compose")["command"]
    assert compose.one_shots == documented("compose")["one_shot_services"]
    assert swarm.docker == documented("swarm")["command"]


@pytest.mark.parametrize("deployment", ["compose", "swarm"])
def test_the_usual_service_of_the_database_is_the_documented_one(deployment: str) -> None:
    assert made(deployment).database_service == documented(deployment)["database_service"]
    assert "POSTGRES_DB" in made(deployment).database_command
    other = made(deployment, database_service="postgres", database="psql chris")
    assert (other.database_service, other.database_command) == ("postgres", "psql chris")


@pytest.mark.parametrize("deployment", ["systemd", "commands"])
def test_where_no_container_is_known_the_database_is_asked_as_told(deployment: str) -> None:
    assert made(deployment).database_command == ""
    assert made(deployment, database="psql chris").database_command == "psql chris"


@pytest.mark.parametrize("deployment", ["compose", "swarm", "commands"])
def test_no_pfcon_and_other_services_can_be_told(deployment: str) -> None:
    found = made(deployment, services=["cube"], pfcon_services=[])
    assert (list(found.services), list(found.pfcon_services)) == (["cube"], [])


@pytest.mark.parametrize("deployment", NEEDED)
def test_an_env_file_that_is_not_there_is_named_with_its_variable(deployment: str) -> None:
    with pytest.raises(MigrationError) as caught:
        made(deployment, ["/no/such.env"])
    assert str(caught.value) == (
        "cube_storage_env_files: /no/such.env does not exist. "
        "Name env files that the services read."
    )


def test_an_env_file_that_this_user_may_not_see_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(MigrationError) as caught:
        made("systemd", ["/root/secrets.env"])
    assert str(caught.value) == (
        "cube_storage_env_files: cannot look at /root/secrets.env: Permission denied. "
        "Run this as a user who may, for example with become."
    )
