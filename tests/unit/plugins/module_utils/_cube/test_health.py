# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether CUBE and pfcon answer, and stay up."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import health
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.health import (
    confirm_up,
    incarnations,
    wait_until_healthy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed


def test_a_url_that_never_answers_is_named_with_its_last_answer() -> None:
    times = iter([0.0, 1.0, 9.0])
    slept: list[float] = []
    with pytest.raises(MigrationError) as caught:
        wait_until_healthy(
            "http://127.0.0.1:1/", 5, clock=lambda: next(times), sleep=slept.append, remedy="Look"
        )
    assert str(caught.value).startswith(
        "cube_storage_health_url: http://127.0.0.1:1/ is not healthy after 5 seconds: "
    )
    assert str(caught.value).endswith("refused. Look.")
    assert slept == [1]


@pytest.mark.parametrize(("seconds", "answer"), [(30, ""), (0.05, "timed out")])
def test_one_answer_may_take_longer_than_the_url_is_asked_again(
    seconds: float, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", seconds)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        waiting = pool.submit(wait_until_healthy, url, 0)
        connection, _address = server.accept()
        with connection:
            time.sleep(0.5)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        found = waiting.exception()
    assert answer in str(found) if answer else found is None


def test_a_service_that_is_still_the_same_is_up(deployed: Deployed) -> None:
    deployed.ids = [["1", "2"], ["1", "2"]]
    confirm_up(deployed, incarnations(deployed))


@pytest.mark.parametrize(
    "ids", [[["1"], ["2"]], [["1"], []], [[], ["2"]], [[], []], [["1", "2"], ["1"]]]
)
def test_a_service_that_ended_or_started_again_is_named(
    deployed: Deployed, ids: list[list[str]]
) -> None:
    deployed.ids = [*ids]
    with pytest.raises(MigrationError, match="these services do not stay up: chris"):
        confirm_up(deployed, incarnations(deployed))


@contextlib.contextmanager
def answering(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers so one after the other, and what it was asked for."""
    left, asked = list(statuses), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(left.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1/", asked
        server.shutdown()


def test_a_url_is_asked_until_it_answers_200(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # it would only be in the way
    slept: list[float] = []
    with answering(502, 204, 200) as (url, asked):
        wait_until_healthy(url, 60, clock=count().__next__, sleep=slept.append)
    assert asked == ["/api/v1/"] * 3
    assert slept == [1, 1]


def test_the_last_answer_is_told_when_time_is_up() -> None:
    times = iter([0.0, 5.0, 11.0])
    with answering(502, 403) as (url, _asked), pytest.raises(MigrationError) as caught:
        wait_until_healthy(
            url, 10, "o", "Look", clock=lambda: next(times), sleep=lambda _seconds: None
        )
    assert str(caught.value) == f"o: {url} is not healthy after 10 seconds: status 403. Look."
