# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A gateway in a process of its own, whose neighbours do all they can to keep CUBE out."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.integration.gateway import Gateway

pytestmark = pytest.mark.security

NAME, SECRET = "21dced0fd20347869b93710d2b98aae0", "s3cret-of-the-credential"
HALF_OPEN = 500
BAD_LOGINS_PER_SECOND = 200
SECONDS = 6.0


class Keystone(ThreadingHTTPServer):
    """Knows one secret; answers nobody while it hangs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hangs = False
        self.asked = 0


class _Handler(BaseHTTPRequestHandler):
    server: Keystone

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        while self.server.hangs:
            time.sleep(0.1)
        now = datetime.now(UTC)
        url = {"region": "One", "region_id": "One", "interface": "public", "url": "http://s/v1/A"}
        token = {
            "methods": [],
            "user": {},
            "catalog": [{"type": "object-store", "name": "swift", "endpoints": [url]}],
            "issued_at": now.isoformat(),
            "expires_at": (now + timedelta(hours=1)).isoformat(),
        }
        told = json.dumps({"token": token}).encode()
        self.send_response(201 if SECRET.encode() in body else 401)
        self.send_header("X-Subject-Token", "gAAAA-token")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the gateway has given up
            self.wfile.write(told)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def keystone() -> Iterator[Keystone]:
    with Keystone() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.hangs = False
        server.shutdown()
        thread.join()


@pytest.fixture
def gateway(keystone: Keystone, tmp_path: Path) -> Iterator[Gateway]:
    url = f"http://127.0.0.1:{keystone.server_port}/v3"
    options = ("--keystone-url", url, "--token-reuse", "1", "--keystone-timeout", "2")
    with Gateway(tmp_path / "home", *options) as running:
        yield running


def half_open(gateway: Gateway, held: ExitStack) -> None:
    for _number in range(HALF_OPEN):
        connection = held.enter_context(socket.create_connection(("127.0.0.1", gateway.port)))
        connection.sendall(b"GET /auth/v1.0 HTTP/1.1\r\nX-A: ")


def guess(gateway: Gateway, ended: threading.Event) -> int:
    """Guess until it is over; the number of guesses."""
    number = 0
    while not ended.is_set():
        number += 1
        gateway.log_in(NAME if number % 2 else f"{number:032x}", f"wr0ng-{number}")
        time.sleep(8 / BAD_LOGINS_PER_SECOND)
    return number


def test_cube_gets_in_and_health_answers_whatever_neighbours_do(
    gateway: Gateway, keystone: Keystone
) -> None:
    assert gateway.log_in(NAME, SECRET).status == 200
    ended = threading.Event()
    with ExitStack() as held, ThreadPoolExecutor(8) as pool:
        half_open(gateway, held)
        attackers = [pool.submit(guess, gateway, ended) for _number in range(8)]
        begun = time.monotonic()
        told, slowest = [], 0.0
        while time.monotonic() < begun + SECONDS:
            keystone.hangs = time.monotonic() > begun + SECONDS / 2
            told.append(gateway.log_in(NAME, SECRET).status)
            before = time.monotonic()
            assert gateway.get("/healthcheck").status == 200
            slowest = max(slowest, time.monotonic() - before)
            time.sleep(0.05)
        ended.set()
        keystone.hangs = False
        guesses = sum(attacker.result(30) for attacker in attackers)
    assert set(told) == {200}
    assert slowest < 1
    assert guesses >= 20
    assert keystone.asked < 40  # a dozen guesses, and CUBE's renewals each second


def test_a_request_that_is_not_sent_in_time_is_ended(gateway: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port)) as slow:
        slow.settimeout(30)
        begun = time.monotonic()
        slow.sendall(b"GET /auth/v1.0 HTTP/1.1\r\n")
        with pytest.raises((ConnectionError, BrokenPipeError)):
            while time.monotonic() < begun + 25:
                slow.sendall(b"X-A: 1\r\n")
                time.sleep(0.5)
    assert time.monotonic() - begun < 20
