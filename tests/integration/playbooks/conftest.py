# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A controller, a source filled for it, and what came of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cube import logins
from tests.cube.deployment import Deployment
from tests.dataset import dataset
from tests.dataset.client import Account, Client
from tests.dataset.upload import Uploaded, Uploader
from tests.dataset.verify import Side, Verification, verify
from tests.integration.pair import AGE
from tests.integration.playbooks.controller import Controller, destination_login
from tests.integration.playbooks.cutover import Cutover, variables, write_inventory
from tests.integration.warm_python import WarmPython
from tests.servers import Lab
from tests.servers.configuration import Secrets
from tests.servers.keystone import Keystone
from tests.servers.seeding import PROJECT

TOKENS = rb"AUTH_tk[0-9a-f]{32}|(?<![\w+/-])gAAAAA[\w-]{60,}"


ODD = "Pw1kq\\Pw2kq'Pw3kq\"Pw4kq\tPw5kq  Pw6kqü"
"""However a program writes it, the pattern of secrets finds a part of it."""


@pytest.fixture
def controller(lab: Lab, container: str, tmp_path: Path) -> Controller:
    """A controller that migrates one container of this test's own."""
    home = tmp_path / "home"
    variables = {
        "swift_migration_source_container": container,
        "swift_migration_destination_container": f"{container}-new",
        "migrate_data_state_dir": str(home / "state"),
        "migrate_data_report": str(home / "report.json"),
        "migrate_data_proof": str(home / "proof.json"),
        "swift_migration_preflight_report": str(home / "preflight.json"),
    }
    # The roles see to pipelining where secrets are given; a user's ansible.cfg seldom does.
    return Controller(
        home, variables, SWIFT_MIGRATION_LAB=str(lab.state.root), ANSIBLE_PIPELINING="False"
    )


@pytest.fixture
def warm_modules(controller: Controller, warm_python: WarmPython) -> None:
    """Let the controller use a warm interpreter; other tests run the same modules as users do."""
    controller.warmed(warm_python)


@pytest.fixture
def no_catalogue(controller: Controller) -> None:
    """Do not ask for the application's files, as test_cutover and test_catalogue do."""
    controller.given({"swift_migration_catalogue": False})


@pytest.fixture
def fill(lab: Lab, container: str) -> Callable[[int], Uploaded]:
    """Fill the source container with the data set, dated back: a copy is younger beyond doubt."""

    def upload(objects: int) -> Uploaded:
        uploader = Uploader(Account.source(lab.description), container, AGE)
        return uploader.run(dataset(1, objects, 0.02, container))

    return upload


@pytest.fixture
def compare(lab: Lab, container: str) -> Callable[[], Verification]:
    """Read every object from both sides, without this project's engine."""

    def read() -> Verification:
        return verify(
            Side(Account.source(lab.description), container),
            Side(Account.destination(lab.description), f"{container}-new"),
        )

    return read


@pytest.fixture
def secrets(lab: Lab) -> re.Pattern[bytes]:
    """Every secret that the playbook is given, and whatever looks like a token."""
    described = lab.description
    secret = re.escape(described["destination"]["application_credential_secret"].encode())
    # The source's key is an English word: only where it stands as a value.
    key = rb"(?:[\"'=]|: )%s(?=[\"'\s,}])" % described["source"]["password"].encode()
    return re.compile(rb"|".join((secret, key, rb"Pw[1-6]kq", TOKENS)))


@pytest.fixture
def odd_login(lab: Lab) -> Iterator[dict[str, Any]]:
    """A login at the destination whose secret no program writes as it is."""
    login = lab.description["destination"]
    password = Secrets.of(lab.state).user_password
    keystone = Keystone(login["auth_url"], "chris", password, PROJECT)
    path = f"/users/{keystone.user_id}/application_credentials"
    wanted = {"name": uuid.uuid4().hex, "secret": ODD}
    made = keystone.post(path, {"application_credential": wanted})["application_credential"]
    assert made["secret"] == ODD
    parts = {"application_credential_id": made["id"], "application_credential_secret": ODD}
    yield {**destination_login(lab, **parts), "region_name": login["region_name"]}
    keystone.delete(f"{path}/{made['id']}")


@pytest.fixture
def cutover(
    lab: Lab,
    container: str,
    controller: Controller,
    warm_python: WarmPython,
    source_client: Client,
    destination_client: Client,
    tmp_path: Path,
) -> Iterator[Cutover]:
    """An application on the old Swift, with some files, and all that it takes to move it."""
    deployment = Deployment(tmp_path / "cube")
    deployment.make(logins.old_swift(lab, container))
    made = Cutover(
        deployment,
        controller.warmed(warm_python).given(variables(lab, deployment, f"{container}-new")),
        write_inventory(tmp_path / "inventory"),
        container,
        source_client,
        destination_client,
    )
    deployment.start()
    try:
        yield made
    finally:
        deployment.stop()
