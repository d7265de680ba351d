# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the user gave, checked and made complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

V1 = {"auth_url": "http://swift/auth/v1.0", "username": "a:b", "password": "sesame"}


def options(label: str = "", **params: Any) -> ConnectionOptions:
    given = dict.fromkeys(connection_options()) | params
    return ConnectionOptions.from_params(given, label)


@pytest.fixture
def openrc(tmp_path: Path) -> str:
    path = tmp_path / "openrc.sh"
    path.write_text(
        "export OS_AUTH_URL=https://k/v3\nexport OS_USERNAME=chris\nexport OS_REGION_NAME=One\n"
        "export OS_INTERFACE=internal\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\n"
    )
    return str(path)


class TestCompletion:
    def test_does_not_show_secrets(self) -> None:
        assert "sesame" not in repr(options(auth_type="v1password", auth=V1))

    def test_drops_what_is_empty(self) -> None:
        assert options(auth=V1 | {"project_id": None, "token": ""}).auth == V1

    @pytest.mark.parametrize(
        ("auth", "auth_type"),
        [
            ({"username": "u", "password": "p"}, "v3password"),
            (
                {"application_credential_id": "i", "application_credential_secret": "s"},
                "v3applicationcredential",
            ),
            ({"token": "t"}, "v3token"),
        ],
    )
    def test_derives_the_type_of_login(self, auth: dict[str, str], auth_type: str) -> None:
        complete = options(auth=auth | {"auth_url": "https://k/v3"}).complete()
        assert complete.auth_type == auth_type

    def test_adds_what_the_openrc_says(self, openrc: str) -> None:
        complete = options(openrc=openrc, auth={"password": "p"}).complete()
        assert complete.auth == {
            "auth_url": "https://k/v3",
            "username": "chris",
            "password": "p",
        }
        assert (complete.region_name, complete.interface) == ("One", "internal")

    def test_lets_what_is_given_win_over_the_openrc(self, openrc: str) -> None:
        complete = options(
            openrc=openrc,
            auth={"password": "p", "username": "other"},
            region_name="Two",
            interface="public",
        ).complete()
        assert complete.auth["username"] == "other"
        assert (complete.region_name, complete.interface) == ("Two", "public")

    def test_leaves_a_cloud_to_clouds_yaml(self) -> None:
        given = options(cloud="nerc")
        assert given.complete() == given


class TestOrigin:
    def test_is_the_option_that_holds_the_value(self, openrc: str) -> None:
        given = options("source", openrc=openrc, auth={"password": "p"})
        assert given.origin("password") == "source.auth.password"
        assert given.origin("auth_url") == "source.openrc"

    def test_is_auth_when_nothing_else_is_given(self) -> None:
        assert options(auth=V1).origin("project_id") == "auth.project_id"

    def test_is_the_cloud(self) -> None:
        assert options("destination", cloud="nerc").origin("auth_url") == "destination.cloud"


class TestRefusal:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({}, "x: nothing says how to log in. Give x.openrc, x.cloud or x.auth."),
            ({"cloud": "a", "openrc": "b"}, "x.cloud, x.openrc are mutually exclusive"),
            ({"cloud": "a", "auth": V1}, "x.cloud, x.auth are mutually exclusive"),
            ({"openrc": "a", "auth": V1}, "x.openrc, x.auth are mutually exclusive"),
            ({"openrc": "/no/file"}, "x.openrc: there is no file /no/file on host "),
            (
                {"auth_type": "v1password", "auth": V1 | {"password": ""}},
                "x.auth.password: missing, but auth_type v1password needs it.",
            ),
            (
                {"auth": {"auth_url": "https://k/v3", "password": "sesame"}},
                "x.auth.username: missing, but auth_type v3password needs it. "
                "Give x.auth.username or x.auth.user_id.",
            ),
            (
                {"auth": {"auth_url": "https://k/v3", "application_credential_id": "i"}},
                "x.auth.application_credential_secret: missing",
            ),
            (
                {"auth_type": "v1password", "auth": V1 | {"password": "sesame\n"}},
                "x.auth.password: begins or ends with white space, which v1 auth cannot carry. "
                "Take it out; a value that was read from a file often ends with a new line.",
            ),
            (
                {"auth_type": "v1password", "auth": V1 | {"username": "a:b\0c"}},
                "x.auth.username: holds a control character, which v1 auth cannot carry",
            ),
            ({"auth": V1, "storage_url": "swift:8080"}, "x.storage_url: swift:8080 is not a URL"),
            ({"auth": V1 | {"auth_url": "swift:8080"}}, "x.auth.auth_url: swift:8080 is not a URL"),
            (
                {"auth": V1 | {"auth_url": "http://[::1"}},
                "x.auth.auth_url: http://[::1 is not a URL",
            ),
            ({"auth": V1, "ca_cert": "/no/ca"}, "x.ca_cert: there is no file /no/ca on host "),
        ],
    )
    def test_names_the_option(self, params: dict[str, Any], message: str) -> None:
        with pytest.raises(MigrationError) as caught:
            options("x", **params).complete()
        assert str(caught.value).startswith(message)
        assert "sesame" not in str(caught.value)

    def test_of_an_openrc_without_its_password(self, openrc: str) -> None:
        with pytest.raises(MigrationError) as caught:
            options(openrc=openrc).complete()
        assert str(caught.value) == (
            f"auth.password: the openrc {openrc} asks for the password and does not hold it. "
            "Give auth.password."
        )

    def test_of_a_file_that_is_no_certificate(self, tmp_path: Path) -> None:
        path = tmp_path / "ca.pem"
        path.write_text("nothing")
        with pytest.raises(MigrationError, match=r"^ca_cert: cannot read a certificate from "):
            options(auth=V1, ca_cert=str(path)).complete()

    def test_of_a_certificate_that_only_the_openrc_names(self, openrc: str) -> None:
        with Path(openrc).open("a") as file:
            file.write("export OS_CACERT=/no/ca\n")
        with pytest.raises(MigrationError, match=r"^openrc: there is no file /no/ca"):
            options(openrc=openrc, auth={"password": "p"}).complete()
