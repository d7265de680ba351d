# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What clients asked of a proxy, from its access log."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError

# The default log_msg_template of Swift's proxy-logging: every field is quoted, none holds a space.
LINE = re.compile(
    r"^\S+: (?P<client>\S+) (?P<remote>\S+) (?P<time>\d\d/\w{3}/\d{4}/\d\d/\d\d/\d\d)"
    r" (?P<method>[A-Z]+) (?P<path>\S+) HTTP/\S+ (?P<status>\d{3}) (?P<referer>\S+)"
    r" (?P<agent>\S+) (?P<token>\S+) (?P<received>\S+) (?P<sent>\S+) (?P<etag>\S+)"
    r" (?P<transaction>\S+) (?P<headers>\S+) (?P<seconds>\S+) (?P<source>\S+) (?P<info>\S+)"
)
FENCE = "/info?fence="
FENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Target:
    """What is asked of a Swift.

    :param path: as it was sent (percent-encoded), without the query.
    """

    method: str
    path: str
    query: str

    @property
    def name(self) -> str:
        """Name of the object; empty when the request is for a container, an account or a login."""
        parts = self.path.split("/", 4)
        return urllib.parse.unquote(parts[4]) if len(parts) == 5 and parts[1] == "v1" else ""

    @property
    def container(self) -> str:
        parts = self.path.split("/", 4)
        return urllib.parse.unquote(parts[3]) if len(parts) > 3 and parts[1] == "v1" else ""


@dataclass(frozen=True)
class Request(Target):
    """One request of a client.

    :param received: bytes of the request's body.
    :param sent: bytes of the answer's body.
    """

    status: int
    received: int
    sent: int
    agent: str


def parse(line: str) -> Request | None:
    """Read one line; None for what is no client's request.

    proxy-logging stands twice in the pipeline. What a middleware asks on behalf of a client (the
    segments of an SLO, the halves of a COPY) names it in the field ``source``; a client's own
    request, logged once, has ``-`` there.
    """
    found = LINE.match(line)
    if found is None or found["source"] != "-":
        return None
    path, _mark, query = urllib.parse.unquote(found["path"]).partition("?")
    return Request(
        found["method"],
        path,
        query,
        int(found["status"]),
        _bytes(found["received"]),
        _bytes(found["sent"]),
        urllib.parse.unquote(found["agent"]),
    )


def _bytes(field: str) -> int:
    return 0 if field == "-" else int(field)


class AccessLog:
    """The access log of one proxy.

    :param path: where the proxy writes it.
    :param url: the proxy's root, for example ``http://127.0.0.1:8080``.
    """

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._url = url

    def mark(self) -> int:
        """Return a place in the log after everything asked so far, for :meth:`requests`."""
        self._settle()
        return self._path.stat().st_size

    def requests(self, since: int = 0, container: str = "") -> list[Request]:
        """Return the clients' requests, in the order in which they were answered, since a mark.

        :param container: only those for containers whose names begin so. Without it, they are
            also those of other tests, unless the lab is one test's alone.
        """
        self._settle()
        return [each for each in self._read(since) if each.container.startswith(container)]

    def object_requests(self, since: int = 0, container: str = "") -> list[Request]:
        """Return those for objects: what must be empty after a run without work."""
        return [request for request in self.requests(since, container) if request.name]

    def _read(self, since: int) -> Iterator[Request]:
        with self._path.open("rb") as file:
            file.seek(since)
            for line in file:
                request = parse(line.decode("utf-8", "replace"))
                if request and not (request.path + "?" + request.query).startswith(FENCE):
                    yield request

    def _settle(self) -> None:
        """Wait until what has been answered is written: ask for something odd, and look for it."""
        fence = FENCE + uuid.uuid4().hex
        start = self._path.stat().st_size
        with urllib.request.urlopen(self._url + fence, timeout=FENCE_SECONDS) as answer:  # noqa: S310
            answer.read()
        wanted = urllib.parse.quote(fence).encode()
        deadline = time.monotonic() + FENCE_SECONDS
        while True:
            with self._path.open("rb") as file:
                file.seek(start)
                if wanted in file.read():
                    return
            if time.monotonic() > deadline:
                raise LabError(f"{self._path}: no access log here; is proxy_log_level INFO?")
            time.sleep(0.01)
