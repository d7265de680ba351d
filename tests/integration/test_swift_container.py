# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_container against the real servers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from swiftclient.exceptions import ClientException

from tests.dataset.client import Client
from tests.integration.conftest import Options, RunModule
from tests.servers import Lab

Ensure = Callable[..., dict[str, Any]]

SETTINGS: Options = {
    "read_acl": ".r:*, .rlistings",
    "write_acl": "*:chris",
    "quota_bytes": 1000,
    "quota_count": 10,
    "metadata": {"owner": "CUBE", "town": "München"},
}
HEADERS = {
    "x-container-read": ".r:*,.rlistings",
    "x-container-write": "*:chris",
    "x-container-meta-quota-bytes": "1000",
    "x-container-meta-quota-count": "10",
    "x-container-meta-owner": "CUBE",
    "x-container-meta-town": "München",
}
ODD_NAMES = ["a b", "ü/日本", "?#%", "//", "a/../b", "line\nbreak", "+&=", "dir/"]


@pytest.fixture
def ensure(run_module: RunModule, destination: Options, container: str) -> Ensure:
    """Run the module for the container at the new Swift."""

    def run(
        *, check: bool = False, diff: bool = False, name: str = container, **params: Any
    ) -> dict[str, Any]:
        wanted = {**destination, "name": name, **params}
        return run_module("swift_container", wanted, check=check, diff=diff)

    return run


def exists(client: Client, container: str) -> bool:
    """Ask python-swiftclient whether there is such a container."""
    try:
        client.head(container)
    except ClientException as error:
        assert error.http_status == 404
        return False
    return True


def shown(headers: dict[str, str]) -> dict[str, str]:
    """Only the headers that SETTINGS are about."""
    return {name: headers[name] for name in HEADERS if name in headers}


class TestMakingOne:
    def test_in_check_mode_only_tells(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        result = ensure(check=True, diff=True, **SETTINGS)
        assert result["changed"]
        assert result["diff"]["before"] == {}
        assert result["diff"]["after"]["quota_bytes"] == 1000
        assert not exists(destination_client, container)

    def test_makes_a_private_one(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        result = ensure()
        assert result["changed"]
        assert result["container"]["name"] == container
        assert result["container"]["read_acl"] == result["container"]["write_acl"] == ""
        assert shown(destination_client.head(container)) == {}

    def test_makes_one_with_settings(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        assert ensure(**SETTINGS)["changed"]
        assert shown(destination_client.head(container)) == HEADERS

    def test_is_done_when_run_again(self, ensure: Ensure) -> None:
        first = ensure(**SETTINGS)
        again = ensure(diff=True, **SETTINGS)
        assert not again["changed"]
        assert again["container"] == first["container"]
        assert again["diff"]["before"] == again["diff"]["after"]

    def test_is_predicted_exactly(self, ensure: Ensure) -> None:
        predicted = ensure(check=True, diff=True, **SETTINGS)
        done = ensure(diff=True, **SETTINGS)
        acl = predicted["container"]["read_acl"]
        assert acl == SETTINGS["read_acl"]
        for result in (predicted, done):
            result["container"]["read_acl"] = result["diff"]["after"]["read_acl"] = "the same"
            assert result["changed"]
        assert predicted["container"] == done["container"]
        assert predicted["diff"] == done["diff"]

    def test_with_an_odd_name(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        name = f"{container} ü?#%&"
        assert ensure(name=name)["changed"]
        assert not ensure(name=name)["changed"]
        assert exists(destination_client, name)
        assert ensure(name=name, state="absent")["changed"]

    def test_at_the_old_swift(
        self, run_module: RunModule, source: Options, source_client: Client, container: str
    ) -> None:
        params = {**source, "name": container, **SETTINGS}
        assert run_module("swift_container", params)["changed"]
        assert not run_module("swift_container", params)["changed"]
        assert shown(source_client.head(container)) == HEADERS

    def test_with_a_storage_policy(self, ensure: Ensure) -> None:
        assert ensure(storage_policy="default")["container"]["storage_policy"] == "default"
        assert not ensure(storage_policy="DEFAULT")["changed"]


class TestChangingOne:
    def test_in_check_mode_only_tells(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure(**SETTINGS)
        result = ensure(check=True, diff=True, quota_bytes=2000, metadata={"Owner": "somebody"})
        assert result["changed"]
        assert result["diff"]["before"]["metadata"] == {"Owner": "CUBE", "Town": "München"}
        assert result["diff"]["after"]["metadata"] == {"Owner": "somebody", "Town": "München"}
        assert result["diff"]["after"]["quota_bytes"] == 2000
        assert shown(destination_client.head(container)) == HEADERS

    def test_changes_only_what_is_named(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure(**SETTINGS)
        assert ensure(quota_bytes=2000, metadata={"Migration-Phase": "copying"})["changed"]
        headers = destination_client.head(container)
        assert shown(headers) == HEADERS | {"x-container-meta-quota-bytes": "2000"}
        assert headers["x-container-meta-migration-phase"] == "copying"
        assert not ensure(quota_bytes=2000, metadata={"migration-phase": "copying"})["changed"]

    def test_leaves_all_alone_when_nothing_is_named(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure(**SETTINGS)
        assert not ensure()["changed"]
        assert shown(destination_client.head(container)) == HEADERS

    def test_clears_settings(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure(**SETTINGS)
        cleared = {
            "read_acl": "",
            "write_acl": "",
            "quota_bytes": 0,
            "quota_count": 0,
            "metadata": {"owner": "", "town": None},
        }
        assert ensure(**cleared)["changed"]
        assert shown(destination_client.head(container)) == {}
        assert not ensure(**cleared)["changed"]

    def test_switches_versioning(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure()
        assert ensure(versioning=True)["container"]["versioning"] is True
        assert destination_client.head(container)["x-versions-enabled"] == "True"
        assert not ensure(versioning=True)["changed"]
        assert ensure(versioning=False)["changed"]
        assert not ensure(versioning=False)["changed"]

    def test_keeps_the_key_of_temporary_urls_to_itself(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure()
        key = {"X-Container-Meta-Temp-URL-Key": "sesame"}
        destination_client._call("POST", container, headers=key)
        result = ensure(diff=True, quota_count=5)
        assert "sesame" not in str(result)
        assert destination_client.head(container)["x-container-meta-temp-url-key"] == "sesame"


class TestDeletingOne:
    def test_in_check_mode_only_tells(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure(**SETTINGS)
        result = ensure(check=True, diff=True, state="absent")
        assert result["changed"]
        assert result["diff"]["before"]["quota_bytes"] == 1000
        assert result["diff"]["after"] == {}
        assert exists(destination_client, container)

    def test_deletes_an_empty_one(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure()
        assert ensure(state="absent")["container"]["exists"] is False
        assert not exists(destination_client, container)
        assert not ensure(state="absent")["changed"]

    @pytest.mark.parametrize("check", [True, False])
    def test_refuses_one_with_objects(
        self, ensure: Ensure, destination_client: Client, container: str, check: bool
    ) -> None:
        ensure()
        destination_client.put(container, "object", b"data")
        result = ensure(state="absent", check=check)
        assert result["failed"]
        assert result["msg"] == (
            f"force: container '{container}' is not empty: it holds 1 objects (4 bytes). "
            "force=true deletes the objects too."
        )
        assert destination_client.get(container, "object") == b"data"

    def test_with_force_in_check_mode_deletes_nothing(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        ensure()
        destination_client.put(container, "object", b"data")
        assert ensure(state="absent", force=True, check=True)["changed"]
        assert destination_client.get(container, "object") == b"data"

    def test_with_force_deletes_the_objects_of_this_container_only(
        self, ensure: Ensure, destination_client: Client, container: str
    ) -> None:
        segments = f"{container}_segments"
        ensure()
        ensure(name=segments)
        for name in ODD_NAMES:
            destination_client.put(container, name, b"data")
        destination_client.put(segments, "1", b"segment")
        destination_client.put(
            container,
            "large",
            f'[{{"path": "/{segments}/1"}}]'.encode(),
            query="multipart-manifest=put",
        )
        assert ensure(state="absent", force=True)["changed"]
        assert not exists(destination_client, container)
        assert destination_client.get(segments, "1") == b"segment"
        assert not ensure(state="absent", force=True)["changed"]

    @pytest.mark.own_lab
    def test_with_force_deletes_many_objects_in_one_request(
        self, ensure: Ensure, lab: Lab, destination_client: Client, container: str
    ) -> None:
        ensure()
        for number in range(30):
            destination_client.put(container, f"{number}")
        log = lab.access_log("destination")
        mark = log.mark()
        assert ensure(state="absent", force=True)["changed"]
        deletes = [
            (asked.method, asked.query, asked.name)
            for asked in log.requests(mark)
            if asked.method in ("DELETE", "POST")
        ]
        assert deletes == [("POST", "bulk-delete", ""), ("DELETE", "", "")]
        assert not exists(destination_client, container)


class TestFailure:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"name": "a/b"}, "name: 'a/b' has a slash"),
            ({"name": ""}, "name: a container's name cannot be empty"),
            ({"name": "ü" * 129}, "name: the name has 258 bytes of UTF-8, more than 256"),
            ({"quota_bytes": -1}, "quota_bytes: -1 is below zero. 0 means no limit."),
            ({"metadata": {"a_b": "c"}}, "metadata.a_b: not a name for metadata"),
            ({"metadata": {"Quota-Bytes": "1"}}, "metadata.Quota-Bytes: a quota is not set"),
            ({"metadata": {"Temp-URL-Key": "k"}}, "metadata.Temp-URL-Key: a key of temporary"),
            ({"metadata": {"a": "b\r\nX-Evil: 1"}}, "metadata.a: the value has a control"),
            ({"storage_policy": "gold"}, "storage_policy: the server has no storage policy gold."),
            ({"write_acl": ".r:*"}, "name: the server refuses to create container"),
            ({"metadata": {"a": "b" * 300}}, "name: the server refuses to create container"),
        ],
    )
    def test_of_a_setting_that_cannot_be(
        self,
        ensure: Ensure,
        destination_client: Client,
        container: str,
        params: Options,
        message: str,
    ) -> None:
        result = ensure(**params)
        assert result["failed"]
        assert result["msg"].startswith(message)
        assert not exists(destination_client, container)

    def test_of_a_setting_that_the_server_refuses_to_change(self, ensure: Ensure) -> None:
        ensure()
        result = ensure(write_acl=".r:*")
        assert "the server refuses to change container" in result["msg"]
        assert "Referrers not allowed in write ACL" in result["msg"]

    def test_of_a_role_that_may_not_use_the_object_store(
        self, run_module: RunModule, lab: Lab, container: str
    ) -> None:
        params = {"openrc": str(lab.openrc("no-swift-role")), "name": container}
        result = run_module("swift_container", params)
        assert result["msg"].startswith(f"name: the login may not see container '{container}'")
        assert "Check that its role may use the object store" in result["msg"]

    def test_of_a_login_names_the_option(
        self, run_module: RunModule, source: Options, container: str
    ) -> None:
        auth = {**source["auth"], "password": "wrong"}
        result = run_module("swift_container", {**source, "auth": auth, "name": container})
        assert result["msg"].startswith("auth.password: ")

    def test_of_an_object_store_that_cannot_be_reached(
        self, run_module: RunModule, lab: Lab, container: str
    ) -> None:
        options = {"openrc": str(lab.openrc("tls")), "name": container}
        result = run_module("swift_container", options)
        assert result["msg"].startswith("ca_cert: ")


class TestOneThatIsToBeFilled:
    def test_is_made_if_all_that_the_source_holds_fits_in(
        self, ensure: Ensure, source: Options, source_client: Client, container: str
    ) -> None:
        source_client.put_container(container)
        source_client.put(container, "a", b"12345")
        given = {"source": {**source, "container": container}}
        refused = ensure(quota_bytes=4, option_prefix="nerc_container_", **given)
        assert refused["failed"]
        assert refused["msg"].startswith("nerc_container_quota_bytes: the source holds ")
        made = ensure(quota_bytes=5, **given)
        assert made["changed"]
        assert (made["source"]["objects"], made["source"]["bytes"]) == (1, 5)
        assert not ensure(quota_bytes=5, **given)["changed"]

    def test_is_not_made_from_what_is_not_there(
        self, ensure: Ensure, source: Options, destination_client: Client, container: str
    ) -> None:
        refused = ensure(source={**source, "container": "missing"})
        assert refused["msg"].startswith("source.container: the old Swift has no container")
        assert not exists(destination_client, container)

    @pytest.mark.parametrize("phase", ["verified", "cut-over"])
    def test_stays_as_it_is_once_it_is_in_use_and_the_source_may_be_gone(
        self,
        phase: str,
        ensure: Ensure,
        source: Options,
        destination_client: Client,
        container: str,
    ) -> None:
        destination_client.put_container(container)
        destination_client.post(container, "", {"X-Container-Meta-Migration-Phase": phase})
        left = ensure(source={**source, "container": "missing"}, read_acl=".r:*")
        assert not left["changed"]
        assert left["source"] is None
        assert "x-container-read" not in destination_client.head(container)
