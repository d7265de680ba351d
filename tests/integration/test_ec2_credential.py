# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""ec2_credential against the real Keystone, and the S3 API that its keys are for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.ec2_keys import keystone, known, make
from tests.servers import Lab
from tests.servers.keystone import Keystone

__all__ = ["keystone"]

# The user has no other credential meanwhile.
pytestmark = pytest.mark.own_lab


@pytest.fixture
def password(lab: Lab) -> Options:
    """Connection options of the new Swift with user name and password."""
    login = lab.description["destination"]
    auth = {key: login[key] for key in ("auth_url", "username", "password", "project_name")}
    domains = {"user_domain_id": "default", "project_domain_id": "default"}
    return {"auth": auth | domains, "region_name": login["region_name"]}


def succeed(run_module: RunModule, options: Options, **how: bool) -> dict[str, Any]:
    result = run_module("ec2_credential", options, **how)
    assert "failed" not in result, result
    return result


def failure(run_module: RunModule, options: Options) -> str:
    """Run the module, which must fail with one line, and give that line."""
    result = run_module("ec2_credential", options)
    assert result.get("failed"), result
    message: str = result["msg"]
    assert "\n" not in message
    return message


class TestPresent:
    def test_makes_one_that_the_s3_api_takes(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        result = succeed(run_module, password)
        assert result["changed"]
        assert known(keystone) == {result["access"]: result["secret"]}
        assert result["project_id"] == lab.description["project_id"]
        assert result["endpoint_url"] == lab.description["storage_url"].partition("/v1/")[0]
        assert result["region"] == lab.description["region"]
        assert "warnings" not in result

    def test_uses_the_one_that_is_there(
        self, run_module: RunModule, keystone: Keystone, password: Options
    ) -> None:
        first = succeed(run_module, password)
        again = succeed(run_module, password)
        assert not again["changed"]
        keys = ("access", "secret", "endpoint_url", "region")
        assert [again[key] for key in keys] == [first[key] for key in keys]
        assert len(known(keystone)) == 1

    def test_of_several_takes_the_same_each_time(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        made = sorted(make(keystone, lab) for _time in range(3))
        assert succeed(run_module, password)["access"] == made[0]

    def test_takes_the_one_that_is_named(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        last = sorted(make(keystone, lab) for _time in range(2))[1]
        result = succeed(run_module, {**password, "access": last})
        assert not result["changed"]
        assert result["secret"] == known(keystone)[last]

    def test_would_make_one_in_check_mode(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        result = succeed(run_module, password, check=True)
        assert result["changed"]
        assert (result["access"], result["secret"], result["region"]) == (None, None, None)
        assert known(keystone) == {}

    def test_finds_the_one_that_is_there_in_check_mode(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        access = make(keystone, lab)
        result = succeed(run_module, password, check=True)
        assert not result["changed"]
        assert (result["access"], result["region"]) == (access, lab.description["region"])

    def test_shows_access_keys_and_no_secret_in_its_diff(
        self, run_module: RunModule, keystone: Keystone, password: Options
    ) -> None:
        would = succeed(run_module, password, check=True, diff=True)["diff"]
        assert would == {"before": {"access_keys": []}, "after": {"access_keys": ["(new)"]}}
        result = succeed(run_module, password, diff=True)
        assert result["diff"]["after"] == {"access_keys": [result["access"]]}
        assert result["secret"] not in json.dumps(result["diff"])

    def test_over_tls(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        login = lab.description["destination"]
        options = {
            **password,
            "auth": password["auth"] | {"auth_url": login["tls_auth_url"]},
            "region_name": login["tls_region_name"],
            "ca_cert": lab.description["ca_cert"],
        }
        result = succeed(run_module, options)
        assert result["endpoint_url"] == login["tls_storage_url"].partition("/v1/")[0]
        # The catalog's region is not the one that this S3 API wants.
        assert result["region"] == lab.description["region"] != login["tls_region_name"]

    def test_logs_in_with_an_openrc_file_too(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        first = succeed(run_module, password)
        by_file = succeed(run_module, {"openrc": str(lab.openrc("password"))})
        assert (by_file["access"], by_file["changed"]) == (first["access"], False)

    def test_says_when_the_one_that_is_named_is_not_there(
        self, run_module: RunModule, keystone: Keystone, password: Options
    ) -> None:
        message = failure(run_module, {**password, "access": "0" * 32})
        assert message.startswith("access: project ")
        assert f"has no EC2 credential {'0' * 32}. Leave it out" in message
        assert known(keystone) == {}


class TestAbsent:
    def test_deletes_the_only_one_and_is_content_with_none(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        access = make(keystone, lab)
        absent = {**password, "state": "absent"}
        would = succeed(run_module, absent, check=True)
        assert would["changed"]
        assert list(known(keystone)) == [access]
        result = succeed(run_module, absent, diff=True)
        assert result["changed"]
        assert result["diff"]["before"] == {"access_keys": [access]}
        assert known(keystone) == {}
        assert not succeed(run_module, absent)["changed"]

    def test_deletes_the_one_that_is_named(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        kept, gone = make(keystone, lab), make(keystone, lab)
        absent = {**password, "state": "absent", "access": gone}
        assert succeed(run_module, absent)["changed"]
        assert list(known(keystone)) == [kept]
        assert not succeed(run_module, absent)["changed"]

    def test_does_not_choose_among_several(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        made = sorted(make(keystone, lab) for _time in range(2))
        message = failure(run_module, {**password, "state": "absent"})
        assert message.startswith("access: project ")
        assert message.endswith(f"{', '.join(made)}. Say which one is to go.")
        assert sorted(known(keystone)) == made


class TestList:
    def test_shows_access_keys_and_no_secret(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, password: Options
    ) -> None:
        def listed() -> Any:
            result = run_module("ec2_credential_info", password)
            assert not result.get("failed"), result["msg"]
            return result

        assert listed()["access_keys"] == []
        made = sorted(make(keystone, lab) for _time in range(2))
        result = listed()
        assert result["access_keys"] == made
        assert not result["changed"]
        told = json.dumps(result)
        assert [secret for secret in known(keystone).values() if secret in told] == []


class TestRefusal:
    @pytest.mark.parametrize("name", ["migrate", "migrate-unrestricted"])
    @pytest.mark.parametrize("state", ["present", "absent"])
    def test_of_an_application_credential_says_what_to_do(
        self, run_module: RunModule, lab: Lab, keystone: Keystone, name: str, state: str
    ) -> None:
        message = failure(run_module, {"openrc": str(lab.openrc(name)), "state": state})
        assert message.startswith("openrc: Keystone does not let an application credential")
        for part in ("ec2 credentials create", "v3password", "access_key", "cube_storage_s3"):
            assert part in message
        assert known(keystone) == {}

    def test_of_v1_auth_says_that_it_has_none(self, run_module: RunModule, source: Options) -> None:
        message = failure(run_module, source)
        assert message.startswith("auth_type: EC2 credentials are Keystone's")

    def test_of_a_wrong_password_names_it(self, run_module: RunModule, password: Options) -> None:
        options = {**password, "auth": password["auth"] | {"password": "wr0ng"}}
        assert failure(run_module, options).startswith("auth.password: ")

    def test_of_a_login_without_a_project_names_what_is_missing(
        self, run_module: RunModule, password: Options
    ) -> None:
        auth = {
            key: value for key, value in password["auth"].items() if not key.startswith("project")
        }
        assert failure(run_module, {**password, "auth": auth}).startswith("auth.project_name: ")

    def test_of_several_regions_makes_nothing(
        self, run_module: RunModule, keystone: Keystone, password: Options
    ) -> None:
        message = failure(run_module, {**password, "region_name": None})
        assert message.startswith("region_name: there are object stores in")
        assert known(keystone) == {}
