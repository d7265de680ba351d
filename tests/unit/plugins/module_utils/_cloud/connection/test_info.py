# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a connection finds out of the server's /info."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    FIRST_CONTACT,
    Retry,
)

from tests.unit.plugins.module_utils._cloud.connection.auth_server import AuthServer


class TestCapabilities:
    @pytest.mark.parametrize(
        ("prefix", "place"), [("", "/info"), ("/swift", "/swift/info"), ("/swift", "/info")]
    )
    def test_are_found_and_remembered(self, server: AuthServer, prefix: str, place: str) -> None:
        server.prefix = prefix
        server.info[place] = json.dumps({"swift": {"version": "1"}}).encode()
        connection = server.connection()
        assert connection.capabilities() == {"swift": {"version": "1"}}
        asked = len(server.asked)
        assert connection.capabilities() == {"swift": {"version": "1"}}
        assert len(server.asked) == asked

    def test_are_interpreted_once(self, server: AuthServer) -> None:
        server.info["/info"] = b'{"swift": {"version": "1"}}'
        connection = server.connection()
        profile = connection.profile()
        assert (profile.name, profile.version) == ("swift", "1")
        asked = len(server.asked)
        assert connection.profile() is profile
        assert len(server.asked) == asked

    def test_need_no_token(self, server: AuthServer) -> None:
        server.info["/info"] = b"{}"
        server.connection().capabilities()
        assert "x-auth-token" not in server.asked[-1].headers

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[1]"])
    def test_are_empty_when_there_are_none(self, server: AuthServer, body: bytes) -> None:
        server.info["/info"] = body
        assert server.connection().capabilities() == {}

    @pytest.mark.parametrize("failures", [[429], [500, 503], [504] * 11])
    def test_are_asked_for_again_when_that_fails_for_the_moment(
        self, server: AuthServer, clock: list[float], failures: list[int]
    ) -> None:
        server.prefix = "/swift"
        server.info["/swift/info"] = b'{"swift": {"max_object_name_size": 1024}}'
        server.info["/info"] = b'{"swift": {}}'
        server.info_failures = failures
        assert "max_object_name_size" in server.connection().capabilities()["swift"]

    @pytest.mark.parametrize("status", [401, 403, 404, 412])
    def test_are_looked_for_elsewhere_when_they_are_not_told(
        self, server: AuthServer, status: int
    ) -> None:
        server.info["/swift/info"] = b'{"swift": {}}'
        server.info_failures = [status]
        assert server.connection().capabilities() == {"swift": {}}

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_are_not_taken_for_none_when_they_cannot_be_had(
        self, server: AuthServer, clock: list[float], status: int
    ) -> None:
        server.info_failures = [status] * 99
        connection = server.connection()
        told = rf"^source.auth.auth_url: {server.url}/info answers {status}"
        with pytest.raises(MigrationError, match=told) as caught:
            Retry(sleep=lambda _seconds: None).call(connection.capabilities)
        assert caught.value.fatal
        assert len(server.asked) <= 14

    def test_of_a_store_that_cannot_be_reached_for_long_are_an_error(
        self, server: AuthServer, clock: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection = server.connection()
        monkeypatch.setattr(connection, "_storage_url", "http://127.0.0.1:1/v1/AUTH_a")
        with pytest.raises(MigrationError, match=r"cannot reach http://127.0.0.1:1/v1/AUTH_a"):
            connection.capabilities()
        assert clock[0] > FIRST_CONTACT
