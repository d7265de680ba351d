# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The v1 auth protocol: what is asked and what is answered."""

from __future__ import annotations

import logging
from typing import NamedTuple

import pytest
from swift_v1_gateway.allowance import Allowance
from swift_v1_gateway.application import AUTH_PATHS, Application
from swift_v1_gateway.login_error import LoginError
from swift_v1_gateway.token_cache import Login, TokenCache

NAME, SECRET = "21dced0fd20347869b93710d2b98aae0", "s3cret-of-the-credential"
URL = "https://swift.example.org/v1/AUTH_a"


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class Gateway:
    """An application before a Keystone that knows one credential, and a clock."""

    def __init__(self, requests: float = 1000.0, failures: float = 3.0) -> None:
        self.now = 1000.0
        self.logins: list[tuple[str, str]] = []
        self.failure: LoginError | None = None
        self.application = Application(
            TokenCache(self.log_in, reuse=1e9, clock=self.clock),
            Allowance(requests, requests, clock=self.clock),
            Allowance(failures / 60, failures, clock=self.clock),
            clock=self.clock,
        )

    def clock(self) -> float:
        return self.now

    def log_in(self, name: str, secret: str) -> Login:
        self.logins.append((name, secret))
        if self.failure:
            raise self.failure
        if secret != SECRET:
            raise LoginError(401, "rejected")
        return Login("gAAAA-token", URL, self.now, 3600.9)

    def ask(
        self, path: str = "/auth/v1.0", client: str = "192.0.2.1", method: str = "GET", **given: str
    ) -> Told:
        """Send a request with the headers ``given``, by their names in WSGI."""
        told: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": client}
        environ |= {f"HTTP_{name}": value for name, value in given.items()}
        body = b"".join(
            self.application(environ, lambda *args: told.append(args))  # type: ignore[arg-type]
        )
        [(status, headers)] = told
        return Told(int(status.split()[0]), dict(headers), body.decode())

    def log(self, secret: str = SECRET, name: str = NAME, client: str = "192.0.2.1") -> Told:
        return self.ask(client=client, X_AUTH_USER=name, X_AUTH_KEY=secret)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.mark.parametrize("path", [*AUTH_PATHS, "/auth/v1.0/"])
@pytest.mark.parametrize(
    "names", [("X_AUTH_USER", "X_AUTH_KEY"), ("X_STORAGE_USER", "X_STORAGE_PASS")]
)
def test_a_credential_gets_url_and_token(
    gateway: Gateway, path: str, names: tuple[str, str]
) -> None:
    told = gateway.ask(path, **dict(zip(names, (NAME, SECRET), strict=True)))
    assert told.status == 200
    assert told.headers["X-Storage-Url"] == URL
    assert told.headers["X-Auth-Token"] == told.headers["X-Storage-Token"] == "gAAAA-token"
    assert gateway.logins == [(NAME, SECRET)]


def test_the_token_expires_in_the_seconds_that_are_left(gateway: Gateway) -> None:
    assert gateway.log().headers["X-Auth-Token-Expires"] == "3600"
    gateway.now += 600
    assert gateway.log().headers["X-Auth-Token-Expires"] == "3000"
    assert len(gateway.logins) == 1


def test_no_answer_may_be_kept_by_a_proxy(gateway: Gateway) -> None:
    assert gateway.log().headers["Cache-Control"] == "no-store"
    assert gateway.log("wrong").headers["Cache-Control"] == "no-store"


def test_a_rejected_credential_is_unauthorized(gateway: Gateway) -> None:
    told = gateway.log("wrong")
    assert (told.status, told.body) == (401, "rejected.\n")
    assert told.headers["WWW-Authenticate"].startswith("Swift realm=")
    assert "X-Auth-Token" not in told.headers


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"X_AUTH_USER": NAME},
        {"X_AUTH_KEY": SECRET},
        {"X_AUTH_USER": NAME, "X_AUTH_KEY": ""},
        {"X_AUTH_USER": NAME, "X_AUTH_KEY": "x" * 1025},
        {"X_AUTH_USER": "\xe4" * 32, "X_AUTH_KEY": SECRET},
    ],
)
def test_what_cannot_be_a_credential_is_not_asked_for(
    gateway: Gateway, given: dict[str, str]
) -> None:
    assert gateway.ask(**given).status == 401
    assert gateway.logins == []


def test_when_keystone_is_down_the_client_is_told_when_to_come_back(gateway: Gateway) -> None:
    gateway.failure = LoginError(503, "cannot reach https://keystone", retry_after=5)
    told = gateway.log()
    assert (told.status, told.headers["Retry-After"]) == (503, "5")
    gateway.failure = None
    assert gateway.log().status == 200


def test_what_is_wrong_with_the_gateway_is_not_blamed_on_the_client(gateway: Gateway) -> None:
    gateway.failure = LoginError(502, "--region-name is needed")
    for _time in range(5):
        assert gateway.log().status == 502


def test_it_is_healthy_without_keystone_and_however_often_it_is_asked() -> None:
    gateway = Gateway(requests=1)
    gateway.failure = LoginError(503, "down")
    assert {gateway.ask("/healthcheck")[::2] for _time in range(9)} == {(200, "OK\n")}
    assert gateway.logins == []


@pytest.mark.parametrize("path", ["", "/", "/auth", "/auth/v1.0/x", "/v1/AUTH_a", "/auth/v2.0"])
def test_there_is_nothing_else(gateway: Gateway, path: str) -> None:
    assert gateway.ask(path, X_AUTH_USER=NAME, X_AUTH_KEY=SECRET).status == 404
    assert gateway.logins == []


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "DELETE", "OPTIONS"])
def test_only_get_is_understood(gateway: Gateway, method: str) -> None:
    told = gateway.ask(method=method, X_AUTH_USER=NAME, X_AUTH_KEY=SECRET)
    assert (told.status, told.headers["Allow"]) == (405, "GET")
    assert gateway.logins == []


def test_a_client_that_asks_too_often_has_to_wait_and_no_other() -> None:
    gateway = Gateway(requests=10)
    assert {gateway.log().status for _time in range(10)} == {200}
    told = gateway.log()
    assert (told.status, told.headers["Retry-After"]) == (429, "1")
    assert gateway.log(client="192.0.2.2").status == 200
    gateway.now += 1
    assert gateway.log().status == 200


def test_a_client_whose_logins_fail_has_to_wait_even_with_the_right_secret(
    gateway: Gateway,
) -> None:
    gateway.log()
    assert [gateway.log(f"guess {number}").status for number in range(5)] == [401] * 3 + [429] * 2
    assert gateway.log().status == 429
    assert len(gateway.logins) == 4
    gateway.now += 20
    assert gateway.log().status == 200


def test_a_client_that_tries_many_names_has_to_wait(gateway: Gateway) -> None:
    told = [gateway.log("x", name=f"{number:032x}").status for number in range(5)]
    assert told == [401] * 3 + [429] * 2


def test_who_has_a_token_is_not_shut_out_by_a_neighbour_with_another_name(
    gateway: Gateway,
) -> None:
    gateway.log()
    for number in range(5):
        gateway.log("x", name=f"{number:032x}")
    assert gateway.log().status == 200


def test_failures_of_one_client_do_not_count_for_another(gateway: Gateway) -> None:
    for _time in range(5):
        gateway.log("wrong")
    assert gateway.log(client="192.0.2.2").status == 200


def test_what_a_client_says_of_its_own_address_does_not_count() -> None:
    gateway = Gateway(requests=1)
    told = [
        gateway.ask(X_FORWARDED_FOR=f"192.0.2.{number}", X_AUTH_USER=NAME, X_AUTH_KEY=SECRET).status
        for number in range(2)
    ]
    assert told == [200, 429]


def test_the_log_names_the_credential_and_the_client_and_no_secret(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway.log()
        gateway.log("wr0ng-secret")
        gateway.log(NAME, name=SECRET)
        gateway.log("wr0ng-secret\r\nforged line", name="forged\nline")
    assert f"credential {NAME} for 192.0.2.1: rejected" in caplog.text
    assert SECRET not in caplog.text
    assert "wr0ng-secret" not in caplog.text
    assert "gAAAA-token" not in caplog.text
    assert "forged" not in caplog.text
