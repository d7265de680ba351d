# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a libcurl handle is told, what it hears of an answer, and what its errors mean."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path
from typing import Any

import pycurl
import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import curl_handle
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    MAX_HEAD,
    Tls,
    configure,
    transport_error,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    TransportError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer
from tests.unit.plugins.module_utils.fakes.raw_server import RawServer, answer


def head(*lines: bytes) -> curl_handle.Answer:
    made = curl_handle.Answer()
    for line in lines:
        made.add(line)
    return made


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], 0),
        ([b"HTTP/1.1 201 Created\r\n", b"ETag: e\r\n"], 201),
        ([b"HTTP/1.1 100 Continue\r\n", b"\r\n", b"HTTP/1.1 422 No\r\n"], 422),
        ([b"HTTP/2 204\r\n"], 204),
        ([b"HTTP/1.1 200 OK\r\n", b"\r\n", b"X-Trailer: HTTP/1.1 500 No\r\n"], 200),
        ([b"HTTP/1.1 2000 OK\r\n"], 0),
        ([b"HTTP/1.1\r\n"], 0),
    ],
)
def test_the_status_is_that_of_the_last_line_that_has_one(lines: list[bytes], status: int) -> None:
    assert head(*lines).status == status


def test_a_head_is_forgotten_before_the_next_answer() -> None:
    found = head(b"HTTP/1.1 200 OK\r\n", b"ETag: e\r\n")
    assert found.head == b"HTTP/1.1 200 OK\r\nETag: e\r\n"
    found.clear()
    assert (found.head, found.status) == (b"", 0)


def test_the_limit_of_a_head_is_that_of_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curl_handle, "LIMITS_HEADS", 1 << 32)
    found = curl_handle.Answer()
    for _answer in range(2):
        assert found.add(b"x" * MAX_HEAD) is None
        assert found.add(b"x") == -1
        found.clear()


@pytest.mark.security
def test_where_libcurl_does_not_limit_a_head_it_is_limited_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curl_handle, "LIMITS_HEADS", 1 << 32)
    lines = [b"X-A: %b" % (b"x" * 1017)] * (MAX_HEAD // 1024)
    with RawServer().running() as server:
        server.script = lambda _head: answer(200, *lines)
        with pytest.raises(TransportError, match="libcurl 23"):
            server.container().request("HEAD", "o")
        server.script = lambda _head: answer(200, *lines[1:])
        assert server.container().request("HEAD", "o").status == 200


class Told(dict[int, Any]):
    """What a handle is told, by libcurl's numbers of the options."""

    setopt = dict.__setitem__


def told(tls: Tls) -> Told:
    curl = Told()
    configure(curl, "GET", tls, curl_handle.Answer(), 90)
    return curl


@pytest.mark.security
def test_the_certificate_and_the_name_in_it_are_checked_by_these_authorities(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    for path, option, other in (
        (file, pycurl.CAINFO, pycurl.CAPATH),
        (tmp_path, pycurl.CAPATH, pycurl.CAINFO),
    ):
        found = told(Tls(ca_cert=str(path)))
        assert (found[pycurl.SSL_VERIFYPEER], found[pycurl.SSL_VERIFYHOST]) == (1, 2)
        assert found[option] == str(path)
        assert other not in found


def test_any_certificate_is_taken_only_if_that_is_asked_for() -> None:
    found = told(Tls(verify=False, ca_cert="/no/such.pem"))
    assert (found[pycurl.SSL_VERIFYPEER], found[pycurl.SSL_VERIFYHOST]) == (0, 0)
    assert not {pycurl.CAINFO, pycurl.CAPATH} & found.keys()


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "a/b"}, {"content-type": "a/b"}])
def test_a_put_has_the_content_type_that_it_was_given(
    source: ObjectServer, headers: dict[str, str]
) -> None:
    source.script = lambda _asked: Answer(201)
    Http(Tls()).send(Request("PUT", f"{source.url}/o", headers, b"x" * 2_000_000))
    (put,) = source.asked
    assert put.headers.get("content-type") == ((headers and "a/b") or None)
    assert "expect" not in put.headers


def test_an_empty_object_has_a_length(source: ObjectServer) -> None:
    source.script = lambda _asked: Answer(201)
    Http(Tls()).send(Request("PUT", f"{source.url}/o", {}, b""))
    assert source.asked[0].headers["content-length"] == "0"


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


@pytest.mark.parametrize(
    ("code", "unreachable"),
    [
        (pycurl.E_COULDNT_RESOLVE_PROXY, True),
        (pycurl.E_COULDNT_RESOLVE_HOST, True),
        (pycurl.E_COULDNT_CONNECT, True),
        (pycurl.E_OPERATION_TIMEDOUT, True),
        (97, True),
        (pycurl.E_RECV_ERROR, False),
        (pycurl.E_GOT_NOTHING, False),
    ],
)
def test_a_server_is_unreachable_if_nothing_came_of_it(code: int, unreachable: bool) -> None:
    request = Request("GET", "http://store:8080/v1/a")
    error = transport_error(request, head(), code, "failed")
    assert (error.unreachable, error.unanswered) == (unreachable, "http://store:8080")
    begun = transport_error(request, head(b"HTTP/1.1 200 OK\r\n"), code, "failed")
    assert (begun.unreachable, begun.unanswered) == (False, "")
    assert error.retryable
    assert begun.retryable


def test_an_error_names_the_request_without_its_query() -> None:
    request = Request("PUT", "http://store/v1/a/c/o?temp_url_sig=secret")
    error = transport_error(request, head(), 7, "Failed to connect")
    assert str(error) == "PUT http://store/v1/a/c/o failed: Failed to connect (libcurl 7)."


@pytest.mark.parametrize(
    "code",
    [pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CACERT_BADFILE, pycurl.E_SSL_CERTPROBLEM],
)
def test_a_certificate_that_is_not_trusted_stays_so(code: int) -> None:
    error = transport_error(Request("GET", "https://store/v1/a"), head(), code, "not trusted")
    assert not error.retryable
    assert str(error).endswith(
        ". Let ca_cert name the PEM file of the authority that signed its certificate."
    )


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
