# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is taken of the limits for one body, and what both servers answered to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import stream
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bytes_in_flight import (
    BytesInFlight,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    RateLimit,
    RateLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import (
    SMALL,
    Relay,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    Upload,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer, content
from tests.unit.plugins.module_utils.fakes.object_store import md5
from tests.unit.plugins.module_utils.fakes.relaying import Relayed, relayed

pytestmark = pytest.mark.usefixtures("in_time")

LARGE = SMALL + 1
SIZES = pytest.mark.parametrize("size", [1000, LARGE], ids=["whole", "stream"])

Copy = Callable[[Relay, int], Relayed]


class Counted(RateLimit):
    """Counts what is taken, and lets nobody wait."""

    def __init__(self) -> None:
        super().__init__(1)
        self.taken: list[int] = []

    def take(self, amount: int = 1) -> None:
        self.taken.append(amount)


@pytest.fixture
def copy(source: ObjectServer, destination: ObjectServer) -> Copy:
    """Copies the object "o", which has the bytes that the source sends."""

    def upload_for(got: Response) -> Upload:
        put = destination.container().prepare("PUT", "o")
        return Upload(put, int(got.headers["content-length"]), got.headers["etag"])

    return lambda relay, size: relayed(
        relay, source.container().prepare("GET", "o"), upload_for, size
    )


def read(source: ObjectServer, relay: Relay, size: int) -> Relayed:
    """Ask for the object "o", which is copied nowhere."""
    asked: list[int] = []
    answers = relayed(
        relay, source.container().prepare("GET", "o"), lambda got: asked.append(got.status), size
    )
    assert asked == [answers.get.status]
    return answers


@SIZES
def test_both_answers_are_given(
    source: ObjectServer, destination: ObjectServer, copy: Copy, size: int
) -> None:
    source.script = lambda _asked: content(bytes(size), **{"X-Timestamp": "1.0"})
    page = b"stored" * 20_000  # comes in several pieces
    destination.script = lambda _asked: Answer(201, {"X-Timestamp": "2.0"}, page)
    began = time.monotonic()
    got, put = copy(Relay(Http(Tls()), Http(Tls())), size)
    assert began <= got.sent <= time.monotonic()
    assert (got.status, got.headers["x-timestamp"]) == (200, "1.0")
    assert put is not None
    assert (put.status, put.headers["x-timestamp"], put.body) == (201, "2.0", page)


@SIZES
def test_every_byte_and_every_request_of_the_source_is_taken_of_its_limits(
    source: ObjectServer, destination: ObjectServer, copy: Copy, size: int
) -> None:
    source.script = lambda _asked: content(bytes(size))
    destination.script = lambda _asked: Answer(201)
    requests, bandwidth = Counted(), Counted()
    relay = Relay(Http(Tls(), RateLimits(requests, bandwidth)), Http(Tls()))
    for number in (1, 2):
        copy(relay, size)
        assert requests.taken == [1] * number
        assert sum(bandwidth.taken) == number * size


@SIZES
def test_a_body_that_goes_nowhere_is_given(source: ObjectServer, size: int) -> None:
    body = bytes(range(250)) * 400  # comes in several pieces
    source.script = lambda _asked: Answer(404, {"X-Timestamp": "1.0"}, body)
    bandwidth, in_flight = Counted(), BytesInFlight()
    relay = Relay(Http(Tls(), RateLimits(RateLimit(), bandwidth)), Http(Tls()), in_flight=in_flight)
    got, put = read(source, relay, size)
    assert (got.status, got.headers["x-timestamp"], got.body) == (404, "1.0", body)
    assert put is None
    assert sum(bandwidth.taken) == len(body)
    assert in_flight.size == 0


def test_a_body_that_goes_nowhere_may_be_as_long_as_memory_allows(
    source: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_BODY", 2000)
    source.script = lambda _asked: Answer(200, body=bytes(2000))
    assert read(source, Relay(Http(Tls()), Http(Tls())), LARGE).get.body == bytes(2000)


def test_a_body_that_goes_nowhere_may_not_be_longer_than_memory_allows(
    source: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MAX_BODY", 1999)
    source.script = lambda _asked: Answer(200, body=bytes(2000))
    with pytest.raises(TransportError, match=r"^the answer to GET is too long\.$") as caught:
        read(source, Relay(Http(Tls()), Http(Tls())), LARGE)
    assert not caught.value.retryable


@SIZES
@pytest.mark.parametrize("came", [1000, 2000])
def test_a_body_that_goes_nowhere_and_breaks_off_may_be_asked_for_again(
    source: ObjectServer, monkeypatch: pytest.MonkeyPatch, size: int, came: int
) -> None:
    monkeypatch.setattr(stream, "MAX_BODY", 2000)
    source.script = lambda _asked: Answer(200, body=bytes(3000), cut=came)
    with pytest.raises(TransportError, match=f"^GET {source.url}/v1/AUTH_x/c/o failed: ") as caught:
        relayed(
            Relay(Http(Tls()), Http(Tls())),
            source.container().prepare("GET", "o"),
            lambda _got: None,
            size,
        )
    assert caught.value.retryable
    assert caught.value.unanswered == ""


@SIZES
@pytest.mark.parametrize("body", [b"", b"x"])
def test_what_is_wrong_with_an_answer_is_told_and_nothing_is_sent(
    source: ObjectServer, destination: ObjectServer, size: int, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    asked: list[int] = []

    def upload_for(got: Response) -> Upload:
        asked.append(got.status)
        raise MigrationError(f"not this one: {got.headers['etag']}")

    with pytest.raises(MigrationError, match=f"not this one: {md5(body)}"):
        relayed(
            Relay(Http(Tls()), Http(Tls())),
            source.container().prepare("GET", "o"),
            upload_for,
            size,
        )
    assert asked == [200]
    assert destination.taken == 0


@SIZES
def test_a_source_that_cannot_be_reached_is_named(size: int) -> None:
    with ObjectServer().running() as gone:
        pass
    expected = rf"^GET {gone.url}/v1/AUTH_x/c/o failed: .*connect.* \(libcurl 7\)\.$"
    with pytest.raises(TransportError, match=expected) as caught:
        read(gone, Relay(Http(Tls()), Http(Tls())), size)
    assert caught.value.unanswered == gone.url


@SIZES
def test_a_destination_that_cannot_be_reached_is_named(source: ObjectServer, size: int) -> None:
    with ObjectServer().running() as gone:
        pass
    source.script = lambda _asked: content(bytes(size))
    upload = Upload(gone.container().prepare("PUT", "o", query="secret=1"), size, None)
    with pytest.raises(TransportError, match=f"^PUT {gone.url}/v1/AUTH_x/c/o failed: ") as caught:
        relayed(
            Relay(Http(Tls()), Http(Tls())),
            source.container().prepare("GET", "o"),
            lambda _got: upload,
            size,
        )
    assert caught.value.unanswered == gone.url


@SIZES
@pytest.mark.parametrize("announced", [-1, 1], ids=["too-long", "too-short"])
def test_a_body_of_another_length_than_announced_is_damaged(
    source: ObjectServer, destination: ObjectServer, size: int, announced: int
) -> None:
    source.script = lambda _asked: content(bytes(size))
    destination.script = lambda _asked: Answer(201)
    upload = Upload(destination.container().prepare("PUT", "o"), size + announced, None)
    get = source.container().prepare("GET", "o", query="a=1?b")
    expected = f"/c/o: {size} bytes came where {size + announced} were announced"
    if size > SMALL and announced < 0:  # it is broken off where it becomes too long
        expected = f"/c/o: more bytes came than the {size + announced} that were announced"
    with pytest.raises(MigrationError, match=f"^{source.url}/v1/AUTH_x{expected}"):
        relayed(Relay(Http(Tls()), Http(Tls())), get, lambda _got: upload, size)
    assert destination.asked == []


@SIZES
def test_a_success_counts_only_if_its_answer_is_whole(
    source: ObjectServer, destination: ObjectServer, copy: Copy, size: int
) -> None:
    source.script = lambda _asked: content(bytes(size))
    destination.script = lambda _asked: Answer(201, body=b"stored", cut=3)
    with pytest.raises(TransportError, match=f"^PUT {destination.url}/v1/AUTH_x/c/o failed: "):
        copy(Relay(Http(Tls()), Http(Tls())), size)


@SIZES
def test_each_side_is_trusted_by_its_own_authorities(
    source: ObjectServer,
    destination: ObjectServer,
    copy: Copy,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    asked: list[str] = []

    def authorities(tls: Tls) -> str:
        asked.append(str(tls.ca_cert))
        return str(tls.ca_cert)

    monkeypatch.setattr(Tls, "authorities", authorities)
    source.script = lambda _asked: content(bytes(size))
    destination.script = lambda _asked: Answer(201)
    copy(Relay(Http(Tls(ca_cert="/source.pem")), Http(Tls(ca_cert="/destination.pem"))), size)
    assert asked == ["/source.pem", "/destination.pem"]


def test_a_stream_ends_when_it_is_interrupted_and_nothing_is_stored(
    source: ObjectServer, destination: ObjectServer
) -> None:
    over = threading.Event()

    def interrupt() -> None:
        if destination.taken:
            raise MigrationError("another run has begun")

    source.script = lambda _asked: Answer(
        200, body=bytes(2 * SMALL), before_end=lambda: over.wait(10)
    )
    upload = Upload(destination.container().prepare("PUT", "o"), 2 * SMALL, None)
    relay = Relay(Http(Tls()), Http(Tls()), interrupt=interrupt)
    with pytest.raises(MigrationError, match="another run has begun"):
        relayed(relay, source.container().prepare("GET", "o"), lambda _got: upload, 2 * SMALL)
    over.set()
    assert destination.ended.get(timeout=10) < 2 * SMALL
    assert destination.asked == []
