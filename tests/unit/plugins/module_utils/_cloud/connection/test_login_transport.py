# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Logins at servers that send on, answer without end, or answer with what unpacks without end."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.login_transport import (
    MAX_ANSWER,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.raw_server import RawServer, answer

pytestmark = pytest.mark.security

PASSWORD = "s3same-and-more"
V1 = {"username": "a:b", "password": PASSWORD}
V3 = {"username": "u", "user_domain_id": "d", "password": PASSWORD, "project_id": "p"}
WAYS = pytest.mark.parametrize("way", ["v1password", "v3password", "v3applicationcredential"])


def connect(server: RawServer, way: str = "v1password") -> Connection:
    path = "/auth/v1.0" if way == "v1password" else "/v3"
    auth = V1 if way == "v1password" else V3
    if way == "v3applicationcredential":
        auth = {"application_credential_id": "i", "application_credential_secret": PASSWORD}
    options = ConnectionOptions(
        auth_type=way, auth={"auth_url": server.url + path, **auth}, label="source"
    )
    return Connection(options, retry=Retry(attempts=1))


def redirect(status: int, place: str) -> Callable[[bytes], bytes]:
    return lambda _head: answer(status, b"Location: " + place.encode())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@WAYS
def test_a_login_is_not_sent_on(status: int, way: str) -> None:
    with RawServer().running() as server, RawServer().running() as other:
        server.script = redirect(status, f"{other.url}/v3/auth/tokens")
        with pytest.raises(MigrationError) as caught:
            connect(server, way).token()
        assert other.heads == []
        assert len(server.heads) == 1
    message = str(caught.value)
    assert message.startswith("source.auth.auth_url: ")
    assert f"answers {status} and names the address '{other.url}/v3/auth/tokens'" in message
    assert PASSWORD not in message


@WAYS
def test_of_a_long_address_that_a_login_is_sent_on_to_the_beginning_is_told(way: str) -> None:
    with RawServer().running() as server:
        server.script = redirect(302, "http://127.0.0.1:1/" + "x" * 10_000)
        with pytest.raises(
            MigrationError, match=r"names the address 'http://127\.0\.0\.1:1/xxx"
        ) as told:
            connect(server, way).token()
    assert len(str(told.value)) < 600


def v1(server: RawServer, info: bytes) -> Callable[[bytes], bytes]:
    """Log in, and answer this to ``/info``."""

    def script(head: bytes) -> bytes:
        if head.startswith(b"GET /auth"):
            place = f"X-Storage-Url: {server.url}/v1/AUTH_a".encode()
            return answer(200, place, b"X-Auth-Token: t")
        return info

    return script


def test_info_is_not_looked_for_elsewhere() -> None:
    with RawServer().running() as server, RawServer().running() as other:
        server.script = v1(server, redirect(302, f"{other.url}/info")(b""))
        assert connect(server).capabilities() == {}
        assert other.heads == []


@pytest.mark.parametrize("where", ["login", "info"])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_has_a_limit(where: str, chunked: bool) -> None:
    body = b'{"a": "' + b"x" * MAX_ANSWER + b'"}'
    long = answer(200, body=body)
    if chunked:
        long = (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%b\r\n" % (len(body), body)
            + b"0\r\n\r\n"
        )
    with RawServer().running() as server:
        server.script = v1(server, long) if where == "info" else lambda _head: long
        with pytest.raises(MigrationError, match=r"answers with more than 1,048,576 bytes"):
            connect(server).capabilities()


def test_an_answer_of_that_length_is_taken() -> None:
    told = {"swift": {"version": "x" * (MAX_ANSWER - 100)}}
    with RawServer().running() as server:
        server.script = v1(server, answer(200, body=json.dumps(told).encode()))
        assert connect(server).capabilities() == told


@pytest.mark.parametrize("where", ["login", "info"])
def test_a_packed_answer_is_refused(where: str) -> None:
    packed = answer(200, b"Content-Encoding: gzip", body=gzip.compress(b"{}"))
    with RawServer().running() as server:
        server.script = v1(server, packed) if where == "info" else lambda _head: packed
        with pytest.raises(MigrationError, match="Content-Encoding 'gzip', which was not asked"):
            connect(server).capabilities()
    assert all(b"accept-encoding: identity" in head.lower() for head in server.heads)


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 100_000], ids=["lists", "objects"])
def test_an_info_that_is_nested_too_deep_tells_nothing(deep: bytes) -> None:
    with RawServer().running() as server:
        server.script = v1(server, answer(200, body=deep))
        assert connect(server).capabilities() == {}


@pytest.mark.parametrize(
    "told",
    [
        b"[" * 200_000,
        b"5",
        b'{"token": 5}',
        b'{"token": {"expires_at": 5, "issued_at": []}}',
        b'{"token": {"expires_at": "soon", "issued_at": "now"}}',
    ],
    ids=["deep", "number", "token", "times", "words"],
)
def test_what_is_no_login_is_told(told: bytes) -> None:
    with RawServer().running() as server:
        server.script = lambda _head: answer(201, b"X-Subject-Token: t", body=told)
        with pytest.raises(MigrationError, match="answers, but not as"):
            connect(server, "v3password").token()


@pytest.mark.parametrize("left", ["9" * 30, "-" + "9" * 18])
def test_a_token_that_ends_at_no_time_is_told(left: str) -> None:
    with RawServer().running() as server:
        place = f"X-Storage-Url: {server.url}/v1/AUTH_a".encode()
        expires = f"X-Auth-Token-Expires: {left}".encode()
        server.script = lambda _head: answer(200, place, b"X-Auth-Token: t", expires)
        with pytest.raises(MigrationError, match="answers, but not as"):
            connect(server).token()


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    with RawServer().running() as server:

        def script(head: bytes) -> bytes:
            if head.startswith(b"GET /auth"):
                return v1(server, b"")(head)
            raise OSError  # closes the connection

        server.script = script
        with pytest.raises(MigrationError, match="cannot reach"):
            connect(server).capabilities()


@pytest.mark.parametrize("form", ["packed", "plain", "lists"])
def test_a_hostile_info_costs_little_memory(form: str) -> None:
    body = b"[" + b"[]," * 20_000_000 if form == "lists" else bytes(60_000_000)
    info = answer(200, body=body)
    if form == "packed":
        info = answer(200, b"Content-Encoding: gzip", body=gzip.compress(body, 1))
    with RawServer().running() as server:
        server.script = v1(server, info)
        connection = connect(server)
        connection.token()
        tracemalloc.start()
        try:
            with pytest.raises(MigrationError):
                connection.capabilities()
            assert tracemalloc.get_traced_memory()[1] < 4 * MAX_ANSWER
        finally:
            tracemalloc.stop()
