# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role swift_v1_gateway as a service of Docker Compose: built, run, and used by a v1 client."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from swiftclient.client import Connection
from swiftclient.exceptions import ClientException

from tests.containers import python_image
from tests.containers.engine import Engine
from tests.integration.gateway import free_port
from tests.integration.played_role import PlayedRole
from tests.servers import Lab

SERVICE = "swift-v1-gateway"
FOLDER = "/opt/swift_v1_gateway"  # as the role has it by default
OWN_OPT = f"""
for each in /opt/*/; do
    [ $each = {FOLDER}/ ] && continue
    mkdir -p $0/${{each#/opt/}} && mount --rbind $each $0/${{each#/opt/}} || exit
done
mount --rbind $0 /opt && exec "$@"
"""
"""Runs a command that sees a folder as /opt, with what else the host has there."""

Compose = Callable[..., str]


@pytest.fixture
def base(engine: Engine, wheels: Path) -> str:
    """An image of Python, with what the gateway needs from PyPI."""
    python_image.make(engine, wheels)
    return python_image.IMAGE


@pytest.fixture
def opt(tmp_path: Path) -> Path:
    """What the role and Compose see as /opt."""
    folder = tmp_path / "opt"
    folder.mkdir()
    return folder


def seeing(opt: Path) -> list[str]:
    """The begin of a command that sees the folder as /opt; nobody else does."""
    return ["unshare", "--mount", "sh", "-c", OWN_OPT, str(opt)]


@pytest.fixture
def host(lab: Lab, base: str, tmp_path: Path, opt: Path) -> PlayedRole:
    login = lab.description["destination"]
    return PlayedRole(
        tmp_path / "home",
        "swift_v1_gateway",
        within=seeing(opt),
        swift_v1_gateway_service="compose",
        swift_v1_gateway_keystone_url=login["auth_url"],
        swift_v1_gateway_region_name=login["region_name"],
        swift_v1_gateway_listen=f"127.0.0.1:{free_port()}",
        swift_v1_gateway_image=base,
        swift_v1_gateway_pip_extra_args=["--no-index", f"--find-links={python_image.WHEELS}"],
    )


@pytest.fixture
def compose(engine: Engine, host: PlayedRole, tmp_path: Path, opt: Path) -> Iterator[Compose]:
    """Docker Compose with a file of the user's own and the role's, as the role tells it.

    The user's gives the service the host's network, for the engine has no other.
    """
    network = {"build": {"network": "none"}, "network_mode": "host"}
    own = tmp_path / "docker-compose.yml"
    own.write_text(json.dumps({"services": {SERVICE: network}}))
    files = ["--file", str(own), "--file", f"{FOLDER}/compose.yml"]

    def run(*words: str) -> str:
        done = subprocess.run(
            [*seeing(opt), "docker", "compose", *files, *words],
            env=os.environ | engine.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    yield run
    if (opt / "swift_v1_gateway" / "compose.yml").exists():
        run("down", "--timeout", "1")


def test_the_image_is_built_and_its_locked_down_container_serves(
    engine: Engine, host: PlayedRole, compose: Compose, lab: Lab, opt: Path
) -> None:
    done = host.succeed("written", "again")
    assert done.changed["written"] > 0
    assert done.changed["again"] == 0
    assert f"--file {FOLDER}/compose.yml" in done.told["written"]
    up = ("up", "--detach", "--build", "--wait", SERVICE)
    compose(*up)
    identifier = compose("ps", "--quiet", SERVICE)
    state = json.loads(engine.docker("inspect", identifier))[0]
    assert state["State"]["Health"]["Status"] == "healthy"

    login = lab.description["destination"]
    user, key = login["application_credential_id"], login["application_credential_secret"]
    url = f"http://{host.variables['swift_v1_gateway_listen']}/auth/v1.0"
    assert "x-account-object-count" in Connection(url, user, key, retries=0).get_account()[0]
    with pytest.raises(ClientException) as refused:
        Connection(url, user, "wrong", retries=0).get_auth()
    assert refused.value.http_status == 401

    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{state['State']['Pid']}/status").read_text().splitlines()
    )
    assert (status["CapEff"], status["CapBnd"]) == ("0" * 16, "0" * 16)
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert set(status["Uid"].split()) == {"65534"}
    write = ["exec", identifier, "python", "-c", "open('/gateway/new', 'w')"]
    told = subprocess.run(
        ["docker", *write], env=os.environ | engine.environment, capture_output=True, check=False
    )
    assert b"Read-only file system" in told.stderr
    logs = compose("logs", SERVICE)
    assert f"asks {login['auth_url']}" in logs
    assert key not in logs

    compose(*up)
    assert compose("ps", "--quiet", SERVICE) == identifier
    compose("down", "--timeout", "1")
    assert host.succeed("removed", swift_v1_gateway_state="absent").changed["removed"] > 0
    assert not (opt / "swift_v1_gateway").exists()
