# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Finding the object store in catalogs that no lab has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.endpoint import (
    find_storage_url,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    LoginSession,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from keystoneauth1.access.access import AccessInfoV3
from keystoneauth1.exceptions import ServiceUnavailable
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

pytestmark = pytest.mark.security

AUTH = {"auth_url": "https://k/v3"}


def _service(kind: str, endpoints: Iterable[tuple[str, str]]) -> dict[str, Any]:
    listed = [
        {"region": region, "interface": interface, "url": f"https://{region}/{interface}"}
        for region, interface in endpoints
    ]
    return {"type": kind, "name": kind, "endpoints": listed}


class Plugin(BaseIdentityPlugin):
    """A login that has happened already, with the catalog that it got."""

    def __init__(self, *endpoints: tuple[str, str]) -> None:
        super().__init__(auth_url="https://k/v3")
        catalog = [_service("identity", [("One", "public")])]
        if endpoints:
            catalog.append(_service("object-store", endpoints))
        token = {"expires_at": "2999-01-01T00:00:00Z", "project": {"id": "p"}, "catalog": catalog}
        self._access = AccessInfoV3({"token": token}, auth_token="token")

    def get_auth_ref(self, session: Any, **_options: Any) -> AccessInfoV3:
        return self._access

    get_cache_id_elements = get_auth_state = set_auth_state = get_sp_auth_url = get_sp_url = None  # type: ignore[assignment]


def find(*endpoints: tuple[str, str], override: str | None = None, **options: Any) -> str:
    used = ConnectionOptions(auth=AUTH, auth_type="v3token", **{"interface": "public", **options})
    return find_storage_url(LoginSession(Session(), Plugin(*endpoints), used, override), used)


def test_it_is_taken_from_the_catalog() -> None:
    assert find(("One", "public"), ("One", "internal")) == "https://One/public"


def test_its_interface_and_region_count() -> None:
    catalog = [(region, kind) for region in ("One", "Two") for kind in ("public", "internal")]
    assert find(*catalog, region_name="Two", interface="internal") == "https://Two/internal"


def test_an_override_of_the_catalog_counts() -> None:
    assert find(override="https://other") == "https://other"


@pytest.mark.parametrize(
    "url",
    [
        "gopher://127.0.0.1:6379/x",
        "file:///etc/passwd",
        "https:///v1/AUTH_x",
        "http:x",
        "//h/v1",
        "https://[h/v1",
        "https://h/v1\nX",
        "https://h/v1\x7f/x",
        "https://\u0431/v1",
    ],
)
def test_an_address_that_is_none_of_http_is_refused(url: str) -> None:
    with pytest.raises(MigrationError, match=r"^auth.auth_url: the login names the address "):
        find(override=url)


def test_http_after_a_login_over_https_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"^storage_url: .* is at http://h/v1/AUTH_x,"):
        find(override="http://h/v1/AUTH_x")
    assert find(override="http://h/v1/AUTH_x", allow_plain_http=True) == "http://h/v1/AUTH_x"


def test_the_case_of_the_letters_in_https_does_not_count() -> None:
    used = ConnectionOptions(auth={"auth_url": "HTTPS://k/v3"}, interface="public")
    with pytest.raises(MigrationError, match=r"^storage_url: the login was over https"):
        find_storage_url(LoginSession(Session(), Plugin(), used, "http://h/v1"), used)


def test_http_after_a_login_over_http_is_taken() -> None:
    used = ConnectionOptions(auth={"auth_url": "http://k/v3"}, interface="public")
    assert find_storage_url(LoginSession(Session(), Plugin(), used, "http://h/v1"), used)


def test_one_of_several_regions_is_not_guessed() -> None:
    with pytest.raises(MigrationError, match=r"^region_name: there are object stores in One, Two"):
        find(("One", "public"), ("Two", "public"))


def test_a_region_with_another_interface_only_is_not_counted() -> None:
    assert find(("One", "public"), ("Two", "internal")) == "https://One/public"


def test_a_catalog_without_one_is_told() -> None:
    with pytest.raises(MigrationError, match=r"^auth.auth_url: the cloud's catalog has no object"):
        find()


def test_a_login_that_is_about_to_end_and_cannot_be_renewed_is_told() -> None:
    class Failing(Plugin):
        def get_auth_ref(self, session: Any, **_options: Any) -> AccessInfoV3:
            raise ServiceUnavailable

    used = ConnectionOptions(auth=AUTH, auth_type="v3token")
    with pytest.raises(MigrationError, match=r"^auth.auth_url: https://k/v3 answers 503"):
        find_storage_url(LoginSession(Session(), Failing(), used), used)


def test_a_wrong_region_is_told_with_those_there_are() -> None:
    with pytest.raises(MigrationError, match=r"^region_name: .* region Mars\. Take One or Two"):
        find(("One", "public"), ("Two", "public"), region_name="Mars")


def test_a_missing_interface_is_told_with_those_there_are() -> None:
    with pytest.raises(MigrationError, match=r"^interface: .* no admin address\. Take public\."):
        find(("One", "public"), ("Two", "internal"), region_name="One", interface="admin")


def test_the_users_own_address_counts() -> None:
    found = find(("One", "public"), storage_url="https://front/v1/AUTH_x")
    assert found == "https://front/v1/AUTH_x"


@pytest.mark.parametrize("named", ["http://internal:8080/v1/AUTH_x", "https://One/v1/AUTH_x"])
def test_the_users_own_server_serves_the_account_that_is_named(named: str) -> None:
    assert find(override=named, storage_url="https://front:443") == "https://front:443/v1/AUTH_x"
    assert find(override=named, storage_url="https://front/") == "https://front/v1/AUTH_x"


def test_the_users_own_address_may_not_be_plain_http_either() -> None:
    with pytest.raises(MigrationError, match=r"^storage_url: the login was over https"):
        find(storage_url="http://front/v1/AUTH_x")
    url = "http://front/v1/AUTH_x"
    assert find(storage_url=url, allow_plain_http=True) == url
