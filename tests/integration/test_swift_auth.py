# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_auth against the real servers: every way to log in, and every way to fail."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.gateway import free_port
from tests.servers import Lab
from tests.servers.services import Service

NOBODY = "127.0.0.1:1"
WRONG = "wr0ng"


def with_auth(options: Options, **auth: str) -> Options:
    """Connection options with some keys of auth replaced, or removed if empty."""
    merged = {key: value for key, value in {**options["auth"], **auth}.items() if value}
    return {**options, "auth": merged}


def failure(run_module: RunModule, options: Options) -> str:
    """Run the module, which must fail with one line, and give that line."""
    result = run_module("swift_auth", options)
    assert result["failed"]
    message: str = result["msg"]
    assert "\n" not in message
    return message


@pytest.fixture
def password(lab: Lab) -> Options:
    """Connection options of the new Swift with user name and password."""
    login = lab.description["destination"]
    auth = {key: login[key] for key in ("auth_url", "username", "password", "project_name")}
    domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
    return {"auth": auth | domains, "region_name": login["region_name"]}


@pytest.fixture
def front(lab: Lab) -> Iterator[str]:
    """The address of a front that speaks https; the old Swift's answers name plain http."""
    login = lab.description["source"]
    target = urlsplit(login["auth_url"]).port
    certificate = Path(lab.description["ca_cert"])
    key = certificate.with_name("key.pem")
    port = free_port()
    program = [sys.executable, "-m", "tests.servers.tls_forwarder", str(certificate), str(key)]
    process = subprocess.Popen([*program, f"{port}:{target}:as-it-is"])
    try:
        while not Service("front", [], "", f"tcp:{port}").is_ready():
            assert process.poll() is None
            time.sleep(0.05)
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class TestLogin:
    def test_v1(self, run_module: RunModule, lab: Lab, source: Options) -> None:
        result = run_module("swift_auth", source)
        assert not result["changed"]
        assert result["storage_url"] == lab.description["source"]["storage_url"]
        assert result["project_id"] is None
        assert result["server"] == "swift"
        assert result["capabilities"]["tempauth"]

    def test_openrc_of_an_application_credential(
        self, run_module: RunModule, lab: Lab, destination: Options
    ) -> None:
        result = run_module("swift_auth", destination)
        known = lab.description["destination"]
        assert result["storage_url"] == known["storage_url"]
        assert result["project_id"] == known["project_id"]
        assert result["project_name"] == known["project_name"]
        assert result["version"] == result["capabilities"]["swift"]["version"]

    def test_application_credential_without_an_auth_type(
        self, run_module: RunModule, lab: Lab, application_credential: Options
    ) -> None:
        result = run_module("swift_auth", application_credential)
        assert result["storage_url"] == lab.description["storage_url"]

    @pytest.mark.parametrize("auth_type", [None, "password", "v3password"])
    def test_password(
        self, run_module: RunModule, lab: Lab, password: Options, auth_type: str | None
    ) -> None:
        result = run_module("swift_auth", password | {"auth_type": auth_type})
        assert result["project_id"] == lab.description["project_id"]

    def test_openrc_that_asks_for_the_password_takes_it_from_auth(
        self, run_module: RunModule, lab: Lab, tmp_path: Path, password: Options
    ) -> None:
        openrc = tmp_path / "chris-openrc.sh"
        kept = [
            line
            for line in lab.openrc("password").read_text().splitlines()
            if "OS_PASSWORD" not in line
        ]
        asking = ["read -sr OS_PASSWORD_INPUT", "export OS_PASSWORD=$OS_PASSWORD_INPUT"]
        openrc.write_text("\n".join([*kept, *asking]))
        message = failure(run_module, {"openrc": str(openrc)})
        assert message.startswith(f"auth.password: the openrc {openrc} asks for the password")
        given = {"password": password["auth"]["password"]}
        result = run_module("swift_auth", {"openrc": str(openrc), "auth": given})
        assert result["project_id"] == lab.description["project_id"]

    def test_clouds_yaml(
        self, run_module: RunModule, lab: Lab, tmp_path: Path, application_credential: Options
    ) -> None:
        clouds = tmp_path / ".config" / "openstack" / "clouds.yaml"
        clouds.parent.mkdir(parents=True)
        auth = "".join(
            f"      {key}: {value}\n" for key, value in application_credential["auth"].items()
        )
        clouds.write_text(
            "clouds:\n  nerc:\n    auth_type: v3applicationcredential\n"
            f"    region_name: {lab.description['region']}\n    auth:\n{auth}"
        )
        result = run_module("swift_auth", {"cloud": "nerc"})
        assert result["storage_url"] == lab.description["storage_url"]
        message = failure(run_module, {"cloud": "nrec"})
        assert message == f"cloud: Cloud nrec was not found. {clouds} has nerc."

    def test_clouds_yaml_with_its_secret_elsewhere_a_profile_and_another_address(
        self, run_module: RunModule, lab: Lab, tmp_path: Path, application_credential: Options
    ) -> None:
        auth = dict(application_credential["auth"])
        secret = {"application_credential_secret": auth.pop("application_credential_secret")}
        keystone = {"auth_url": auth.pop("auth_url")}
        region = {"region_name": lab.description["region"]}
        other = lab.description["storage_url"].replace("127.0.0.1", "localhost")
        cloud = {"profile": "house", "auth": auth, "auth_type": "v3applicationcredential"}
        changed = {**cloud, "object_store_endpoint_override": other}
        files: dict[str, Any] = {
            "clouds.yaml": {"clouds": {"nerc": cloud, "changed": changed}},
            "clouds-public.yaml": {"public-clouds": {"house": {"auth": keystone, **region}}},
            "secure.yaml": {"clouds": {name: {"auth": secret} for name in ("nerc", "changed")}},
        }
        folder = tmp_path / ".config" / "openstack"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content))
        found = {each: run_module("swift_auth", {"cloud": each}) for each in ("nerc", "changed")}
        assert found["nerc"]["storage_url"] == lab.description["storage_url"]
        assert found["changed"]["storage_url"] == other
        assert found["changed"]["capabilities"]["swift"]
        (folder / "secure.yaml").unlink()
        message = failure(run_module, {"cloud": "nerc"})
        assert message == "cloud: You must provide an auth secret."

    def test_over_tls_with_its_authority(self, run_module: RunModule, lab: Lab) -> None:
        ca_cert = lab.description["ca_cert"]
        result = run_module("swift_auth", {"openrc": str(lab.openrc("tls")), "ca_cert": ca_cert})
        assert result["storage_url"] == lab.description["destination"]["tls_storage_url"]
        assert result["capabilities"]["swift"]

    def test_through_a_front_is_not_sent_on_in_the_clear(
        self, run_module: RunModule, lab: Lab, source: Options, front: str
    ) -> None:
        given = with_auth(source, auth_url=f"{front}/auth/v1.0")
        given["ca_cert"] = lab.description["ca_cert"]
        account = urlsplit(run_module("swift_auth", source)["storage_url"]).path
        message = failure(run_module, given)
        assert message.startswith("storage_url: the login was over https, but the object store is")
        assert "Give the address that speaks https" in message
        for storage_url in (front, f"{front}{account}"):
            result = run_module("swift_auth", {**given, "storage_url": storage_url})
            assert result["storage_url"] == f"{front}{account}"
            assert result["capabilities"]["swift"]

    def test_over_tls_unchecked(self, run_module: RunModule, lab: Lab) -> None:
        result = run_module(
            "swift_auth", {"openrc": str(lab.openrc("tls")), "validate_certs": False}
        )
        assert result["storage_url"].startswith("https://")


class TestResult:
    def test_is_the_same_in_check_mode_and_again(
        self, run_module: RunModule, source: Options
    ) -> None:
        first = run_module("swift_auth", source)
        checked = run_module("swift_auth", source, check=True)
        again = run_module("swift_auth", source)
        for result in (checked, again):
            assert not result["changed"]
            for key in ("storage_url", "capabilities", "server", "version"):
                assert result[key] == first[key]

    def test_expires_in_the_future(self, run_module: RunModule, destination: Options) -> None:
        expires_at = datetime.fromisoformat(run_module("swift_auth", destination)["expires_at"])
        assert 0 < (expires_at - datetime.now(UTC)).total_seconds() <= 3600

    def test_holds_the_token_only_on_request(
        self, run_module: RunModule, destination: Options
    ) -> None:
        assert "token" not in run_module("swift_auth", destination)
        asked: dict[str, Any] = run_module("swift_auth", destination | {"token": True})
        assert asked["token"].startswith("gAAAA")


class TestFailure:
    def test_wrong_v1_key(self, run_module: RunModule, source: Options) -> None:
        message = failure(run_module, with_auth(source, password=WRONG))
        assert message.startswith("auth.password: ")
        assert "rejects user chris:chris1234" in message
        assert "Check username and password" in message

    def test_wrong_password(self, run_module: RunModule, password: Options) -> None:
        message = failure(run_module, with_auth(password, password=WRONG))
        assert message.startswith("auth.password: ")
        assert "rejects user chris with project chris-nerc" in message

    def test_wrong_secret(self, run_module: RunModule, application_credential: Options) -> None:
        options = with_auth(application_credential, application_credential_secret=WRONG)
        message = failure(run_module, options)
        assert message.startswith("auth.application_credential_secret: ")
        assert application_credential["auth"]["application_credential_id"] in message
        assert "Check the secret" in message

    def test_wrong_secret_in_an_openrc(
        self, run_module: RunModule, lab: Lab, tmp_path: Path
    ) -> None:
        openrc = tmp_path / "openrc.sh"
        secret = lab.description["destination"]["application_credential_secret"]
        openrc.write_text(lab.openrc().read_text().replace(secret, WRONG))
        assert failure(run_module, {"openrc": str(openrc)}).startswith("openrc: ")

    def test_unknown_application_credential(
        self, run_module: RunModule, application_credential: Options
    ) -> None:
        options = with_auth(application_credential, application_credential_id="unknown")
        message = failure(run_module, options)
        assert message.startswith("auth.application_credential_id: ")
        assert "knows no application credential unknown" in message
        assert "create a new one" in message

    def test_expired_application_credential(
        self, run_module: RunModule, lab: Lab, application_credential: Options
    ) -> None:
        expired = lab.description["app_credentials"]["expired"]
        options = with_auth(
            application_credential,
            application_credential_id=expired["id"],
            application_credential_secret=expired["secret"],
        )
        message = failure(run_module, options)
        assert "the credential has expired or was deleted: create a new one" in message
        assert expired["secret"] not in message

    @pytest.mark.parametrize("name", ["source", "application_credential", "password"])
    def test_unreachable_url(
        self, run_module: RunModule, request: pytest.FixtureRequest, name: str
    ) -> None:
        options = request.getfixturevalue(name)
        message = failure(run_module, with_auth(options, auth_url=f"http://{NOBODY}/v3"))
        assert message.startswith("auth.auth_url: cannot reach http://127.0.0.1:1/v3 ")
        assert "(Connection refused)" in message
        assert "Check the URL" in message

    @pytest.mark.parametrize("module", ["swift_auth", "swift_container_info"])
    def test_object_store_that_cannot_be_reached_is_told_soon(
        self, run_module: RunModule, source: Options, module: str
    ) -> None:
        begun = time.monotonic()
        result = run_module(module, {**source, "storage_url": f"http://{NOBODY}/v1/AUTH_x"})
        assert time.monotonic() - begun < 30
        assert result["failed"]
        assert f"http://{NOBODY}" in result["msg"]
        assert "onnect" in result["msg"] or "cannot reach" in result["msg"]
        assert "Check" in result["msg"]

    def test_unknown_host(self, run_module: RunModule, source: Options) -> None:
        options = with_auth(source, auth_url="http://swift.invalid/auth/v1.0")
        assert "cannot reach http://swift.invalid/auth/v1.0 (" in failure(run_module, options)

    @pytest.mark.parametrize("cloud", ["source", "destination"])
    def test_certificate_of_an_unknown_authority(
        self, run_module: RunModule, lab: Lab, source: Options, cloud: str
    ) -> None:
        old = with_auth(source, auth_url=lab.description["source"]["tls_auth_url"])
        options = old if cloud == "source" else {"openrc": str(lab.openrc("tls"))}
        message = failure(run_module, options)
        assert message.startswith("ca_cert: the certificate of https://127.0.0.1:")
        assert "is not trusted: self" in message
        assert "Let ca_cert name the PEM file" in message

    def test_https_at_a_port_that_speaks_http(
        self, run_module: RunModule, application_credential: Options
    ) -> None:
        url = application_credential["auth"]["auth_url"].replace("http:", "https:")
        message = failure(run_module, with_auth(application_credential, auth_url=url))
        assert message.startswith("auth.auth_url: no TLS connection with https://")

    def test_keystone_url_for_v1(
        self, run_module: RunModule, source: Options, application_credential: Options
    ) -> None:
        url = application_credential["auth"]["auth_url"]
        message = failure(run_module, with_auth(source, auth_url=url))
        assert message.startswith(f"auth.auth_url: {url} answers, but not as v1 auth")
        assert "leave auth_type out" in message

    @pytest.mark.parametrize("auth_type", ["v3password", "password", "v3applicationcredential"])
    def test_v1_url_for_keystone(
        self,
        run_module: RunModule,
        source: Options,
        password: Options,
        application_credential: Options,
        auth_type: str,
    ) -> None:
        credential = auth_type == "v3applicationcredential"
        options = application_credential if credential else password
        url = source["auth"]["auth_url"]
        message = failure(run_module, with_auth(options | {"auth_type": auth_type}, auth_url=url))
        assert message.startswith(f"auth.auth_url: {url} answers")
        assert message.endswith("For v1 auth, set auth_type to v1password.")

    def test_object_store_instead_of_keystone(
        self, run_module: RunModule, lab: Lab, password: Options
    ) -> None:
        port = lab.description["ports"]["destination-proxy"]
        message = failure(run_module, with_auth(password, auth_url=f"http://127.0.0.1:{port}/"))
        assert message.endswith("Keystone's URL ends in /v3.")

    def test_url_without_a_scheme(self, run_module: RunModule, source: Options) -> None:
        message = failure(run_module, with_auth(source, auth_url="127.0.0.1:8080/auth/v1.0"))
        assert message.startswith("auth.auth_url: 127.0.0.1:8080/auth/v1.0 is not a URL")

    def test_region_without_an_object_store(
        self, run_module: RunModule, destination: Options
    ) -> None:
        message = failure(run_module, destination | {"region_name": "Mars"})
        assert message.startswith("region_name: there is no object store in region Mars.")
        assert "RegionOne" in message

    def test_several_regions_to_choose_from(self, run_module: RunModule, password: Options) -> None:
        message = failure(run_module, password | {"region_name": None})
        assert message.startswith("region_name: there are object stores in RegionOne, RegionTLS.")

    def test_login_without_a_project(self, run_module: RunModule, password: Options) -> None:
        options = with_auth(password, project_name="", project_domain_name="")
        message = failure(run_module, options)
        assert message.startswith("auth.project_name: the login is not for a project")

    def test_user_without_a_domain(self, run_module: RunModule, password: Options) -> None:
        message = failure(run_module, with_auth(password, user_domain_name=""))
        assert "user_domain_id or user_domain_name" in message

    def test_role_that_the_object_store_does_not_accept_still_logs_in(
        self, run_module: RunModule, lab: Lab
    ) -> None:
        result = run_module("swift_auth", {"openrc": str(lab.openrc("no-swift-role"))})
        assert result["storage_url"] == lab.description["storage_url"]

    def test_openrc_that_is_not_there(self, run_module: RunModule) -> None:
        message = failure(run_module, {"openrc": "/nowhere/openrc.sh"})
        assert message.startswith("openrc: there is no file /nowhere/openrc.sh")

    def test_file_that_is_not_an_openrc(self, run_module: RunModule, lab: Lab) -> None:
        path = lab.state.creds / "rclone.conf"
        message = failure(run_module, {"openrc": str(path)})
        assert message.startswith(f"openrc: {path} is not an openrc file")
        assert "Download openrc file" in message

    def test_two_places_to_log_in(
        self, run_module: RunModule, source: Options, destination: Options
    ) -> None:
        message = failure(run_module, source | destination)
        assert message.startswith("openrc, auth are mutually exclusive")

    def test_no_place_to_log_in(self, run_module: RunModule) -> None:
        message = failure(run_module, {})
        assert message == "nothing says how to log in. Give openrc, cloud or auth."
