# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What becomes of Keystone's answers, right and wrong ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from swift_v1_gateway.identity import Identity
from swift_v1_gateway.login_error import LoginError

NAME, SECRET = "21dced0fd20347869b93710d2b98aae0", "s3cret-of-the-credential"
ISSUED = datetime(2001, 1, 1, tzinfo=UTC)  # the clock of the server may be wrong


def endpoint(region: str, url: str, interface: str = "public") -> dict[str, str]:
    return {"region_id": region, "region": region, "interface": interface, "url": url, "id": url}


class Keystone:
    """Answers every login with ``status``, ``headers`` and ``body``, and keeps what was sent."""

    def __init__(self) -> None:
        self.status = 201
        self.headers = {"X-Subject-Token": "gAAAA-token"}
        self.sent: list[Any] = []
        self.endpoints = [endpoint("RegionOne", "https://swift/v1/AUTH_a/")]
        self.body: bytes | None = None
        self.url = ""

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        catalog = [{"type": "object-store", "name": "swift", "endpoints": self.endpoints}]
        times = {
            "issued_at": ISSUED.isoformat(),
            "expires_at": (ISSUED + timedelta(hours=1)).isoformat(),
        }
        token = {"methods": [], "user": {}, "catalog": catalog, **times}
        return json.dumps({"token": token}).encode()

    def fail(self, status: int, message: str = "", **headers: str) -> None:
        self.status, self.headers = status, headers
        self.body = json.dumps({"error": {"code": status, "message": message}}).encode()


@pytest.fixture
def keystone() -> Iterator[Keystone]:
    known = Keystone()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.sent.append((self.path, json.loads(body)))
            answer = known.answer()
            self.send_response(known.status)
            for name, value in {**known.headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_port}/v3"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield known
        server.shutdown()
        thread.join()


def identity(url: str, **options: Any) -> Identity:
    defaults = {"region_name": None, "interface": "public", "ca_file": None, "timeout": 5.0}
    return Identity(url, **{**defaults, **options})


def failure(keystone: Keystone, **options: Any) -> LoginError:
    with pytest.raises(LoginError) as caught:
        identity(keystone.url, **options).log_in(NAME, SECRET)
    assert SECRET not in str(caught.value)
    return caught.value


def test_a_login_sends_the_credential_to_keystone(keystone: Keystone) -> None:
    login = identity(keystone.url).log_in(NAME, SECRET)
    [(path, body)] = keystone.sent
    assert path == "/v3/auth/tokens"
    assert body["auth"]["identity"]["application_credential"] == {"id": NAME, "secret": SECRET}
    assert (login.token, login.storage_url) == ("gAAAA-token", "https://swift/v1/AUTH_a")


def test_the_life_of_a_token_is_measured_by_the_clock_of_keystone(keystone: Keystone) -> None:
    assert identity(keystone.url).log_in(NAME, SECRET).life == 3600


def test_each_login_asks_anew(keystone: Keystone) -> None:
    asked = identity(keystone.url)
    asked.log_in(NAME, SECRET)
    keystone.headers = {"X-Subject-Token": "another"}
    assert asked.log_in(NAME, SECRET).token == "another"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "The request you have made requires authentication."),
        (403, "You are not authorized to perform the requested action."),
        (404, "Could not find Application Credential: 21dced0fd20347869b93710d2b98aae0."),
    ],
)
def test_a_credential_that_keystone_rejects_is_unauthorized(
    keystone: Keystone, status: int, message: str
) -> None:
    keystone.fail(status, message)
    error = failure(keystone)
    assert (error.status, error.retry_after) == (401, None)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_keystone_in_trouble_is_worth_another_try(keystone: Keystone, status: int) -> None:
    keystone.fail(status, "sorry")
    error = failure(keystone)
    assert (error.status, error.retry_after) == (503, 5)
    assert str(status) in str(error)


def test_keystones_own_word_on_when_to_come_back_is_passed_on(keystone: Keystone) -> None:
    keystone.fail(429, "slow down", **{"Retry-After": "17"})
    assert failure(keystone).retry_after == 17


def test_a_keystone_that_is_not_there_is_worth_another_try() -> None:
    with pytest.raises(LoginError, match="cannot reach http://127") as caught:
        identity("http://127.0.0.1:1/v3").log_in(NAME, SECRET)
    assert (caught.value.status, caught.value.retry_after) == (503, 5)


def test_a_url_that_is_not_keystones_is_told(keystone: Keystone) -> None:
    keystone.fail(404, "Not Found")
    error = failure(keystone)
    assert error.status == 502
    assert "404; see --keystone-url" in str(error)


def test_an_answer_that_is_no_keystones_is_told(keystone: Keystone) -> None:
    keystone.status, keystone.body = 200, b"<html>Welcome</html>"
    error = failure(keystone)
    assert (error.status, "--keystone-url" in str(error)) == (502, True)


def test_a_secret_does_not_follow_a_redirect(keystone: Keystone) -> None:
    keystone.fail(307, Location=f"{keystone.url}/auth/tokens")
    assert failure(keystone).status == 502
    assert len(keystone.sent) == 1


def test_a_certificate_that_is_not_trusted_is_told(keystone: Keystone) -> None:
    keystone.url = keystone.url.replace("http:", "https:")
    error = failure(keystone)
    assert (error.status, "--ca-file" in str(error)) == (502, True)


def test_region_and_interface_choose_the_address(keystone: Keystone) -> None:
    keystone.endpoints = [
        endpoint("A", "https://a/v1/AUTH_a"),
        endpoint("B", "https://b/v1/AUTH_a"),
        endpoint("B", "https://internal/v1/AUTH_a", "internal"),
    ]
    chosen = identity(keystone.url, region_name="B").log_in(NAME, SECRET)
    assert chosen.storage_url == "https://b/v1/AUTH_a"
    chosen = identity(keystone.url, interface="internal").log_in(NAME, SECRET)
    assert chosen.storage_url == "https://internal/v1/AUTH_a"


def test_several_regions_to_choose_from_are_told(keystone: Keystone) -> None:
    keystone.endpoints = [endpoint("A", "https://a/v1"), endpoint("B", "https://b/v1")]
    error = failure(keystone)
    assert error.status == 502
    assert str(error) == (
        "--region-name is needed, there are object stores in A (public), B (public)"
    )


@pytest.mark.parametrize("options", [{"region_name": "Mars"}, {"interface": "admin"}])
def test_an_address_that_is_not_there_is_told_with_those_that_are(
    keystone: Keystone, options: dict[str, str]
) -> None:
    error = failure(keystone, **options)
    assert error.status == 502
    assert str(error).endswith("the catalog has RegionOne (public)")


def test_a_cloud_without_an_object_store_is_told(keystone: Keystone) -> None:
    keystone.endpoints = []
    assert str(failure(keystone)).endswith("the catalog has none")


@pytest.mark.parametrize("bad", ["\n", "\r", "\0", "\x7f", "\x9b"], ids=ascii)
def test_what_cannot_be_a_header_is_not_passed_on(keystone: Keystone, bad: str) -> None:
    keystone.endpoints = [endpoint("RegionOne", f"https://swift/v1/A{bad}X-Auth-Token: evil")]
    assert failure(keystone).status == 502
