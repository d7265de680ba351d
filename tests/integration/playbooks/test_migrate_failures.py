# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What stands in the way is told in one line, before the first object is copied."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from tests.dataset.client import Account, Client
from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import (
    Controller,
    Run,
    objects_in,
    source_login,
)
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

WRONG = "wrong"

FAILURES: dict[str, tuple[Callable[[Lab], dict[str, Any]], str, str]] = {
    "a module refuses": (
        lambda lab: {"swift_migration_source": source_login(lab, password=WRONG)},
        "auth.password",
        "Check username and password",
    ),
    "a lookup refuses": (
        lambda lab: {
            "swift_migration_destination": "{{ lookup('fnndsc.swift_migration.openrc',"
            " '/etc/hostname') }}"
        },
        "/etc/hostname",
        "Download openrc file",
    ),
    "a role refuses": (
        lambda lab: {},
        "nerc_container_quota_bytes",
        "or to 0 for no limit",
    ),
}
"""What the variables are, the option that the error names, and the remedy."""


@pytest.mark.parametrize("who", FAILURES)
def test_each_failure_is_one_clear_error_before_the_first_object(
    who: str,
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    destination_client: Client,
) -> None:
    variables, option, remedy = FAILURES[who]
    fill(20)
    new = f"{container}-new"
    destination_client.put_container(new)
    destination_client.post(new, "", {"X-Container-Meta-Quota-Bytes": "100"})
    log = lab.access_log("destination")
    mark = log.mark()
    refused(controller.run(**variables(lab)), option, remedy)
    asked = log.requests(mark, new)
    assert [request for request in asked if request.method not in ("GET", "HEAD")] == []
    assert objects_in(destination_client, new) == 0


@pytest.mark.own_lab
def test_data_larger_than_the_quota_of_the_account_is_refused_with_where_to_ask(
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    small_account: int,
    destination_client: Client,
) -> None:
    uploaded = fill(60)
    assert uploaded.bytes > small_account
    refused(controller.run(), "nerc_container_destination", "Request Change")
    assert objects_in(destination_client, f"{container}-new") == 0


@pytest.fixture
def small_account(lab: Lab) -> Iterator[int]:
    """The destination's account with a small quota, in bytes."""
    login = openrc(lab.openrc("admin"))
    session = Session(
        Password(
            login["OS_AUTH_URL"],
            username=login["OS_USERNAME"],
            password=login["OS_PASSWORD"],
            project_name=login["OS_PROJECT_NAME"],
            user_domain_id="default",
            project_domain_id="default",
        )
    )
    account = Client(Account(lab.description["storage_url"], str(session.get_token())))
    account.post("", "", {"X-Account-Meta-Quota-Bytes": "5000"})
    yield 5000
    account.post("", "", {"X-Remove-Account-Meta-Quota-Bytes": "x"})
    account.close()


def refused(run: Run, option: str, remedy: str) -> None:
    """Require that a run has failed with one error which names the option and the remedy."""
    assert run.status != 0, run.output
    assert len(run.errors) == 1, run.output
    assert option in run.errors[0]
    assert remedy in run.errors[0]
    assert "\n" not in run.errors[0]
    assert "Traceback" not in run.output


def openrc(path: Path) -> dict[str, str]:
    """Return the variables of a plain openrc."""
    pairs = re.findall(r"^export (\w+)=(.*)$", path.read_text(), re.MULTILINE)
    return {name: value.strip('"') for name, value in pairs}


def test_a_variable_that_nothing_reads_is_told_with_the_one_that_was_meant(
    controller: Controller,
) -> None:
    misspelt = {"swift_migration_cutovr": True, "cube_storage_env_file": ["/srv/cube.env"]}
    run = controller.given(misspelt).run()
    assert run.status != 0
    assert run.errors == [
        "Nothing reads the variable cube_storage_env_file; cube_storage_env_files is like it. "
        "Nothing reads the variable swift_migration_cutovr; swift_migration_cutover is like it. "
        "docs/variables.md has them all."
    ]


def test_a_variable_that_must_be_set_is_named(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("movers: {hosts: {dmz: {migrate_data_source: {}, swift_migration_x: 1}}}")
    run = Controller(tmp_path / "alone", {}).run(inventory=inventory)
    assert run.status != 0
    assert run.errors == [
        "Nothing reads the variable swift_migration_x. docs/variables.md has them all. "
        "swift_migration_source and swift_migration_destination and "
        "swift_migration_destination_container must be set; docs/variables.md tells what to."
    ]


LACKING = {
    "migrate": "swift_migration_cutover=true",
    "cutover": "swift_migration_cutover=true",
    "verify": "swift_migration_catalogue=database",
    "rollback": "",
    "rehearse": "",
    "limits": "swift_migration_cutover=true",
}
"""The playbooks that name what an option lacks, with what makes them read those of CUBE."""


@pytest.mark.parametrize("playbook", LACKING)
def test_a_variable_that_the_value_of_another_lacks_is_named(playbook: str, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    login = {"auth_type": "v1password", "auth": {"password": "{{ vault_key }}"}}
    variables = {
        "swift_migration_source": login,
        "swift_migration_destination": {},
        "swift_migration_destination_container": "new",
    }
    cube = {"cube_storage_s3": {"access_key": "{{ vault_s3 }}"}, "vault_key": "of CUBE's host only"}
    hosts = {"movers": {"hosts": {"dmz": variables}}, "cube": {"hosts": {"prod": cube}}}
    inventory.write_text(json.dumps({"all": {"children": hosts}}))
    controller = Controller(tmp_path / "alone", {})
    run = controller.run(
        f"--extra-vars={LACKING[playbook]}",
        playbook=f"playbooks/{playbook}.yml",
        inventory=inventory,
    )
    assert run.status != 0
    assert run.errors == [
        "swift_migration_source refers to vault_key, which is not set. "
        "cube_storage_s3 refers to vault_s3, which is not set. "
        "Set that in the inventory, such as in group_vars/all/vault.yml."
    ]


def test_what_an_earlier_playbook_of_the_same_command_has_set_is_no_option(
    controller: Controller, fill: Callable[[int], Uploaded]
) -> None:
    fill(3)
    run = controller.run("playbooks/migrate.yml", "playbooks/verify.yml")
    assert run.status == 0, run.output
