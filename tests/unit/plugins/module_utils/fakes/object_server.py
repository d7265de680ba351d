# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An HTTP server that misbehaves as told, where a real Swift can not be made to."""

from __future__ import annotations

import contextlib
import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest_reach import (
    ManifestReach,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    UNLIMITED,
    RateLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to answer.

    :param cut: bytes of the body after which the connection is closed.
    :param silent: bytes of the body after which nothing more comes; 0 for no answer at all.
    :param before_end: called when the whole body is sent, and before its end is, which goes apart.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    silent: int | None = None
    before_end: Callable[[], None] | None = None


class ObjectServer:
    """Answers what ``script`` says and keeps what it was asked.

    :ivar connections: how many have been made to it.
    :ivar taken: bytes of bodies that have come, of those that broke off as well.
    :ivar break_after: bytes of a body after which the connection is closed; None for never.
    :ivar ended: the bytes of each body, as soon as it is at its end or has broken off.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Callable[[Asked], Answer] = lambda _asked: Answer(404)
        self.tokens = 0
        self.fresh = True
        self.info: dict[str, Any] = {}
        self.connections = 0
        self.taken = 0
        self.break_after: int | None = None
        self.ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._ending = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else a body, sent after its headers, waits 40 ms for their receipt.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self._body(length)
                outer.ended.put(len(body))
                if len(body) < length:
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, body)
                outer.asked.append(asked)
                answer = outer.script(asked)
                if answer.silent == 0:
                    outer._ending.wait()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.before_end is not None:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(answer.body), answer.body))
                    answer.before_end()
                    self.wfile.write(b"0\r\n\r\n")
                    return
                if "Content-Length" not in answer.headers:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body[: answer.cut or answer.silent])
                if answer.silent is not None:
                    outer._ending.wait()
                if answer.cut is not None:
                    self.close_connection = True

            def _body(self, length: int) -> bytes:
                body = bytearray()
                if outer.break_after is not None and length > outer.break_after:
                    self.rfile.read(outer.break_after)
                    return b""
                with contextlib.suppress(ConnectionError):
                    while len(body) < length:
                        piece = self.rfile.read1(length - len(body))
                        if not piece:
                            break
                        body += piece
                        outer.taken += len(piece)
                return bytes(body)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[ObjectServer]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def container(
        self,
        name: str = "c",
        label: str = "source",
        attempts: int = 3,
        *,
        retry: Retry | None = None,
        limits: RateLimits = UNLIMITED,
        reach: ManifestReach | None = None,
    ) -> Container:
        """A container at this server, whose retries do not wait if none are given."""
        client = SwiftClient(
            self.connection,
            retry or Retry(attempts=attempts, sleep=lambda _seconds: None),
            limits=limits,
        )
        return Container(client, name, reach)

    # What a Connection offers.

    @property
    def connection(self) -> Connection:
        """This fake, as the type whose place it takes."""
        return cast("Connection", self)

    @property
    def options(self) -> SimpleNamespace:
        return SimpleNamespace(validate_certs=True, ca_cert=None, label="source")

    @property
    def storage_url(self) -> str:
        return f"{self.url}/v1/AUTH_x"

    @property
    def known_profile(self) -> ServerProfile:
        return self.profile()

    def profile(self) -> ServerProfile:
        return ServerProfile.of(self.info)

    def token(self) -> str:
        return f"token-{self.tokens}"

    def is_fresh(self, _token: str) -> bool:
        return self.fresh

    def renew(self, _rejected: str) -> str:
        self.tokens += 1
        return self.token()

    def named(self, method: str) -> list[Asked]:
        """The requests of one method."""
        return [asked for asked in self.asked if asked.method == method]


def content(body: bytes, **headers: str) -> Answer:
    """A GET's answer for an object with these bytes."""
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return Answer(200, {"ETag": etag, "Content-Type": "application/dicom", **headers}, body)
