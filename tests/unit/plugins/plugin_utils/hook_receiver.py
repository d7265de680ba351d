# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A real HTTP server that keeps what is posted to it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HookReceiver:
    """What it is told, and how it answers.

    :ivar status: of each answer.
    :ivar seconds: that each answer takes.
    :ivar events: the JSON that has come.
    :ivar types: the content types of these.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/secret-path"
        self.status = 204
        self.seconds = 0.0
        self.events: list[dict[str, Any]] = []
        self.types: list[str] = []

    def wait(self, number: int) -> list[dict[str, Any]]:
        """The events, once so many have come; fewer after some seconds."""
        until = time.monotonic() + 10
        while len(self.events) < number and time.monotonic() < until:
            time.sleep(0.02)
        return self.events


@contextlib.contextmanager
def receiving() -> Iterator[HookReceiver]:
    """Run the server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.types.append(self.headers["Content-Type"])
            receiver.events.append(json.loads(body))
            time.sleep(receiver.seconds)
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)
            self.end_headers()

        def do_GET(self) -> None:
            receiver.events.append({"method": "GET"})

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = HookReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
