# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A server that sends the bytes it is told to, which no HTTP library would send."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class RawServer:
    """Answers each request with ``script(head)``, and closes the connection if that ends in None.

    :ivar heads: the heads of all requests as they came, up to their empty line.
    """

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.script: Callable[[bytes], bytes] = lambda _head: answer(404)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[RawServer]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join()

    def container(self, name: str = "c") -> Container:
        """A container at this server, which is asked once."""
        connection: Any = SimpleNamespace(
            options=SimpleNamespace(validate_certs=True, ca_cert=None, label="source"),
            storage_url=f"{self.url}/v1/AUTH_x",
            token=lambda: "t",
            is_fresh=lambda _token: True,
            profile=ServerProfile,
        )
        return Container(SwiftClient(connection, Retry(attempts=1)), name)

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            came = b""
            while True:
                while b"\r\n\r\n" not in came:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    came += piece
                head, _end, came = came.partition(b"\r\n\r\n")
                found = _LENGTH.search(head + b"\r\n")
                left = int(found[1]) if found else 0
                while len(came) < left:
                    came += connection.recv(65536)
                came = came[left:]
                self.heads.append(head)
                connection.sendall(self.script(head))


def answer(status: int, *lines: bytes, body: bytes = b"") -> bytes:
    """An answer with these header lines as they are, a Content-Length and an ETag."""
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
    length = b"Content-Length: %d" % len(body)
    head = [b"HTTP/1.1 %d X" % status, length, b"ETag: " + etag, *lines, b"", b""]
    return b"\r\n".join(head) + body
