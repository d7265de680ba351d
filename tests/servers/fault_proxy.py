# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An HTTP/1.1 proxy before one real server, that does to chosen requests what networks do.

It runs in a thread of the test. The Host header goes through as it is: TempAuth takes the storage
URL that it hands out from there. Keystone's catalog is rewritten by an :class:`Edit`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.servers.access_log import Target
from tests.servers.faults import (
    Edit,
    EditHead,
    Fault,
    Part,
    Placed,
    Rewrite,
    Rule,
    Status,
)

CHUNK = 1 << 16
EARLY_ANSWER_SECONDS = 5.0  # for the rest of a request that is answered before it has all come


class FaultProxy:
    """Passes on what clients ask of a server, as a context manager.

    :param target: port of the server on 127.0.0.1.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.asked: list[Target] = []
        self._rules: list[Rule] = []
        self._scripted: list[Rule] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def inject(
        self, fault: Fault, when: Callable[[Target], bool], *, skip: int = 0, times: int | None = 1
    ) -> Rule:
        """Script a fault; several may befall one request. See :class:`Rule`.

        :param times: 0 for what must never be asked: see :attr:`Rule.matched`.
        """
        rule = Rule(fault, when, skip, times)
        self._rules.append(rule)
        if times != 0:
            self._scripted.append(rule)
        return rule

    def unused(self) -> list[Rule]:
        """Faults that were scripted and befell nothing: a test that has one has tested nothing."""
        return [rule for rule in self._scripted if not rule.injected]

    def heal(self) -> None:
        """Let no fault befall any request from now on."""
        for rule in self._rules:
            rule.times = 0

    def count(self, when: Callable[[Target], bool]) -> int:
        """How many requests of this kind were asked so far."""
        return sum(1 for target in tuple(self.asked) if when(target))

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def befalling(self, target: Target) -> list[Rule]:
        """Note a request, and return the rules of which it is the turn."""
        self.asked.append(target)
        return [rule for rule in self._rules if rule.takes(target)]

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _stop(self) -> None:
        self._server.close()
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await _Link(self, reader, writer).run()


@dataclass
class _Head:
    start: str
    headers: list[tuple[str, str]]

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> _Head:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        start, *lines = text.rstrip("\r\n").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start, [(name, value.strip()) for name, _colon, value in pairs])

    def get(self, wanted: str) -> str:
        return next((value for name, value in self.headers if name.lower() == wanted), "")

    def without(self, *unwanted: str) -> _Head:
        kept = [(name, value) for name, value in self.headers if name.lower() not in unwanted]
        return _Head(self.start, kept)

    @property
    def chunked(self) -> bool:
        return self.get("transfer-encoding").lower() == "chunked"

    def encode(self) -> bytes:
        lines = (f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.start}\r\n{''.join(lines)}\r\n".encode("latin-1")


class _Link:
    """A client's connection and the server's that belongs to it, both kept alive."""

    def __init__(
        self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._client = (reader, writer)
        self._server: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        try:
            while await self._exchange():
                pass
        except (OSError, EOFError):  # a cut, or either side has gone
            pass
        finally:
            for _reader, writer in filter(None, (self._client, self._server)):
                writer.close()

    async def _exchange(self) -> bool:
        """Pass on one request and its answer; tell whether the connections stay open."""
        reader, writer = self._client
        head = await _Head.read(reader)
        method, url, version = head.start.split(" ")
        path, mark, query = url.partition("?")
        rules = self._proxy.befalling(Target(method, path, query))
        if head.get("expect"):
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            head = head.without("expect")
        await _act(rules, "request")
        body = _body(reader, head)
        for rule in rules:
            if isinstance(rule.fault, Status):
                async for _piece in body:
                    pass
                rule.injected += 1
                writer.write(rule.fault.encode())
                await writer.drain()
                return True
            if isinstance(rule.fault, Rewrite):
                rule.injected += 1
                path = rule.fault.change(path)
                head.start = f"{method} {path}{mark}{query} {version}"
        server = await self._connect()
        upload = asyncio.ensure_future(_pass_on(head, body, server[1], rules, "request"))
        upload.add_done_callback(lambda done: server[1].close() if _failed(done) else None)
        try:
            kept = await self._answer(server[0], method, rules)
            await asyncio.wait({upload}, timeout=EARLY_ANSWER_SECONDS)
        finally:
            upload.cancel()
        return kept and not _failed(upload)

    async def _answer(self, reader: asyncio.StreamReader, method: str, rules: list[Rule]) -> bool:
        head = await _Head.read(reader)
        await _act(rules, "answer")
        body = _body(reader, head, empty=method == "HEAD")
        for rule in rules:
            if isinstance(rule.fault, Edit):
                changed = rule.fault.change(b"".join([piece async for piece in body]))
                rule.injected += 1
                head = head.without("content-length", "transfer-encoding", "etag")
                head.headers.append(("Content-Length", str(len(changed))))
                body = _pieces(changed)
            if isinstance(rule.fault, EditHead):
                rule.injected += 1
                head = _Head(head.start, rule.fault.change(head.headers))
        await _pass_on(head, body, self._client[1], rules, "answer")
        return head.get("connection").lower() != "close"

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._server is not None and self._server[0].at_eof():
            self._server[1].close()
            self._server = None
        if self._server is None:
            self._server = await asyncio.open_connection("127.0.0.1", self._proxy.target)
        return self._server


async def _body(
    reader: asyncio.StreamReader, head: _Head, *, empty: bool = False
) -> AsyncIterator[bytes]:
    if empty:
        return
    if head.chunked:
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return
    left = int(head.get("content-length") or 0)
    while left:
        piece = await reader.read(min(left, CHUNK))
        if not piece:
            raise EOFError
        left -= len(piece)
        yield piece


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    if data:
        yield data


async def _act(rules: list[Rule], part: Part) -> None:
    """Do what is to be done before a part's head."""
    for rule in rules:
        if isinstance(rule.fault, Placed) and (rule.fault.part, rule.fault.after) == (part, None):
            rule.injected += 1
            await rule.fault.act(b"")


async def _pass_on(
    head: _Head,
    body: AsyncIterator[bytes],
    writer: asyncio.StreamWriter,
    rules: list[Rule],
    part: Part,
) -> None:
    """Write a head and its body, and do at each place what is to be done there."""

    async def write(data: bytes) -> None:
        if data:
            writer.write(b"%x\r\n%s\r\n" % (len(data), data) if head.chunked else data)
            await writer.drain()

    writer.write(head.encode())
    waiting = sorted(
        (rule.fault.after, number, rule.fault, rule)
        for number, rule in enumerate(rules)
        if isinstance(rule.fault, Placed)
        and rule.fault.part == part
        and rule.fault.after is not None
    )
    passed = 0
    async for piece in body:
        left = piece
        while waiting and waiting[0][0] < passed + len(left):
            place, _number, fault, rule = waiting.pop(0)
            await write(left[: place - passed])
            left = left[place - passed :]
            passed = place
            rule.injected += 1
            left = await fault.act(left)
        await write(left)
        passed += len(left)
    if head.chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


def _failed(task: asyncio.Future[None]) -> bool:
    return task.cancelled() or not task.done() or task.exception() is not None
