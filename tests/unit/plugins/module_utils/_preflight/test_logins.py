# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether one side can be logged in to, and what is told of the way there."""

from __future__ import annotations

import datetime
from typing import cast

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight import logins
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.logins import (
    check_login,
    check_server,
    check_storage_url,
)

UNTIL = datetime.datetime(2026, 11, 29, 16, 5, tzinfo=datetime.UTC)


class Login:
    """What a connection offers here."""

    project_name = "cube"
    storage_url = "https://s.example:8080/v1/AUTH_x"
    expires_at: datetime.datetime | None = None

    def __init__(self, info: dict[str, object] | None = None, **options: object) -> None:
        auth = {"auth_url": "https://k.example/v3", **options.pop("auth", {})}  # type: ignore[dict-item]
        self.options = ConnectionOptions(auth=auth, label="source", **options)  # type: ignore[arg-type]
        self._info = info or {}

    def token(self) -> str:
        return "t"

    def profile(self) -> ServerProfile:
        return ServerProfile.of(self._info)


def connection(login: Login) -> Connection:
    return cast("Connection", login)


def seen(checks: list[Check]) -> dict[str, tuple[str, str]]:
    return {check.name: (check.verdict, check.seen) for check in checks}


def test_a_login_tells_who_and_until_when() -> None:
    login = Login(auth={"username": "chris:chris"})
    login.expires_at = UNTIL
    [check] = check_login(connection(login), "source")
    assert check.seen == "logged in as chris:chris, until 2026-11-29 16:05 UTC"
    [check] = check_login(connection(Login()), "source")
    assert check.seen == "logged in as cube"


def test_a_good_way_is_all_right() -> None:
    found = seen(list(check_storage_url(connection(Login()), "source")))
    assert found["address of the source"][1].endswith("https://s.example:8080/v1/AUTH_x")
    assert {name: verdict for name, (verdict, _seen) in found.items()} == {
        "address of the source": "ok",
        "transport to the source": "ok",
    }


@pytest.mark.parametrize(
    ("login", "what"),
    [
        (Login(auth={"auth_url": "http://k.example/v3"}), "plain http"),
        (Login(validate_certs=False), "are not checked"),
    ],
    ids=["http", "unchecked"],
)
def test_a_weak_way_is_warned_of(login: Login, what: str) -> None:
    found = [
        check
        for check in check_storage_url(connection(login), "source")
        if check.name == "transport to the source"
    ]
    assert [check.verdict for check in found] == ["warning"]
    assert what in found[0].seen
    assert found[0].remedy != ""


def test_a_proxy_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        logins, "through", lambda origin: f" through the proxy p, to {origin}, as named"
    )
    found = seen(list(check_storage_url(connection(Login()), "source")))
    assert found["proxy to the source"] == (
        "warning",
        "all requests to https://s.example:8080 go through the proxy p, to "
        "https://s.example:8080, as named",
    )


def test_a_server_tells_what_it_is() -> None:
    def told(info: dict[str, object]) -> tuple[str, str]:
        [check] = check_server(connection(Login(info)), "source")
        return check.verdict, check.seen

    assert told({"swift": {"version": "2.38.3"}}) == ("ok", "it is Swift 2.38.3")
    assert told({"swift": {"max_object_name_size": 1024}}) == (
        "ok",
        "it is a Ceph gateway, as Swift",
    )
    assert told({})[0] == "warning"
