# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long the delay forwarder makes bytes travel, and that it changes none."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.servers.delay_forwarder import listen
from tests.servers.ports import choose

ROUND_TRIP = 0.1
Result = TypeVar("Result")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Result]]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


def talk(to: Talk[Result], *, listening: bool = True) -> Result:
    """Have a client talk through a forwarder to a server that says what it hears."""

    async def run() -> Result:
        ports = choose(("forwarder", "server"))
        async with contextlib.AsyncExitStack() as stack:
            if listening:
                server = await asyncio.start_server(echo, "127.0.0.1", ports["server"])
                await stack.enter_async_context(server)
            (forwarder,) = await listen(ROUND_TRIP, [(ports["forwarder"], ports["server"])])
            await stack.enter_async_context(forwarder)
            reader, writer = await asyncio.open_connection("127.0.0.1", ports["forwarder"])
            stack.callback(writer.close)
            return await asyncio.wait_for(to(reader, writer), 10)

    return asyncio.run(run())


def test_an_answer_takes_a_round_trip_and_the_first_one_two() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[float]:
        took = []
        for _number in range(10):
            begun = time.monotonic()
            writer.write(b"ping")
            assert await reader.readexactly(4) == b"ping"
            took.append(time.monotonic() - begun)
        return took

    first, *others = talk(ask)
    assert first >= 2 * ROUND_TRIP
    assert ROUND_TRIP <= min(others) < first


def test_bytes_arrive_in_order_and_to_the_last() -> None:
    sent = b"".join(number.to_bytes(4, "big") for number in range(500_000))

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        async def send() -> None:
            writer.write(sent)
            await writer.drain()

        received, _sent = await asyncio.gather(reader.readexactly(len(sent)), send())
        return received

    assert talk(ask) == sent


def test_a_client_that_is_done_ends_the_connection() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"last")
        writer.write_eof()
        return await reader.read()

    assert talk(ask) == b"last"


def test_no_server_is_no_connection() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        return await reader.read()

    assert talk(ask, listening=False) == b""
