# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests over libcurl: what a handle keeps from one to the next, and what an answer says."""

from __future__ import annotations

import contextlib
import socket
import sys
import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    curl_handle,
    http_client,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    TransportError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


def test_headers_that_stay_the_same_are_given_to_libcurl_once(
    source: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.script = lambda _asked: Answer(200)
    given: list[object] = []
    send_headers = http_client.send_headers
    monkeypatch.setattr(
        http_client, "send_headers", lambda *args: (given.append(args[1]), send_headers(*args))
    )
    http = Http(Tls())
    for path in ("a", "b", "c"):
        http.send(Request("GET", f"{source.url}/{path}", {"X-Auth-Token": "t"}))
    assert given == [{"X-Auth-Token": "t"}]
    assert [asked.headers["x-auth-token"] for asked in source.asked] == ["t"] * 3


def test_no_request_sends_the_headers_of_another(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200)
    http = Http(Tls())
    for method, headers in [("GET", {"A": "1"}), ("GET", {}), ("PUT", {"B": ""}), ("PUT", {})]:
        http.send(Request(method, f"{source.url}/o", headers))
    own = [{"a", "b"} & asked.headers.keys() for asked in source.asked]
    assert own == [{"a"}, set(), {"b"}, set()]


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "a/b"}, {"content-type": "a/b"}])
def test_a_put_has_the_content_type_that_it_was_given(
    source: ObjectServer, headers: dict[str, str]
) -> None:
    source.script = lambda _asked: Answer(201)
    Http(Tls()).send(Request("PUT", f"{source.url}/o", headers, b"x" * 2_000_000))
    (put,) = source.asked
    assert put.headers.get("content-type") == ((headers and "a/b") or None)
    assert "expect" not in put.headers


def test_a_server_that_cannot_be_reached_is_named(source: ObjectServer) -> None:
    with ObjectServer().running() as gone:
        pass
    with pytest.raises(TransportError) as caught:
        Http(Tls()).send(Request("GET", f"{gone.url}/v1/AUTH_x/c/o?secret=1"))
    assert caught.value.unanswered == gone.url


def test_a_server_that_breaks_off_has_answered(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, body=b"bytes", cut=2)
    with pytest.raises(TransportError) as caught:
        Http(Tls()).send(Request("GET", f"{source.url}/o"))
    assert caught.value.unanswered == ""


def test_a_server_that_falls_silent_in_a_body_was_reached(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(200, body=b"bytes", silent=2)
    with pytest.raises(TransportError, match=r"libcurl 28") as caught:
        Http(Tls(), silence=1).send(Request("GET", f"{source.url}/o"))
    assert caught.value.retryable
    assert not caught.value.unreachable


def test_a_handle_that_waits_keeps_no_body(source: ObjectServer) -> None:
    body = bytes(100_000)
    source.script = lambda asked: Answer(200, body=body if asked.method == "GET" else b"")
    http = Http(Tls())
    sent = bytes(bytearray(body))  # known to nobody else
    alone = sys.getrefcount(sent)
    http.send(Request("PUT", f"{source.url}/o", {}, sent))
    assert sys.getrefcount(sent) == alone
    received = http.send(Request("GET", f"{source.url}/o")).body
    assert received == body
    assert sys.getrefcount(received) == alone


def test_a_server_that_takes_no_connection_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curl_handle, "CONNECT_TIMEOUT", 1)
    with contextlib.ExitStack() as sockets:
        full = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _number in range(3):  # the queue of one whose program does not accept
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(TransportError, match=r"libcurl 28") as caught:
            Http(Tls()).send(Request("GET", f"{url}/o"))
    assert 0.9 < time.monotonic() - began < 10
    assert caught.value.retryable
    assert caught.value.unreachable
    assert caught.value.unanswered == url


@pytest.mark.parametrize("scheme", ["file", "gopher"])
def test_only_http_is_spoken(source: ObjectServer, scheme: str) -> None:
    url = source.url.replace("http", scheme) if scheme != "file" else "file:///etc/hostname"
    with pytest.raises(TransportError, match=r"\(libcurl 1\)"):
        Http(Tls()).send(Request("GET", f"{url}/o" if scheme != "file" else url))
    assert source.asked == []
