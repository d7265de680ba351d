# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage on real processes that are stopped and started by commands."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cube import env_file, logins
from tests.cube.deployment import ROOT, Deployment
from tests.dataset.client import Client
from tests.integration.cube_role import CubeRole, s3_storage
from tests.servers import Lab

OBJECTS = 3
SERVICES = ["pfcon", "server", "worker"]


@pytest.fixture
def deployment(tmp_path: Path, lab: Lab, container: str, source_client: Client) -> Iterator[Any]:
    """The application on the old Swift, running."""
    made = Deployment(tmp_path / "cube")
    old = logins.old_swift(lab, container)
    source_client.put_container(container)
    made.make(old, logins.pfcon(old))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def new(lab: Lab, container: str, destination_client: Client) -> dict[str, str]:
    """The variables of the new storage, which has some objects."""
    destination_client.put_container(container)
    for number in range(OBJECTS):
        destination_client.put(container, f"object-{number}", b"bytes", {})
    return logins.s3(lab, container)


@pytest.fixture
def role(tmp_path: Path, lab: Lab, deployment: Deployment, new: dict[str, str]) -> CubeRole:
    program = [sys.executable, "-m", "tests.cube", "--state", str(deployment.state)]
    cube = f"cd {shlex.quote(str(ROOT))} && {shlex.join(program)}"
    return CubeRole(
        tmp_path,
        {
            "cube_storage_deployment": "commands",
            "cube_storage_commands": {
                "services": ["server", "worker"],
                "pfcon_services": ["pfcon"],
                "stop": f"{cube} stop",
                "start": f"{cube} start",
                "running": f"{cube} status | sed -n 's/ *running$//p'",
                "environment": f'{cube} environment --service "$SERVICE"',
                "run": f'{cube} run --service "$SERVICE" -- -',
            },
            "cube_storage_env_files": [str(deployment.env_file)],
            "cube_storage_pfcon_env_files": [str(deployment.pfcon_env_file)],
            "cube_storage_pfcon_op_image": "ghcr.io/fnndsc/pfconopjob-s3",
            **s3_storage(new),
            "cube_storage_container": new["S3_BUCKET_NAME"],
            "cube_storage_health_url": deployment.url,
            "cube_storage_health_timeout": 60,
        },
        secrets=[new["S3_SECRET_KEY"], new["S3_ACCESS_KEY"]],
    )


def test_to_the_new_storage_and_back(
    role: CubeRole, deployment: Deployment, new: dict[str, str]
) -> None:
    before = env_file.read(deployment.env_file)
    text = deployment.env_file.read_text()
    done = role.play("preflight", "inspect")
    assert (done.failed, done.changed) == (False, 0)
    assert done.status == {"running": SERVICES, "storage": "old"}

    done = role.play("stop", "stop", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": [], "storage": "old"}
    assert not any(deployment.status().values())

    done = role.play("main", "main", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": [], "storage": "new"}

    done = role.play("start", "inspect", cube_storage_expected_objects=OBJECTS)
    assert not done.failed
    assert done.status == {"running": SERVICES, "storage": "new"}
    assert deployment.environment("worker")["S3_BUCKET_NAME"] == new["S3_BUCKET_NAME"]
    assert deployment.environment("pfcon")["S3_REGION_NAME"] == new["S3_REGION"]

    with deployment.env_file.open("a") as file:
        file.write("ADDED_LATER=1\n")
    done = role.play("restore", "restore", "inspect")
    assert (done.failed, done.changed) == (False, 1)
    assert done.status == {"running": SERVICES, "storage": "mixed"}
    assert deployment.env_file.read_text() == f"{text}ADDED_LATER=1\n"

    done = role.play("stop", "start", "inspect", cube_storage_expect="old")
    assert not done.failed
    assert done.status == {"running": SERVICES, "storage": "old"}
    real = deployment.environment("server")
    assert {name: real.get(name) for name in before} == before


def test_check_mode_stops_and_writes_nothing(role: CubeRole, deployment: Deployment) -> None:
    text = deployment.env_file.read_text()
    done = role.play("preflight", "inspect", "stop", "main", "start", options=["--check"])
    assert (done.failed, done.changed) == (False, 2)
    assert "+S3_SECRET_KEY=(hidden, added)" in done.output
    assert all(deployment.status().values())
    assert deployment.env_file.read_text() == text
    assert not list(deployment.state.glob("*.bak"))


def test_a_container_with_too_few_objects_is_named(role: CubeRole, new: dict[str, str]) -> None:
    done = role.play("main", "stop", "start", cube_storage_expected_objects=1_000_000)
    assert re.search(r"which server uses, has \d+ objects, not 1000000", done.said)
    assert f"the container {new['S3_BUCKET_NAME']}" in done.said


def test_services_that_were_not_started_anew_are_named(role: CubeRole) -> None:
    commands = {**role.variables["cube_storage_commands"], "start": "true"}
    done = role.play("main", "start", cube_storage_commands=commands)
    assert "the environment of pfcon is not as configured: " in done.said
    assert "S3_BUCKET_NAME" in done.said


def test_services_that_do_not_stop_are_named(role: CubeRole) -> None:
    commands = {**role.variables["cube_storage_commands"], "stop": "true"}
    done = role.play("stop", cube_storage_commands=commands, cube_storage_stop_timeout=2)
    assert (
        "still running 2 seconds after they were told to stop: pfcon, server, worker" in done.said
    )


def test_what_would_fail_later_is_refused_at_first(role: CubeRole, deployment: Deployment) -> None:
    commands = {**role.variables["cube_storage_commands"], "running": "no-such-program"}
    assert (
        "cube_storage_commands.running: "
        in role.play("preflight", cube_storage_commands=commands).said
    )
    deployment.pfcon_env_file.unlink()
    assert f"{deployment.pfcon_env_file} does not exist" in role.play("preflight").said
    assert deployment.status()["server"]
