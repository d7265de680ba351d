# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_container_info against the real servers."""

from __future__ import annotations

import re

import pytest

from tests.dataset.client import Account, Client
from tests.integration.conftest import Options, RunModule
from tests.servers import Lab


@pytest.fixture
def filled(destination_client: Client, container: str) -> str:
    """A container of the new Swift with two objects and settings."""
    headers = {
        "X-Container-Read": ".r:*",
        "X-Container-Meta-Quota-Bytes": "1000",
        "X-Container-Meta-Owner": "CUBE",
    }
    destination_client._call("PUT", container, headers=headers)
    destination_client.put(container, "one", b"1")
    destination_client.put(container, "two", b"22")
    return container


def test_tells_several_containers_in_order(
    run_module: RunModule, destination: Options, filled: str
) -> None:
    names = ["no-such-container", filled]
    result = run_module("swift_container_info", {**destination, "names": names})
    assert not result["changed"]
    missing, found = result["containers"]
    assert missing["name"] == "no-such-container"
    assert missing["exists"] is False
    account = result["storage_url"].rpartition("/")[2]
    assert re.fullmatch(rf"{account}/{filled}@\d+\.\d+", found.pop("identity"))
    assert missing["identity"] == ""
    assert found == {
        "name": filled,
        "exists": True,
        "objects": 2,
        "bytes": 3,
        "read_acl": ".r:*",
        "write_acl": "",
        "quota_bytes": 1000,
        "quota_count": None,
        "metadata": {"Owner": "CUBE"},
        "storage_policy": "default",
        "versioning": False,
    }


def test_is_the_same_in_check_mode_and_again(
    run_module: RunModule, destination: Options, filled: str
) -> None:
    params = {**destination, "names": [filled]}
    first = run_module("swift_container_info", params)
    for result in (
        run_module("swift_container_info", params, check=True, diff=True),
        run_module("swift_container_info", params),
    ):
        assert not result["changed"]
        assert result["containers"] == first["containers"]


def test_tells_the_account_of_either_cluster(
    run_module: RunModule, source: Options, destination: Options, filled: str
) -> None:
    for options in (source, destination):
        result = run_module("swift_container_info", options)
        assert result["containers"] == []
        assert set(result["account"]) == {"bytes", "objects", "containers", "quota_bytes"}
        assert result["account"]["quota_bytes"] is None
    assert result["account"]["containers"] >= 1


@pytest.mark.own_lab
def test_tells_the_quota_of_the_account(
    run_module: RunModule, lab: Lab, destination: Options, filled: str
) -> None:
    admin = {"openrc": str(lab.openrc("admin"))}
    token = run_module("swift_auth", {**admin, "token": True})["token"]
    account = Client(Account(lab.description["storage_url"], token))
    try:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": "5000000000"})
        result = run_module("swift_container_info", {**destination, "names": [filled]})
        assert result["account"]["quota_bytes"] == 5_000_000_000
    finally:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": ""})
        account.close()


def test_fails_for_a_name_that_cannot_be(run_module: RunModule, destination: Options) -> None:
    result = run_module("swift_container_info", {**destination, "names": ["a/b"]})
    assert result["failed"]
    assert result["msg"].startswith("name: 'a/b' has a slash")


def test_fails_for_a_role_that_may_not_use_the_object_store(
    run_module: RunModule, lab: Lab, filled: str
) -> None:
    params = {"openrc": str(lab.openrc("no-swift-role")), "names": [filled]}
    result = run_module("swift_container_info", params)
    assert result["failed"]
    assert f"may not see container '{filled}'" in result["msg"]


def test_fails_for_a_wrong_login(
    run_module: RunModule, application_credential: Options, filled: str
) -> None:
    wrong = {"application_credential_secret": "wrong"}
    options = {**application_credential, "auth": {**application_credential["auth"], **wrong}}
    result = run_module("swift_container_info", {**options, "names": [filled]})
    assert result["failed"]
    assert result["msg"].startswith("auth.application_credential_secret: ")
