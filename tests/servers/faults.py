# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the proxy before a server can do to a request or its answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.access_log import Target

Part = Literal["request", "answer"]
Rows = list[dict[str, Any]]
Headers = list[tuple[str, str]]
HOLD_SECONDS = 60


class CutError(ConnectionError):
    """The connection is to be closed here."""


@dataclass(frozen=True)
class Placed:
    """A fault at one place.

    :param part: of the request or of the answer.
    :param after: bytes of its body that pass before; None: not even its head has passed.
    """

    part: Part = "request"
    after: int | None = None

    async def act(self, data: bytes) -> bytes:
        """Do it, and return what takes the place of the bytes from there on."""
        raise NotImplementedError


@dataclass(frozen=True)
class Cut(Placed):
    """Close the connections. Before the answer's head, the server has done what was asked."""

    async def act(self, data: bytes) -> bytes:
        raise CutError


@dataclass(frozen=True)
class Flip(Placed):
    """Flip a bit of the next byte."""

    after: int | None = 0

    async def act(self, data: bytes) -> bytes:
        return bytes([data[0] ^ 1]) + data[1:]


@dataclass(frozen=True)
class Delay(Placed):
    """Let nothing pass for some seconds."""

    seconds: float = field(kw_only=True)

    async def act(self, data: bytes) -> bytes:
        await asyncio.sleep(self.seconds)
        return data


@dataclass(frozen=True)
class Hold(Placed):
    """Let nothing pass until something is true, or for a minute at most."""

    until: Callable[[], object] = field(kw_only=True)

    async def act(self, data: bytes) -> bytes:
        async with asyncio.timeout(HOLD_SECONDS):
            while not self.until():
                await asyncio.sleep(0.01)
        return data


@dataclass(frozen=True)
class Call(Placed):
    """Call a function, in a thread, and let nothing pass until it returns."""

    function: Callable[[], object] = field(kw_only=True)

    async def act(self, data: bytes) -> bytes:
        await asyncio.to_thread(self.function)
        return data


@dataclass(frozen=True)
class Status:
    """Answer in the server's place, after the request's body has come."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encode(self) -> bytes:
        headers = {**self.headers, "Content-Length": str(len(self.body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} Fault\r\n{head}\r\n".encode("latin-1") + self.body


@dataclass(frozen=True)
class Edit:
    """Answer with another body than the server's."""

    change: Callable[[bytes], bytes]


@dataclass(frozen=True)
class EditHead:
    """Answer with other headers than the server's."""

    change: Callable[[Headers], Headers]


@dataclass(frozen=True)
class Rewrite:
    """Ask the server for another path than the client did, as a reverse proxy may.

    :param change: gives the path for the client's; both are quoted and without the query.
    """

    change: Callable[[str], str]


Fault = Placed | Status | Edit | EditHead | Rewrite


def chunked() -> EditHead:
    """An answer that does not tell its length, as some proxies send it."""

    def change(headers: Headers) -> Headers:
        left = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return [*left, ("Transfer-Encoding", "chunked")]

    return EditHead(change)


def header(name: str, value: str | None) -> EditHead:
    """An answer with another value of one header, or without it for None."""

    def change(headers: Headers) -> Headers:
        left = [each for each in headers if each[0].lower() != name.lower()]
        return left if value is None else [*left, (name, value)]

    return EditHead(change)


def short_page(length: int) -> Edit:
    """A listing page cut to fewer entries although there are more (Ceph, ceph/ceph#33864)."""
    return Edit(_rows(lambda rows: rows[:length]))


def merged_slashes() -> Rewrite:
    """Paths as nginx passes them on unless it is told not to: several slashes become one."""
    return Rewrite(lambda path: re.sub("/+", "/", path))


def disorder() -> Edit:
    """A listing page with its first and last entries exchanged."""
    return Edit(_rows(lambda rows: [*rows[-1:], *rows[1:-1], *rows[:1]]))


def repeated_page(length: int) -> Edit:
    """Short pages, the second of which is the first again, as is every one that follows."""
    first: Rows = []

    def repeat(rows: Rows) -> Rows:
        first[:] = first or rows[:length]
        return first

    return Edit(_rows(repeat))


def changed_rows(**values: Any) -> Edit:
    """A page on which the second row has other values, and the others are as they were."""

    def change(rows: Rows) -> Rows:
        return [row | (values if number == 1 else {}) for number, row in enumerate(rows)]

    return Edit(_rows(change))


def edited_rows(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Edit:
    """A page whose rows are others."""
    return Edit(_rows(lambda rows: [change(row) for row in rows]))


def _rows(change: Callable[[Rows], Rows]) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(change(json.loads(body or b"[]"))).encode()


@dataclass
class Rule:
    """A fault, the requests that it befalls, and how often it has.

    :param skip: matching requests that are spared first.
    :param times: requests it befalls then; None for all.
    :param injected: how often it happened.
    """

    fault: Fault
    when: Callable[[Target], bool]
    skip: int = 0
    times: int | None = 1
    matched: int = 0
    injected: int = 0

    def takes(self, target: Target) -> bool:
        if not self.when(target):
            return False
        self.matched += 1
        ordinal = self.matched - self.skip
        return ordinal > 0 and (self.times is None or ordinal <= self.times)
