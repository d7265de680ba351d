# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests over libcurl: what a handle keeps from one to the next, and what an answer says."""

from __future__ import annotations

import sys

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import http_client
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
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
