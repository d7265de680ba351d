# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One login shared by all, against a v1 auth that does as told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils._cloud.connection.auth_server import AuthServer


class TestLogin:
    def test_is_not_made_before_it_is_needed(self, server: AuthServer) -> None:
        server.connection()
        assert server.asked == []

    def test_is_made_once(self, server: AuthServer) -> None:
        connection = server.connection()
        assert connection.token() == connection.token() == "token-1"
        assert connection.storage_url == f"{server.url}/v1/AUTH_a"
        assert connection.project_id is None
        assert server.logins == 1

    def test_is_made_once_for_many_threads(self, server: AuthServer) -> None:
        connection = server.connection()
        with ThreadPoolExecutor(16) as pool:
            tokens = set(pool.map(lambda _worker: connection.token(), range(64)))
        assert tokens == {"token-1"}
        assert server.logins == 1

    def test_tells_when_it_ends(self, server: AuthServer) -> None:
        expires_at = server.connection().expires_at
        assert expires_at is not None
        assert abs((expires_at - datetime.now(UTC)).total_seconds() - 86400) < 60

    def test_may_not_tell_when_it_ends(self, server: AuthServer, clock: list[float]) -> None:
        server.life = None
        connection = server.connection()
        assert connection.expires_at is None
        clock[0] += 1e9
        assert connection.token() == "token-1"

    def test_failure_is_told_at_once(self, server: AuthServer) -> None:
        server.failures = [503] * 9
        with pytest.raises(MigrationError, match=r"^source.auth.auth_url: .* answers 503 .* later"):
            server.connection().token()
        assert server.logins == 1

    def test_of_a_given_session_is_used(self, server: AuthServer) -> None:
        opened = server.connection()._login
        opened.session.auth = opened.auth
        connection = Connection(ConnectionOptions(), session=opened.session)
        assert connection.token() == "token-1"


class TestOptions:
    def test_in_effect_have_no_gaps(self, server: AuthServer) -> None:
        options = server.connection().options
        assert (options.validate_certs, options.ca_cert) == (True, None)
        assert (options.auth_type, options.interface) == ("v1password", "public")
        assert options.label == "source"
        assert server.asked == []

    def test_of_another_type_are_ignored_for_v1(self, server: AuthServer) -> None:
        given = server.connection().options
        auth: dict[str, Any] = {**given.auth, "user_domain_name": "Default"}
        connection = Connection(ConnectionOptions(auth_type="v1password", auth=auth))
        assert connection.token() == "token-1"

    @pytest.mark.parametrize("key", ["pässwörd", "10 €", "ключ"])
    def test_of_v1_beyond_ascii_are_sent_in_utf_8(self, server: AuthServer, key: str) -> None:
        auth = {"auth_url": f"{server.url}/auth/v1.0", "username": "ä:ß", "password": key}
        assert Connection(ConnectionOptions(auth_type="v1password", auth=auth)).token() == "token-1"
        headers = {name.lower(): value for name, value in server.asked[0].headers.items()}
        # The fake reads Latin-1, which keeps each byte.
        assert headers["x-auth-user"].encode("latin-1") == "ä:ß".encode()
        assert headers["x-auth-key"].encode("latin-1") == key.encode()
