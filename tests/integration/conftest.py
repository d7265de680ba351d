# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The servers, and a way to run one module as Ansible runs it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.dataset.client import Account, Client
from tests.integration.faulty import Faulty, between
from tests.integration.module_server import PLUGINS, ModuleServer
from tests.integration.pair import Pair
from tests.integration.warm_python import WarmPython
from tests.servers import Lab
from tests.servers.postgres import Postgres
from tests.servers.postgres import running as postgresql
from tests.servers.temporary import common_lab, temporary_lab

ROOT = Path(__file__).parents[2]
PACKAGES_WITH_A_LAB = ("large_objects", "listings")
SECRETS = ("password", "application_credential_secret", "token")
OPENRC_SECRET = re.compile(
    r"^export OS_(?:PASSWORD|APPLICATION_CREDENTIAL_SECRET|TOKEN)=(.*)$", re.MULTILINE
)
SECONDS = 300
"""Within which a module ends."""

Options = dict[str, Any]
RunModule = Callable[..., dict[str, Any]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that need the same odd lab to one worker; begin with the longest tests."""
    for item in items:
        if item.get_closest_marker("own_lab"):
            item.add_marker(pytest.mark.xdist_group("own_lab"))
        elif item.path.parent.name in PACKAGES_WITH_A_LAB:
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))
    items.sort(key=lambda item: item.path.parent.name != "playbooks")


@pytest.fixture(scope="session")
def shared_lab() -> Iterator[Lab]:
    """The lab of SWIFT_MIGRATION_LAB, which other processes use as well, or one for this run."""
    with common_lab() as running:
        yield running


@pytest.fixture(scope="session")
def lone_lab() -> Iterator[Lab]:
    """A lab that one test at a time uses."""
    with temporary_lab() as running:
        yield running


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Lab:
    """Two Swifts and a Keystone.

    Others use them at the same time, unless the test is marked ``own_lab``: so must be whatever
    restarts a service or changes an account. An access log tells what others ask, too.
    """
    alone = request.node.get_closest_marker("own_lab") is not None
    running: Lab = request.getfixturevalue("lone_lab" if alone else "shared_lab")
    return running


@pytest.fixture
def source(lab: Lab) -> Options:
    """Connection options of the old Swift."""
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    return {"auth_type": "v1password", "auth": auth}


@pytest.fixture
def destination(lab: Lab) -> Options:
    """Connection options of the new Swift: an application credential's openrc."""
    return {"openrc": str(lab.openrc())}


@pytest.fixture
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


@pytest.fixture(scope="session")
def module_server() -> Iterator[ModuleServer]:
    """What forks the modules' processes."""
    with ModuleServer() as running:
        yield running


@pytest.fixture(scope="session")
def warm_python() -> Iterator[WarmPython]:
    """The interpreter of tests that run many modules which other tests run as users do."""
    with WarmPython() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for databases of CUBEs."""
    with postgresql() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The name of an empty database of this test's own."""
    name = f"chris{uuid.uuid4().hex[:8]}"
    postgres.make(name)
    return name


@pytest.fixture
def run_module(module_server: ModuleServer, tmp_path: Path) -> RunModule:
    """Run a module in a process of its own, its parameters on standard input, and give its result.

    ``run_module("swift_auth", {...}, check=True, diff=True)``
    """

    def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
        return module_server.run(name, arguments, environment(tmp_path), tmp_path, SECONDS)

    return partial(run, start, tmp_path)


@pytest.fixture
def run_module_process(tmp_path: Path) -> RunModule:
    """The same with a new interpreter, as Ansible starts it."""

    def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", f"{PLUGINS}.modules.{name}"],
            input=arguments,
            env=environment(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return partial(run, start, tmp_path)


def environment(home: Path) -> dict[str, str]:
    """The environment of a module's process."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT / ".collections"),
    }


def run(
    start: Callable[[str, str], subprocess.CompletedProcess[str]],
    tmp_path: Path,
    name: str,
    params: Options,
    *,
    check: bool = False,
    diff: bool = False,
) -> dict[str, Any]:
    """Start a module, require that it tells no secret, and give its result."""
    internal = {
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_remote_tmp": str(tmp_path),
    }
    ran = start(name, json.dumps({"ANSIBLE_MODULE_ARGS": {**params, **internal}}))
    assert "Traceback" not in ran.stderr, ran.stderr
    for secret in secrets(params):
        assert secret not in ran.stdout + ran.stderr
    result: dict[str, Any] = json.loads(ran.stdout)
    assert bool(result.get("failed")) == (ran.returncode != 0)
    return result


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
    """Yield every secret among a module's parameters, at whatever depth, and in openrc files."""
    for key, value in params.items():
        if isinstance(value, dict):
            yield from secrets(value)
        elif key in SECRETS and isinstance(value, str) and value:
            yield value
        elif key == "openrc" and Path(value).is_file():
            for found in OPENRC_SECRET.finditer(Path(value).read_text()):
                yield from (secret for secret in shlex.split(found[1]) if secret[:1] != "$")
