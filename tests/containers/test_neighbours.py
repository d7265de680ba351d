# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A project whose old Swift is a container of it: who else is in that network, by which name."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    LocalCommandRunner,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose

from tests.containers.engine import IMAGE, Engine, mounts

SLEEP = ["/bin/sleep", "1000000"]


@pytest.fixture
def compose(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compose]:
    """CUBE, pfcon and the old Swift, running in one network."""
    base = {"image": IMAGE, "volumes": mounts(), "command": SLEEP, "stop_grace_period": "0s"}
    url = "http://swift_service:8080/auth/v1.0"
    services = {
        "chris": {**base, "environment": {"STORAGE_ENV": "swift", "SWIFT_AUTH_URL": url}},
        "pfcon": {**base, "networks": {"default": {"aliases": ["pfcon.remote"]}}},
        "swift": {**base, "networks": {"default": {"aliases": ["swift_service"]}}},
    }
    content = {
        "name": "neighbourhood",
        "services": services,
        "networks": {"default": {"internal": True}},
    }
    (tmp_path / "compose.yaml").write_text(json.dumps(content))
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    try:
        run(tmp_path, "up", "--detach", "--pull", "never")
        yield Compose(
            directory=tmp_path,
            configured_files=[],
            services=["chris", "pfcon"],
            pfcon_services=["pfcon"],
            one_shots=[],
            files={"chris": [], "pfcon": []},
            argv=["docker", "compose"],
            python="python3",
            job_filters=["name=chris-jid-"],
            runner=LocalCommandRunner(),
        )
    finally:
        run(tmp_path, "down", "--timeout", "1")


def run(folder: Path, *words: str) -> None:
    done = subprocess.run(
        ["docker", "compose", *words],
        cwd=folder,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_others_in_the_network_of_the_old_swift_are_told_and_pfcon_is_known_by_its_names(
    compose: Compose, engine: Engine
) -> None:
    volumes = [word for mount in mounts() for word in ("--volume", mount)]
    networks = {
        "backup": "neighbourhood_default",
        "chris-jid-7": "neighbourhood_default",
        "mail": "none",
    }
    try:
        for name, network in networks.items():
            engine.docker(
                *("run", "--detach", "--name", name, "--network", network),
                *(*volumes, IMAGE, *SLEEP),
            )
        assert compose.neighbours() == ["backup"]
        assert "backup" not in compose.unlisted_services()  # nothing in its environment tells of it
        names = compose.host_names("pfcon")
        assert {"pfcon", "pfcon.remote", "neighbourhood-pfcon-1"} <= names
        engine.docker("stop", "--time", "0", "neighbourhood-swift-1")
        assert compose.neighbours() == []
    finally:
        engine.docker("rm", "--force", *networks)
