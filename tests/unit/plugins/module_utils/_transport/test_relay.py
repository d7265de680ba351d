# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A stream: handed on in blocks, its last one only when all is verified."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    block_queue,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    stream as stream_module,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bytes_in_flight import (
    BytesInFlight,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    BUFFER_SIZE,
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.memory_budget import (
    MemoryBudget,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import (
    SMALL,
    STREAMED,
    Relay,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
    Upload,
)

from tests.unit.plugins.module_utils.fakes.object_server import (
    Answer,
    Asked,
    ObjectServer,
    content,
)
from tests.unit.plugins.module_utils.fakes.relaying import relayed

pytestmark = pytest.mark.usefixtures("in_time")

BLOCK = block_queue.BLOCK
LARGE = 2 * SMALL


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds, but no longer than so many seconds."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.002)


def relay(
    source: ObjectServer,
    destination: ObjectServer,
    body: bytes,
    watch: Callable[[bytes], None],
    in_flight: BytesInFlight | None = None,
    *,
    listed: int = LARGE,
) -> list[bytes]:
    """Copy a body, as a stream if it is listed as large; give what arrived."""
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(201)
    get = source.container().prepare("GET", "o")

    def upload_for(got: Response) -> Upload:
        put = destination.container().prepare("PUT", "o")
        size = int(got.headers["content-length"])
        return Upload(put, size, got.headers["etag"], watch)

    relayed(Relay(Http(Tls()), Http(Tls()), in_flight=in_flight), get, upload_for, listed)
    return [asked.body for asked in destination.asked]


@pytest.mark.parametrize("size", [0, 1, BLOCK, 20 * BLOCK, 20 * BLOCK + 1])
def test_every_byte_arrives_in_its_place(
    source: ObjectServer, destination: ObjectServer, size: int
) -> None:
    body = (bytes(range(251)) * (size // 251 + 1))[:size]
    seen: list[bytes] = []
    assert relay(source, destination, body, seen.append) == [body]
    assert b"".join(seen) == body


@pytest.mark.parametrize(
    ("listed", "size", "whole"),
    [
        (SMALL, SMALL, True),
        (SMALL + 1, SMALL + 1, False),
        (1, 2 * SMALL, True),
        (1, 2 * SMALL + 1, False),
    ],
)
def test_only_a_small_body_is_held_whole(
    source: ObjectServer, destination: ObjectServer, listed: int, size: int, whole: bool
) -> None:
    seen: list[bytes] = []
    assert relay(source, destination, bytes(size), seen.append, listed=listed) == [bytes(size)]
    assert b"".join(seen) == bytes(size)
    assert (len(seen) == 1) is whole


# libcurl gives pieces of 16 KiB: a block of one byte more takes two of them.
@pytest.mark.parametrize("block", [BLOCK, 16 * 1024 + 1])
def test_bytes_are_hashed_a_block_at_a_time(
    source: ObjectServer,
    destination: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
) -> None:
    monkeypatch.setattr(block_queue, "BLOCK", block)
    seen: list[bytes] = []
    relay(source, destination, bytes(LARGE), seen.append)
    assert all(len(data) >= block for data in seen[:-1])


def test_bytes_are_in_transit_until_the_stream_is_over(
    source: ObjectServer, destination: ObjectServer
) -> None:
    in_flight, sizes = BytesInFlight(), []
    body = bytes(8 * BLOCK)
    relay(source, destination, body, lambda _data: sizes.append(in_flight.size), in_flight)
    assert sizes == sorted(sizes)
    assert BLOCK <= sizes[0] < sizes[-1] == len(body)
    assert in_flight.size == 0


def test_the_source_goes_on_when_several_blocks_are_gone(
    source: ObjectServer, destination: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[int] = []
    on_body = stream_module.Stream._on_body

    def counted(stream: stream_module.Stream, data: bytes) -> int | None:
        result = on_body(stream, data)
        paused.extend([1] if result is not None else [])
        return result

    monkeypatch.setattr(stream_module.Stream, "_on_body", counted)
    relay(source, destination, bytes(64 * BLOCK), lambda _data: None)
    assert len(paused) <= 64 / (block_queue.FULL - block_queue.LOW) + 1


@pytest.mark.parametrize("size", [20 * BLOCK, 20 * BLOCK + 1])
def test_nothing_is_stored_of_bytes_that_are_damaged_at_their_end(
    source: ObjectServer, destination: ObjectServer, size: int
) -> None:
    body = bytes(size)
    right = content(body).headers["ETag"]
    source.script = lambda _asked: content(body[:-1] + b"x", ETag=right)
    with pytest.raises(DamagedBytesError):
        relayed(
            Relay(Http(Tls()), Http(Tls())),
            source.container().prepare("GET", "o"),
            lambda _got: Upload(destination.container().prepare("PUT", "o"), size, right),
            LARGE,
        )
    assert destination.ended.get(timeout=10) < size
    assert destination.asked == []


@pytest.mark.parametrize("right", [True, False], ids=["right", "damaged"])
def test_the_last_bytes_are_held_back_until_the_source_is_at_its_end(
    source: ObjectServer,
    destination: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    right: bool,
) -> None:
    monkeypatch.setattr(block_queue, "BLOCK", 1)  # every piece that comes is handed on at once
    body = bytes(LARGE)
    taken: list[int] = []

    def before_end() -> None:
        # All that may leave has left; what is sent too early has a moment to arrive.
        wait_until(lambda: destination.taken >= LARGE - BUFFER_SIZE, 10)
        wait_until(lambda: destination.taken == LARGE, 0.05)
        taken.append(destination.taken)

    source.script = lambda _asked: Answer(200, body=body, before_end=before_end)
    destination.script = lambda _asked: Answer(201)
    md5 = content(body if right else b"other").headers["ETag"]
    with nullcontext() if right else pytest.raises(DamagedBytesError, match="have the MD5"):
        relayed(
            Relay(Http(Tls()), Http(Tls())),
            source.container().prepare("GET", "o"),
            lambda _got: Upload(destination.container().prepare("PUT", "o"), LARGE, md5),
            LARGE,
        )
    assert LARGE - BUFFER_SIZE <= taken[0] < LARGE
    assert (destination.ended.get(timeout=10) == LARGE) is right
    assert [asked.body for asked in destination.asked] == ([body] if right else [])


def copy_impatiently(source: ObjectServer, destination: ObjectServer, size: int) -> TransportError:
    """Copy a body, giving up after a second without a byte; return the error."""
    began = time.monotonic()
    with pytest.raises(TransportError) as caught:
        relayed(
            Relay(Http(Tls(), silence=1), Http(Tls(), silence=1)),
            source.container().prepare("GET", "o"),
            lambda _got: Upload(destination.container().prepare("PUT", "o"), size, None),
            size,
        )
    assert time.monotonic() - began < 30
    return caught.value


def check_silent_source(size: int, silent: int) -> None:
    with ObjectServer().running() as source, ObjectServer().running() as destination:
        headers = content(b"").headers
        source.script = lambda _asked: Answer(200, headers, bytes(size), silent=silent)
        error = copy_impatiently(source, destination, size)
        assert error.message.startswith(f"GET {source.url}/v1/AUTH_x/c/o failed: ")
        assert error.retryable
        assert error.unanswered == ("" if silent else source.url)
        assert error.unreachable is (silent == 0)
        assert destination.asked == []


def check_silent_destination(size: int) -> None:
    with ObjectServer().running() as source, ObjectServer().running() as destination:
        source.script = lambda _asked: content(bytes(size))
        destination.script = lambda _asked: Answer(201, silent=0)
        error = copy_impatiently(source, destination, size)
        assert error.message.startswith(f"PUT {destination.url}/v1/AUTH_x/c/o failed: ")
        assert error.unanswered == destination.url


def test_a_server_that_falls_silent_is_given_up_and_nothing_is_stored() -> None:
    # libcurl takes seconds to see that no byte comes, so all wait at once.
    with ThreadPoolExecutor(6) as pool:
        cases = [
            pool.submit(check_silent_source, size, silent)
            for size, silent in itertools.product((SMALL // 2, LARGE), (0, 1000))
        ]
        cases += [pool.submit(check_silent_destination, size) for size in (SMALL // 2, LARGE)]
    for case in cases:
        case.result()


@pytest.mark.parametrize(
    ("size", "room"), [(SMALL, 4 * SMALL), (LARGE, 4 * STREAMED)], ids=["whole", "stream"]
)
def test_no_more_objects_are_on_their_way_than_memory_allows(
    source: ObjectServer, destination: ObjectServer, size: int, room: int
) -> None:
    mutex = threading.Lock()
    under_way = most = 0

    def begin(_asked: Asked) -> Answer:
        nonlocal under_way, most
        with mutex:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        return content(bytes(size))

    def end(_asked: Asked) -> Answer:
        nonlocal under_way
        with mutex:
            under_way -= 1
        return Answer(201)

    source.script, destination.script = begin, end
    memory = MemoryBudget(room)

    def copy(number: int) -> None:
        relayed(
            Relay(Http(Tls()), Http(Tls()), memory=memory),
            source.container().prepare("GET", f"o{number}"),
            lambda got: Upload(
                destination.container().prepare("PUT", f"o{number}"), size, got.headers["etag"]
            ),
            size,
        )

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(copy, range(24)))
    assert len(destination.asked) == 24
    assert most <= 4
