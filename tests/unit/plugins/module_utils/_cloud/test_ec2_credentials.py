# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""EC2 credentials of a Keystone in states that no lab has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.ec2_credentials import (
    Ec2Credential,
    Ec2Credentials,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    LoginSession,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from keystoneauth1 import exceptions
from requests import Response

Row = dict[str, Any]


class Access:
    """A login that has happened."""

    user_id = "alice"
    project_id: str | None = "p"

    def get_access(self, _session: Any) -> Access:
        return self


class Keystone:
    """A session whose requests are answered from ``rows``, and noted."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows
        self.asked: list[tuple[str, str]] = []
        self.failures: dict[str, Exception] = {}

    def request(self, url: str, method: str, **_options: Any) -> Response:
        self.asked.append((method, url))
        if failure := self.failures.get(method):
            raise failure
        made = row("made")
        body: Any = {"GET": {"credentials": self.rows}, "POST": {"credential": made}}.get(method)
        answer = Response()
        answer._content = json.dumps(body).encode() if body else b""
        return answer

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(method, url) for method, url in self.asked if method != "GET"]


def row(access: str, project: str = "p", trust: str | None = None) -> Row:
    return {"access": access, "secret": f"s-{access}", "tenant_id": project, "trust_id": trust}


def credentials(
    keystone: Keystone,
    *,
    auth_url: str = "https://k/v3",
    auth_type: str = "v3password",
    access: Access | None = None,
) -> Ec2Credentials:
    options = ConnectionOptions(auth={"auth_url": auth_url}, auth_type=auth_type)
    login = LoginSession(keystone, access or Access(), options)  # type: ignore[arg-type]
    return Ec2Credentials(login, options)


def test_one_of_another_project_is_not_used() -> None:
    keystone = Keystone(row("a", project="other"))
    outcome = credentials(keystone).ensure_present(None, check=False)
    assert outcome.credential == Ec2Credential("made", "s-made", "p")
    assert (outcome.before, outcome.after) == ([], ["made"])


def test_one_that_a_trust_gives_is_neither_used_nor_deleted() -> None:
    keystone = Keystone(row("a", trust="t"))
    assert not credentials(keystone).ensure_absent(None, check=False).changed
    assert not credentials(keystone).ensure_absent("a", check=False).changed
    assert credentials(keystone).ensure_present(None, check=False).changed


@pytest.mark.parametrize("method", ["ensure_present", "ensure_absent"])
def test_one_of_another_project_is_not_taken_by_its_name(method: str) -> None:
    keystone = Keystone(row("a", project="other"))
    with pytest.raises(MigrationError, match=r"^access: a is of project other, the login of p"):
        getattr(credentials(keystone), method)("a", check=False)
    assert keystone.changes == []


def test_check_mode_asks_for_no_change() -> None:
    keystone = Keystone()
    assert credentials(keystone).ensure_present(None, check=True).after == ["(new)"]
    keystone.rows = (row("a"),)
    assert credentials(keystone).ensure_absent(None, check=True).after == []
    assert keystone.changes == []


def test_one_that_somebody_else_deletes_meanwhile_is_gone() -> None:
    keystone = Keystone(row("a"))
    keystone.failures["DELETE"] = exceptions.NotFound()
    assert credentials(keystone).ensure_absent(None, check=False).changed
    assert keystone.changes == [("DELETE", "https://k/v3/users/alice/credentials/OS-EC2/a")]


@pytest.mark.parametrize("url", ["https://k/v3", "https://k/v3/", "https://k", "https://k/"])
def test_the_url_of_keystone_may_be_written_as_clouds_yaml_has_it(url: str) -> None:
    keystone = Keystone()
    credentials(keystone, auth_url=url).known()
    assert keystone.asked == [("GET", "https://k/v3/users/alice/credentials/OS-EC2")]


def test_a_user_who_may_not_is_told_in_keystones_words() -> None:
    keystone = Keystone()
    keystone.failures["POST"] = exceptions.Forbidden("not your role (HTTP 403)")
    with pytest.raises(MigrationError, match=r"^auth: Keystone does not .*: not your role\. Ask"):
        credentials(keystone).ensure_present(None, check=False)


def test_an_application_credential_that_may_not_is_told_where_the_keys_go() -> None:
    keystone = Keystone()
    keystone.failures["POST"] = exceptions.Forbidden("no (HTTP 403)")
    with pytest.raises(MigrationError, match=r"^auth.application_credential_id: .*cube_storage_s3"):
        credentials(keystone, auth_type="v3applicationcredential").ensure_present(None, check=False)


def test_a_keystone_in_trouble_is_told() -> None:
    keystone = Keystone()
    keystone.failures["GET"] = exceptions.ServiceUnavailable("Sorry")
    with pytest.raises(MigrationError, match="answers 503 Sorry"):
        credentials(keystone).known()


def test_a_login_without_a_project_is_told() -> None:
    access = Access()
    access.project_id = None
    with pytest.raises(MigrationError, match=r"^auth.project_name: the login is not for a project"):
        credentials(Keystone(), access=access)


def test_a_secret_does_not_show() -> None:
    assert "s-made" not in repr(Ec2Credential.from_answer(row("made")))
