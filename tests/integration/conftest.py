# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The servers, and a way to run one module as Ansible runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dataset.client import Account, Client
from tests.integration.faulty import Faulty, between
from tests.integration.pair import Pair
from tests.servers import Lab

ROOT = Path(__file__).parents[2]
PLUGINS = "ansible_collections.fnndsc.swift_migration.plugins"
SECRETS = ("password", "application_credential_secret", "token")

Options = dict[str, Any]
RunModule = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Two Swifts and a Keystone: those of SWIFT_MIGRATION_LAB if set, or new ones for this run."""
    named = os.environ.get("SWIFT_MIGRATION_LAB")
    if named:
        running = Lab(named)
        running.up()
        yield running
        return
    labs = ROOT / ".cache" / "labs"
    labs.mkdir(parents=True, exist_ok=True)
    for left in labs.iterdir():  # by a run that was killed
        if time.time() - left.stat().st_mtime > 3600 and not Lab(left).running():
            Lab(left).destroy()
    new = Lab(labs / uuid.uuid4().hex[:8])
    try:
        with new:
            yield new
    finally:
        new.destroy()


@pytest.fixture(scope="session")
def source(lab: Lab) -> Options:
    """Connection options of the old Swift."""
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    return {"auth_type": "v1password", "auth": auth}


@pytest.fixture(scope="session")
def destination(lab: Lab) -> Options:
    """Connection options of the new Swift: an application credential's openrc."""
    return {"openrc": str(lab.openrc())}


@pytest.fixture(scope="session")
def application_credential(lab: Lab) -> Options:
    """Connection options of the new Swift, spelled out."""
    login = lab.description["destination"]
    keys = ("auth_url", "application_credential_id", "application_credential_secret")
    return {"auth": {key: login[key] for key in keys}, "region_name": login["region_name"]}


@pytest.fixture
def source_client(lab: Lab) -> Iterator[Client]:
    """python-swiftclient at the old Swift."""
    client = Client(Account.source(lab.description))
    yield client
    client.close()


@pytest.fixture
def destination_client(lab: Lab) -> Iterator[Client]:
    """python-swiftclient at the new Swift."""
    client = Client(Account.destination(lab.description))
    yield client
    client.close()


@pytest.fixture
def container() -> str:
    """A name that no other container has."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def run_module(tmp_path: Path) -> RunModule:
    """Run a module in a process of its own, its parameters on standard input, and give its result.

    ``run_module("swift_auth", {...}, check=True, diff=True)``
    """

    def run(
        name: str, params: Options, *, check: bool = False, diff: bool = False
    ) -> dict[str, Any]:
        internal = {
            "_ansible_check_mode": check,
            "_ansible_diff": diff,
            "_ansible_remote_tmp": str(tmp_path),
        }
        ran = subprocess.run(
            [sys.executable, "-m", f"{PLUGINS}.modules.{name}"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": {**params, **internal}}),
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "TMPDIR": str(tmp_path),
                "LC_ALL": "C.UTF-8",
                "PYTHONPATH": str(ROOT / ".collections"),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        for secret in secrets(params):
            assert secret not in ran.stdout + ran.stderr
        result: dict[str, Any] = json.loads(ran.stdout)
        assert bool(result.get("failed")) == (ran.returncode != 0)
        return result

    return run


@pytest.fixture
def pair(
    lab: Lab,
    container: str,
    source: Options,
    destination: Options,
    source_client: Client,
    destination_client: Client,
    run_module: RunModule,
    tmp_path: Path,
) -> Pair:
    """Two empty containers, and a way to run swift_sync between them."""
    source_client.put_container(container)
    destination_client.put_container(container)

    def sync(*, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        params = {
            "source": {**source, "container": container},
            "destination": {**destination, "container": container},
            "state_dir": str(tmp_path / "state"),
            **options,
        }
        return run_module("swift_sync", params, check=check, diff=diff)

    return Pair(container, lab, source_client, destination_client, sync)


@pytest.fixture
def faulty(pair: Pair, application_credential: Options) -> Iterator[Faulty]:
    """The pair, with proxies between that inject the faults which a test scripts."""
    with between(pair, application_credential) as made:
        yield made


def secrets(params: Options) -> Iterator[str]:
    """Yield every secret among a module's parameters, at whatever depth."""
    for key, value in params.items():
        if isinstance(value, dict):
            yield from secrets(value)
        elif key in SECRETS and isinstance(value, str) and value:
            yield value
