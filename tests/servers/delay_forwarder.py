# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way to a distant server: TCP whose bytes arrive later, half a round trip in each direction.

Usage: python -m tests.servers.delay_forwarder ROUND_TRIP_SECONDS LISTEN:TARGET...
"""

from __future__ import annotations

import asyncio
import functools
import sys
from collections import deque
from collections.abc import Iterable


class Way(asyncio.Protocol):
    """One end of a connection: what it receives leaves by the other end, ``delay`` seconds later.

    :param opening: seconds added until the connection stands, during which nothing leaves.
    """

    def __init__(self, delay: float, opening: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop()
        self._delay = delay
        self._open_at = self._loop.time() + opening
        self._late: deque[bytes | None] = deque()  # b"" is the end of it, None of the connection
        self._due = 0
        self._ended = False
        self.transport: asyncio.Transport | None = None
        self.other: Way | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._send_later(data)

    def eof_received(self) -> bool:
        self._send_later(b"")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._send_later(None)

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.resume_reading()

    def _send_later(self, data: bytes | None) -> None:
        # A queue, because timers of the same moment have no order.
        self._late.append(data)
        self._loop.call_at(max(self._loop.time(), self._open_at) + self._delay, self._send)

    def _send(self) -> None:
        if self.other is None or self.other.transport is None:
            self._due += 1
            return
        data, there = self._late.popleft(), self.other.transport
        if there.is_closing():
            return
        if data:
            there.write(data)
        elif data is None:
            there.close()
        else:
            self._end(self.other)

    def _end(self, other: Way) -> None:
        assert self.transport is not None
        assert other.transport is not None
        self._ended = True
        other.transport.write_eof()
        if other._ended:
            self.transport.close()
            other.transport.close()

    def join(self, other: Way) -> None:
        """Let out by ``other`` what has been due before it stood."""
        self.other = other
        for _number in range(self._due):
            self._send()


class Client(Way):
    """The client's end; it opens the server's."""

    def __init__(self, round_trip: float, target: int) -> None:
        super().__init__(round_trip / 2, opening=round_trip)
        self._target = target
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._opening = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        assert self.transport is not None
        server = Way(self._delay)
        server.other = self
        try:
            await self._loop.create_connection(lambda: server, "127.0.0.1", self._target)
        except OSError:
            self.transport.close()
            return
        self.join(server)


async def listen(round_trip: float, routes: Iterable[tuple[int, int]]) -> list[asyncio.Server]:
    """Forward each port of ``routes`` to its target."""
    loop = asyncio.get_running_loop()
    return [
        await loop.create_server(
            functools.partial(Client, round_trip, target), "127.0.0.1", port, backlog=1024
        )
        for port, target in routes
    ]


async def serve(round_trip: str, *routes: str) -> None:
    """Forward until this process is ended."""
    pairs = [route.split(":") for route in routes]
    servers = await listen(float(round_trip), [(int(port), int(target)) for port, target in pairs])
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
