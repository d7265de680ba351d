# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The fault-injecting proxy before a server that echoes."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.servers.access_log import Target
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import (
    Call,
    Cut,
    Delay,
    Edit,
    Fault,
    Flip,
    Hold,
    Status,
    disorder,
    header,
    merged_slashes,
    repeated_page,
    short_page,
)

BODY = bytes(range(256)) * 1000


class Echo(ThreadingHTTPServer):
    """Keeps what is PUT whole, gives it to GET, counts connections and what came of each PUT."""

    daemon_threads = True

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.came: queue.Queue[int] = queue.Queue()
        self.connections = 0
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Echo

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.kept[self.path] = body
        self.server.came.put(len(body))
        if len(body) == length:
            self._answer(201, b"")

    def do_GET(self) -> None:
        if "chunked" in self.path:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        else:
            self._answer(200, self.server.kept.get(self.path, b"nothing"))

    def do_HEAD(self) -> None:
        self._answer(200, b"12345")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Host", self.headers["Host"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Echo]:
    echo = Echo()
    threading.Thread(target=echo.serve_forever, args=(0.01,), daemon=True).start()
    yield echo
    echo.shutdown()
    echo.server_close()


@pytest.fixture
def proxy(server: Echo) -> Iterator[FaultProxy]:
    with FaultProxy(server.port) as running:
        yield running


class Client:
    """One kept-alive connection through the proxy."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)

    def ask(
        self, method: str, path: str = "/x", body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def get(self, path: str = "/x") -> bytes:
        return self.ask("GET", path).read()

    def put(self, body: bytes, path: str = "/x") -> int:
        answer = self.ask("PUT", path, body)
        answer.read()
        return answer.status


@pytest.fixture
def client(proxy: FaultProxy) -> Client:
    return Client(proxy)


def any_get(target: Target) -> bool:
    return target.method == "GET"


def any_put(target: Target) -> bool:
    return target.method == "PUT"


class TestWithoutFaults:
    """What it is not told to spoil goes through as it came."""

    def test_bodies_heads_and_the_connection_are_the_servers(
        self, proxy: FaultProxy, client: Client, server: Echo
    ) -> None:
        assert client.put(BODY) == 201
        assert client.get() == BODY
        head = client.ask("HEAD")
        assert (head.read(), head.headers["Content-Length"]) == (b"", "5")
        assert head.headers["X-Host"] == f"127.0.0.1:{proxy.port}"
        assert client.get("/chunked") == b"abcde"
        assert server.connections == 1

    def test_a_client_that_waits_for_100_continue_is_told_to_go_on(
        self, client: Client, server: Echo
    ) -> None:
        assert client.ask("PUT", "/x", b"12", Expect="100-continue").status == 201
        assert server.kept == {"/x": b"12"}

    def test_it_tells_what_was_asked(self, proxy: FaultProxy, client: Client) -> None:
        client.get("/v1/AUTH_a/box/a%20b?format=json")
        (asked,) = proxy.asked
        assert (asked.container, asked.name, asked.query) == ("box", "a b", "format=json")
        assert (proxy.count(any_get), proxy.count(any_put)) == (1, 0)

    def test_a_server_that_is_gone_is_a_connection_closed_not_an_answer(
        self, client: Client, server: Echo, proxy: FaultProxy
    ) -> None:
        proxy.target = 1
        with pytest.raises(ConnectionError):
            client.get()


class TestRules:
    """A fault befalls the requests that were chosen, and is counted when it happens."""

    def test_a_fault_befalls_the_nth_match_as_often_as_told(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        rule = proxy.inject(Status(503), any_get, skip=1, times=2)
        client.put(b"1")
        statuses = []
        for _number in range(4):
            answer = client.ask("GET")
            answer.read()
            statuses.append(answer.status)
        assert statuses == [200, 503, 503, 200]
        assert (rule.matched, rule.injected) == (4, 2)

    def test_a_place_that_a_body_does_not_reach_is_not_counted(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        client.put(b"12345")
        rule = proxy.inject(Flip("answer", 5), any_get)
        assert client.get() == b"12345"
        assert (rule.matched, rule.injected) == (1, 0)

    def test_a_fault_that_befell_nothing_is_told_also_when_it_was_healed(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        proxy.inject(Delay(seconds=0), any_get)
        late = proxy.inject(Status(503), any_get, skip=1)
        never = proxy.inject(Status(503), any_get, times=0)
        client.get()
        assert proxy.unused() == [late]
        assert never.matched == 1
        proxy.heal()
        client.get()
        assert proxy.unused() == [late]


class TestCuts:
    """A cut closes both connections at the place where it was put."""

    def test_in_the_answers_body_the_client_gets_just_the_bytes_before(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        client.put(BODY)
        rule = proxy.inject(Cut("answer", 100_000), any_get)
        with pytest.raises(http.client.IncompleteRead) as broken:
            client.get()
        assert broken.value.partial == BODY[:100_000]
        assert rule.injected == 1

    def test_in_the_requests_body_the_server_keeps_nothing(
        self, proxy: FaultProxy, client: Client, server: Echo
    ) -> None:
        proxy.inject(Cut("request", 100_000), any_put)
        with pytest.raises(ConnectionError):
            client.put(BODY)
        assert server.came.get(timeout=10) == 100_000
        assert server.kept == {}

    @pytest.mark.parametrize(("part", "reaches"), [("request", False), ("answer", True)])
    def test_before_any_answer_the_server_has_been_asked_or_not(
        self, proxy: FaultProxy, client: Client, server: Echo, part: str, reaches: bool
    ) -> None:
        proxy.inject(Cut("answer" if part == "answer" else "request"), any_put)
        with pytest.raises(ConnectionError):
            client.put(b"12")
        assert ("/x" in server.kept) == reaches


class TestBytes:
    """A flip changes one bit, wherever the place is."""

    @pytest.mark.parametrize("at", [0, 1, 65_536, len(BODY) - 1])
    def test_one_bit_of_one_byte_is_another(
        self, proxy: FaultProxy, client: Client, server: Echo, at: int
    ) -> None:
        wrong = BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :]
        proxy.inject(Flip("request", at), any_put)
        proxy.inject(Flip("answer", at), any_get)
        client.put(BODY)
        assert server.kept["/x"] == wrong
        assert client.get() == BODY

    def test_two_at_one_place_and_one_behind_all_happen(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        client.put(b"\0" * 5)
        for place in (3, 1, 1):
            proxy.inject(Flip("answer", place), any_get)
        assert client.get() == b"\0\0\0\1\0"

    def test_a_chunked_body_too(self, proxy: FaultProxy, client: Client) -> None:
        proxy.inject(Flip("answer", 3), any_get)
        assert client.get("/chunked") == b"abcee"


class TestTime:
    """Time passes, or something happens, in the middle."""

    @pytest.mark.parametrize("fault", [Delay(seconds=0.2), Delay("answer", 100, seconds=0.2)])
    def test_a_delay_holds_up_one_request(
        self, proxy: FaultProxy, client: Client, fault: Fault
    ) -> None:
        client.put(BODY)
        rule = proxy.inject(fault, any_get)
        began = time.monotonic()
        assert client.get() == BODY
        assert time.monotonic() - began >= 0.2
        assert rule.injected == 1

    def test_what_is_held_passes_when_it_may(
        self, proxy: FaultProxy, client: Client, server: Echo
    ) -> None:
        client.put(b"1")
        asked: list[bool] = []

        def may_pass() -> bool:
            asked.append(True)
            return len(asked) == 5

        rule = proxy.inject(Hold("answer", until=may_pass), any_get)
        assert client.get() == b"1"
        assert (len(asked), rule.injected) == (5, 1)

    def test_a_call_returns_before_the_answer_does(
        self, proxy: FaultProxy, client: Client, server: Echo
    ) -> None:
        server.kept["/x"] = b"old"
        proxy.inject(Call(function=lambda: server.kept.update({"/x": b"new"})), any_get)
        assert client.get() == b"new"


class TestAnswers:
    """An answer can be another than the server's."""

    def test_a_status_stands_in_for_the_server_and_the_connection_goes_on(
        self, proxy: FaultProxy, client: Client, server: Echo
    ) -> None:
        proxy.inject(Status(429, {"Retry-After": "1"}, b"slow down"), any_put)
        answer = client.ask("PUT", "/x", BODY)
        assert (answer.status, answer.read()) == (429, b"slow down")
        assert answer.headers["Retry-After"] == "1"
        assert client.put(b"12") == 201
        assert (server.came.qsize(), server.connections) == (1, 1)

    def test_a_status_may_come_late(self, proxy: FaultProxy, client: Client) -> None:
        proxy.inject(Status(503), any_get)
        proxy.inject(Delay(seconds=0.2), any_get)
        began = time.monotonic()
        assert client.ask("GET").status == 503
        assert time.monotonic() - began >= 0.2

    def test_an_edited_body_has_a_length_of_its_own(
        self, proxy: FaultProxy, client: Client
    ) -> None:
        client.put(BODY)
        proxy.inject(Edit(lambda body: body[:10] + b"!"), any_get)
        assert client.get() == BODY[:10] + b"!"
        assert client.get() == BODY

    def test_pages_are_cut_repeated_and_disordered(self, proxy: FaultProxy, client: Client) -> None:
        def names() -> list[str]:
            return [row["name"] for row in json.loads(client.get())]

        client.put(json.dumps([{"name": name} for name in "abcd"]).encode())
        proxy.inject(short_page(2), any_get)
        proxy.inject(disorder(), any_get, skip=1)
        proxy.inject(repeated_page(3), any_get, skip=2, times=2)
        assert names() == ["a", "b"]
        assert names() == ["d", "b", "c", "a"]
        assert names() == ["a", "b", "c"]
        client.put(json.dumps([{"name": "d"}]).encode())
        assert names() == ["a", "b", "c"]
        assert names() == ["d"]


def test_a_path_is_rewritten_before_the_server_sees_it(
    server: Echo, proxy: FaultProxy, client: Client
) -> None:
    rule = proxy.inject(merged_slashes(), any_put)
    assert client.put(b"1", "/a//b%2F/c?x=//") == 201
    assert client.put(b"2", "/a//b") == 201
    assert server.kept == {"/a/b%2F/c?x=//": b"1", "/a//b": b"2"}
    assert rule.injected == 1
    assert [target.path for target in proxy.asked] == ["/a//b%2F/c", "/a//b"]


@pytest.mark.parametrize("value", ["other", None])
def test_a_header_of_an_answer_is_another_or_none(
    proxy: FaultProxy, client: Client, value: str | None
) -> None:
    rule = proxy.inject(header("x-Host", value), any_get)
    answer = client.ask("GET")
    assert (answer.headers["X-Host"], answer.read()) == (value, b"nothing")
    assert client.ask("GET").headers["X-Host"] not in ("other", None)
    assert rule.injected == 1
