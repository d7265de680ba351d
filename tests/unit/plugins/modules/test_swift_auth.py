# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_auth's result for servers and logins that no lab has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.modules.swift_auth import describe


class Login:
    """What a Connection offers."""

    storage_url = "https://ceph/swift/v1/AUTH_p"
    project_id = "p"
    project_name = "cube"

    def __init__(self, expires_at: datetime | None, info: dict[str, Any]) -> None:
        self.expires_at = expires_at
        self._info = info

    def profile(self) -> ServerProfile:
        return ServerProfile.of(self._info)

    def capabilities(self) -> dict[str, Any]:
        return self._info

    def token(self) -> str:
        return "secret"


def described(
    expires_at: datetime | None = None, info: dict[str, Any] | None = None, token: bool = False
) -> dict[str, Any]:
    return describe(Login(expires_at, info or {}), token=token)  # type: ignore[arg-type]


def test_ceph_is_told() -> None:
    info = {"swift": {"version": "18.2.7", "max_object_name_size": 1024}}
    result = described(info=info)
    assert (result["server"], result["version"]) == ("ceph", "18.2.7")
    assert result["capabilities"] == info


def test_a_server_without_info_is_no_error() -> None:
    result = described()
    assert (result["server"], result["version"], result["capabilities"]) == (None, None, {})


@pytest.mark.parametrize(
    ("expires_at", "told"),
    [
        (None, None),
        (datetime(2026, 11, 22, 15, 46, 47, 999, tzinfo=UTC), "2026-11-22T15:46:47+00:00"),
    ],
)
def test_the_time_is_told_in_whole_seconds(expires_at: datetime | None, told: str | None) -> None:
    assert described(expires_at)["expires_at"] == told


def test_the_token_is_told_only_on_request() -> None:
    assert "secret" not in described().values()
    assert described(token=True)["token"] == "secret"
