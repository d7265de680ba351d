# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A login that is made again: when, how often, and for whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    PATIENCE,
    Retry,
)

from tests.unit.plugins.module_utils._cloud.connection.auth_server import AuthServer


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
