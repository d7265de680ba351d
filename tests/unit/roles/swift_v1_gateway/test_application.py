# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The v1 auth protocol: what is asked and what is answered."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from swift_v1_gateway.allowance import Allowance
from swift_v1_gateway.application import AUTH_PATHS, GUESSING, Application
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

    def __init__(self, requests: float = 1000.0, failures: float = 3.0, reuse: float = 1e9) -> None:
        self.now = 1000.0
        self.logins: list[tuple[str, str]] = []
        self.failure: LoginError | None = None
        self.application = Application(
            TokenCache(self.log_in, reuse=reuse, clock=self.clock),
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
    gateway.log()  # until it has succeeded, the address is what counts
    assert {gateway.log().status for _time in range(10)} == {200}
    told = gateway.log()
    assert (told.status, told.headers["Retry-After"]) == (429, "1")
    assert gateway.log(client="192.0.2.2").status == 200
    gateway.now += 1
    assert gateway.log().status == 200


def test_a_client_whose_logins_fail_has_to_wait_even_with_a_right_secret_that_is_new(
    gateway: Gateway,
) -> None:
    assert [gateway.log(f"guess {number}").status for number in range(5)] == [401] * 3 + [429] * 2
    assert gateway.log().status == 429
    assert len(gateway.logins) == 3
    gateway.now += 20
    assert gateway.log().status == 200


def test_a_right_secret_gets_in_whatever_its_neighbours_do() -> None:
    gateway = Gateway(requests=10, reuse=300)
    assert gateway.log().status == 200
    for hour in (0.001, 0.1, 1, 10, 23.9):
        gateway.now += hour * 3600
        for number in range(50):
            gateway.log(f"guess {number}", name=NAME if number % 2 else f"{number:032x}")
        assert gateway.log().status == 200


def test_a_secret_that_has_become_wrong_is_a_guess_again() -> None:
    gateway = Gateway(reuse=300)
    gateway.log()
    gateway.now += 301
    gateway.failure = LoginError(401, "rejected")
    assert [gateway.log().status for _time in range(6)] == [401] * 4 + [429] * 2


def test_a_secret_that_was_right_long_ago_is_a_guess_again() -> None:
    gateway = Gateway(reuse=300)
    gateway.log()
    gateway.now += 86401
    for number in range(3):
        gateway.log(f"guess {number}")
    assert gateway.log().status == 429


def test_a_login_that_does_not_fail_counts_for_nothing() -> None:
    gateway = Gateway()
    gateway.failure = LoginError(503, "down")
    assert {gateway.log(f"s{number}").status for number in range(9)} == {503}
    gateway.failure = None
    assert gateway.log().status == 200
    assert [gateway.log(f"guess {number}").status for number in range(4)] == [401] * 3 + [429]


@pytest.mark.parametrize("clients", ["127.0.0.{}", "2001:db8::{}", "::ffff:127.0.0.{}"])
def test_a_client_gains_nothing_by_another_address_of_its_own(
    gateway: Gateway, clients: str
) -> None:
    told = [gateway.log("x", client=clients.format(number)).status for number in range(1, 6)]
    assert told == [401] * 3 + [429] * 2


class Slow:
    """A Keystone that answers when it is told to."""

    def __init__(self) -> None:
        self.gateway = Gateway(failures=1000, reuse=300)
        self.log_in = self.gateway.log_in
        self.going_on = threading.Event()
        self.asked = threading.Semaphore(0)
        self.hangs = False
        self.gateway.application = Application(
            TokenCache(self.wait, reuse=300, clock=self.gateway.clock),
            Allowance(1e6, 1e6, clock=self.gateway.clock),
            Allowance(1000, 1000, clock=self.gateway.clock),
            clock=self.gateway.clock,
        )

    def wait(self, name: str, secret: str) -> Login:
        if self.hangs:
            self.asked.release()
            assert self.going_on.wait(30)
            raise LoginError(503, "no answer")
        return self.log_in(name, secret)


def test_a_keystone_that_hangs_keeps_nobody_out_who_needs_it_not() -> None:
    slow = Slow()
    gateway = slow.gateway
    assert gateway.log().status == 200
    slow.hangs = True
    with ThreadPoolExecutor(60) as pool:
        guesses = [pool.submit(gateway.log, f"guess {number}") for number in range(50)]
        for _number in range(GUESSING):
            assert slow.asked.acquire(timeout=10)
        assert gateway.log(client="192.0.2.9").status == 200
        assert gateway.ask("/healthcheck").status == 200
        gateway.now += 301  # the known token is due
        renewal = pool.submit(gateway.log)
        assert slow.asked.acquire(timeout=10)
        assert gateway.log().status == 200
        slow.going_on.set()
        assert renewal.result(10).status == 200
        told = [guess.result(10).status for guess in guesses]
    assert told == [503] * 50
    assert not slow.asked.acquire(blocking=False)


def test_clients_that_come_together_with_one_secret_are_one_guess() -> None:
    slow = Slow()
    going_on, log_in = threading.Event(), slow.log_in

    def wait(name: str, secret: str) -> Login:
        assert going_on.wait(30)
        return log_in(name, secret)

    gateway = slow.gateway
    gateway.application = Application(
        TokenCache(wait, reuse=300, clock=gateway.clock),
        Allowance(1e6, 1e6, clock=gateway.clock),
        Allowance(3 / 60, 3, clock=gateway.clock),
        clock=gateway.clock,
    )
    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(gateway.log)
        while not gateway.application._tokens._under_way:
            time.sleep(0.01)
        others = [pool.submit(gateway.log) for _number in range(11)]
        time.sleep(0.2)
        going_on.set()
        told = {login.result(10).status for login in (first, *others)}
    assert told == {200}
    assert len(gateway.logins) == 1


def test_guesses_are_counted_before_keystone_is_asked() -> None:
    gateway = Gateway(failures=3)
    barrier = threading.Barrier(3)
    log_in = gateway.log_in

    def wait(name: str, secret: str) -> Login:
        barrier.wait(10)
        return log_in(name, secret)

    gateway.application = Application(
        TokenCache(wait, reuse=300, clock=gateway.clock),
        Allowance(1e6, 1e6, clock=gateway.clock),
        Allowance(3 / 60, 3, clock=gateway.clock),
        clock=gateway.clock,
    )
    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(lambda n: gateway.log(f"guess {n}").status, range(8)))
    assert told == [401] * 3 + [429] * 5
    assert len(gateway.logins) == 3


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
        for number in range(3)
    ]
    assert told == [200, 200, 429]


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
