# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One login shared by all, against a v1 auth that does as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _connection
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._retry import (
    PATIENCE,
    Retry,
)

from tests.unit.plugins.module_utils.object_server import Answer, Asked, ObjectServer


def sleep(seconds: float) -> None:
    """Sleep by the clock that the connection has when it sleeps."""
    _connection.time.sleep(seconds)


class AuthServer(ObjectServer):
    """Hands out ``token-1``, ``token-2``, … and knows where /info is."""

    def __init__(self) -> None:
        super().__init__()
        self.script = self._answer
        self.prefix = ""
        self.life: int | None = 86400
        self.failures: list[int] = []
        self.retry_after = "0"
        self.reuses_tokens = False
        self.info: dict[str, bytes] = {}
        self.info_failures: list[int] = []
        self._lock = threading.Lock()

    @property
    def logins(self) -> int:
        return sum(asked.path == "/auth/v1.0" for asked in self.asked)

    def connection(self, label: str = "source") -> Connection:
        auth = {"auth_url": f"{self.url}/auth/v1.0", "username": "a:b", "password": "sesame"}
        return Connection(
            ConnectionOptions(auth_type="v1password", auth=auth, label=label),
            retry=Retry(sleep=sleep, uniform=lambda _low, high: high),
        )

    def _answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/info") and self.info_failures:
            return Answer(self.info_failures.pop(0))
        if asked.path in self.info:
            return Answer(200, body=self.info[asked.path])
        if asked.path != "/auth/v1.0":
            return Answer(404)
        with self._lock:
            if self.failures:
                return Answer(self.failures.pop(0), {"Retry-After": self.retry_after})
            if not self.reuses_tokens or not self.tokens:
                self.tokens += 1
        headers = {
            "X-Storage-Url": f"{self.url}{self.prefix}/v1/AUTH_a/",
            "X-Auth-Token": self.token(),
        }
        if self.life is not None:
            headers["X-Auth-Token-Expires"] = str(self.life)
        return Answer(200, headers)


@pytest.fixture
def server() -> Iterator[AuthServer]:
    with AuthServer().running() as running:
        assert isinstance(running, AuthServer)
        yield running


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which time.monotonic is ahead; sleeping makes them more."""
    ahead = [0.0]
    monotonic = time.monotonic

    class Time:
        @staticmethod
        def monotonic() -> float:
            return monotonic() + ahead[0]

        @staticmethod
        def sleep(seconds: float) -> None:
            ahead[0] += seconds

    monkeypatch.setattr(_connection, "time", Time)
    return ahead


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


class TestRenewal:
    @pytest.mark.parametrize(("life", "late"), [(86400, 86345), (300, 275), (20, 19)])
    def test_comes_before_the_token_expires(
        self, server: AuthServer, clock: list[float], life: int, late: int
    ) -> None:
        server.life = life
        connection = server.connection()
        assert connection.token() == "token-1"
        clock[0] += life * 0.7
        assert connection.token() == "token-1"
        clock[0] += late - life * 0.7
        assert connection.token() == "token-2"

    def test_is_made_once_for_all_that_were_rejected(self, server: AuthServer) -> None:
        connection = server.connection()
        rejected = connection.token()
        with ThreadPoolExecutor(16) as pool:
            tokens = set(pool.map(connection.renew, [rejected] * 64))
        assert tokens == {"token-2"}
        assert connection.token() == "token-2"
        assert server.logins == 2

    def test_is_not_made_for_who_comes_late(self, server: AuthServer) -> None:
        connection = server.connection()
        first = connection.token()
        second = connection.renew(first)
        assert connection.renew(first) == second
        assert connection.renew(second) == "token-3"

    def test_does_not_give_a_token_that_is_about_to_expire(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        first = connection.token()
        connection.renew(first)
        clock[0] += 86399
        assert connection.renew(first) == "token-3"

    def test_that_gives_the_same_token_back_is_not_repeated_by_each_worker(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        server.reuses_tokens = True
        connection = server.connection()
        rejected = connection.token()
        assert {connection.renew(rejected) for _worker in range(10)} == {rejected}
        assert server.logins == 2
        clock[0] += 10
        connection.renew(rejected)
        assert server.logins == 3

    @pytest.mark.parametrize("late", [3.1, 4])
    def test_that_gave_the_same_token_back_is_repeated_once_that_has_expired(
        self, server: AuthServer, clock: list[float], late: float
    ) -> None:
        server.reuses_tokens = True
        server.life = 4
        connection = server.connection()
        expired = connection.token()
        assert connection.renew(expired) == expired
        server.reuses_tokens = False
        clock[0] += late
        assert connection.renew(expired) == "token-2"

    @pytest.mark.parametrize("failures", [[503], [500, 429], [503] * 11])
    def test_outlives_a_passing_failure(
        self, server: AuthServer, clock: list[float], failures: list[int]
    ) -> None:
        connection = server.connection()
        rejected = connection.token()
        server.failures = failures
        assert connection.renew(rejected) == "token-2"

    def test_obeys_retry_after(self, server: AuthServer, clock: list[float]) -> None:
        connection = server.connection()
        rejected = connection.token()
        server.failures, server.retry_after = [429], "70"
        assert connection.renew(rejected) == "token-2"
        assert clock == [70.5]

    def test_gives_up_in_the_end_for_all(self, server: AuthServer, clock: list[float]) -> None:
        connection = server.connection()
        rejected = connection.token()
        server.failures = [503] * 99

        def renew(_worker: int) -> None:
            with pytest.raises(MigrationError, match="answers 503") as caught:
                connection.renew(rejected)
            assert caught.value.fatal

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(renew, range(16)))
        assert PATIENCE <= clock[0] <= PATIENCE + 30
        assert server.logins == 13

    def test_that_fails_leaves_a_token_that_is_still_valid(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        first = connection.token()
        clock[0] += 86400 - 40
        server.failures = [503, 503]
        for logins in (2, 3):
            before = clock[0]
            assert [connection.token() for _request in range(10)] == [first] * 10
            assert (server.logins, clock[0]) == (logins, before)
            clock[0] += 25
        assert connection.token() == "token-2"

    def test_of_a_token_that_has_ended_is_waited_for(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        connection.token()
        clock[0] += 86400
        server.failures = [503] * 11
        assert connection.token() == "token-2"

    def test_that_is_refused_is_final_though_the_token_is_still_valid(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        connection.token()
        clock[0] += 86400 - 40
        server.failures = [401]
        with pytest.raises(MigrationError, match=r"source.auth.password: .* rejects user a:b"):
            connection.token()

    def test_is_not_begun_anew_by_who_needs_the_token(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        connection.token()
        server.failures = [503] * 99
        with pytest.raises(MigrationError, match="answers 503"):
            Retry(sleep=lambda _seconds: None).call(lambda: connection.renew("token-1"))
        assert server.logins == 13

    def test_does_not_insist_on_a_key_that_is_wrong_by_now(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        connection = server.connection()
        rejected = connection.token()
        server.failures = [401] * 9
        with pytest.raises(MigrationError, match=r"source.auth.password: .* rejects user a:b"):
            connection.renew(rejected)
        assert server.logins == 2


class TestFreshness:
    def test_is_that_of_the_login(self, server: AuthServer, clock: list[float]) -> None:
        connection = server.connection()
        first = connection.token()
        assert connection.is_fresh(first)
        clock[0] += 61
        assert not connection.is_fresh(first)
        second = connection.renew(first)
        assert connection.is_fresh(second)
        assert not connection.is_fresh(first)

    def test_comes_back_with_a_token_that_is_given_again(
        self, server: AuthServer, clock: list[float]
    ) -> None:
        server.reuses_tokens = True
        connection = server.connection()
        token = connection.token()
        clock[0] += 61
        assert connection.renew(token) == token
        assert connection.is_fresh(token)


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
        assert clock[0] > 60


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
