# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A stream whose GET breaks goes on where it broke, into the same PUT."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.header import (
    HeaderError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
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
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BARREN,
    PROGRESS,
    NotTheRestError,
    Resumption,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    PATIENCE,
    Retry,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.servers import PROBE
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    BrokenUploadError,
    DamagedBytesError,
    Upload,
)

from tests.unit.plugins.module_utils.fakes.breaking import BODY, ETAG, SIZE, Breaking
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import md5
from tests.unit.plugins.module_utils.fakes.relaying import Relayed, relayed

pytestmark = pytest.mark.usefixtures("in_time")

AT_ONCE = Retry(attempts=3, uniform=lambda _low, _high: 0.0)


def copy(
    source: ObjectServer,
    destination: ObjectServer,
    *,
    headers: dict[str, str] | None = None,
    size: int = SIZE,
    etag: str | None = ETAG,
    watch: Callable[[bytes], None] | None = None,
    relay: Relay | None = None,
) -> Relayed:
    upload = Upload(destination.container().prepare("PUT", "o"), size, etag, watch)
    return relayed(
        relay or Relay(Http(Tls()), Http(Tls()), retry=AT_ONCE),
        source.container().prepare("GET", "o", headers=headers),
        lambda _got: upload,
        size,
    )


@pytest.fixture(autouse=True)
def stored(destination: ObjectServer) -> None:
    destination.script = lambda _asked: Answer(201)


def asked_for(source: ObjectServer) -> list[tuple[str, str]]:
    return [
        (asked.headers.get("range", ""), asked.headers.get("if-match", ""))
        for asked in source.named("GET")
    ]


def bodies(destination: ObjectServer) -> list[bytes]:
    return [asked.body for asked in destination.asked]


def test_only_what_has_not_come_is_asked_for_in_the_same_version(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL, SMALL])
    seen: list[bytes] = []
    got, put = copy(source, destination, watch=seen.append)
    assert (got.status, got.headers["content-length"]) == (200, str(SIZE))
    assert put is not None
    assert put.status == 201
    assert bodies(destination) == [BODY]
    assert b"".join(seen) == BODY
    assert asked_for(source) == [
        ("", ""),
        (f"bytes={SMALL}-{SIZE - 1}", f'"{ETAG}"'),
        (f"bytes={2 * SMALL}-{SIZE - 1}", f'"{ETAG}"'),
    ]


def test_each_break_counts_as_a_retry(source: ObjectServer, destination: ObjectServer) -> None:
    retry = Retry(attempts=3, uniform=lambda _low, _high: 0.0)
    source.script = Breaking([SMALL, SMALL])
    copy(source, destination, relay=Relay(Http(Tls()), Http(Tls()), retry=retry))
    assert retry.counts.by_reason["broken"] == retry.counts.total == 2


def test_a_part_of_an_object_goes_on_within_its_range(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL])
    wanted = {"Range": f"bytes=1000-{2 * SMALL + 999}", "If-Match": f'"{ETAG}"'}
    copy(source, destination, headers=wanted, size=2 * SMALL, etag=None)
    assert bodies(destination) == [BODY[1000 : 1000 + 2 * SMALL]]
    assert asked_for(source)[1] == (f"bytes={1000 + SMALL}-{2 * SMALL + 999}", f'"{ETAG}"')


def test_every_request_is_taken_of_the_limits(
    source: ObjectServer, destination: ObjectServer
) -> None:
    class Counted(RateLimit):
        taken = 0

        def take(self, amount: int = 1) -> None:
            self.taken += amount

    source.script = Breaking([SMALL, SMALL])
    requests, bandwidth = Counted(1), Counted(1)
    relay = Relay(Http(Tls(), RateLimits(requests, bandwidth)), Http(Tls()), retry=AT_ONCE)
    copy(source, destination, relay=relay)
    assert (requests.taken, bandwidth.taken) == (3, SIZE)


def test_tries_that_bring_enough_are_counted_anew(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([PROGRESS] * 9)
    copy(source, destination)
    assert len(source.named("GET")) == 10
    assert bodies(destination) == [BODY]


def test_tries_that_bring_too_little_come_to_an_end(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL] + [PROGRESS - 1] * 9)
    with pytest.raises(TransportError, match="/c/o failed: ") as caught:
        copy(source, destination)
    assert caught.value.retryable
    assert len(source.named("GET")) == AT_ONCE.attempts
    assert bodies(destination) == []


def test_what_breaks_at_the_same_byte_each_time_is_not_there(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL] + [0] * 9)
    patient = Relay(
        Http(Tls()), Http(Tls()), retry=Retry(attempts=9, uniform=lambda _low, _high: 0.0)
    )
    expected = rf"^it breaks off after {SMALL:,} bytes each time: GET "
    with pytest.raises(TransportError, match=expected) as caught:
        copy(source, destination, relay=patient)
    assert not caught.value.retryable
    assert len(source.named("GET")) == 1 + BARREN
    assert bodies(destination) == []


def test_a_source_that_is_busy_is_asked_again(
    source: ObjectServer, destination: ObjectServer
) -> None:
    breaking = Breaking([SMALL])
    answers = [breaking, lambda _asked: Answer(503), breaking]

    def script(asked: Asked) -> Answer:
        return answers.pop(0)(asked)

    source.script = script
    copy(source, destination)
    assert len(source.named("GET")) == 3
    assert bodies(destination) == [BODY]


def test_a_source_that_asks_for_a_long_pause_is_left_at_once(
    source: ObjectServer, destination: ObjectServer
) -> None:
    answers = [Breaking([SMALL]), lambda _asked: Answer(429, {"Retry-After": "14400"})]

    def script(asked: Asked) -> Answer:
        return answers.pop(0)(asked)

    source.script = script
    with pytest.raises(NotTheRestError, match="answers 429") as caught:
        copy(source, destination)
    assert caught.value.retry_after == 14400
    assert bodies(destination) == []


class TestServerThatIsBack:
    """The rest is asked for as soon as another request was answered, however long the pause is."""

    URL = "http://swift:8080"

    def resumption(self, retry: Retry) -> Resumption:
        request = Request("GET", f"{self.URL}/v1/a/c/o")
        return Resumption(request, Response(200, b"HTTP/1.1 200 OK\r\nETag: e\r\n"), SIZE, retry)

    @pytest.mark.parametrize("unanswered", [URL, ""])
    def test_only_one_that_did_not_answer_is_asked_again_early(self, unanswered: str) -> None:
        patient = Retry(base=3600, ceiling=3600, uniform=lambda _low, high: high)
        resumption = self.resumption(patient)
        resumption.broke(TransportError("no", unanswered=unanswered), SMALL)
        assert resumption.seconds > 3000
        patient.servers.at(self.URL).answers += 1
        assert (resumption.seconds == 0) is bool(unanswered)

    def test_while_it_answers_nobody_it_is_asked_each_second(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        patient = Retry(base=3600, ceiling=3600, uniform=lambda _low, high: high)
        resumption = self.resumption(patient)
        resumption.broke(TransportError("no", unanswered=self.URL), SMALL)
        assert resumption.seconds > 3000
        later = time.monotonic() + PROBE
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert (resumption.seconds, resumption.seconds) == (0, 0)

    def test_one_that_answers_others_is_not_asked_again_before_the_pause_ends(self) -> None:
        patient = Retry(base=3600, ceiling=3600, uniform=lambda _low, high: high)
        server = patient.servers.at(self.URL)
        resumption = self.resumption(patient)
        resumption.broke(TransportError("no", unanswered=self.URL), SMALL)
        server.answers += 1
        assert resumption.seconds == 0
        resumption.rest(SMALL)
        resumption.broke(TransportError("no", unanswered=self.URL), SMALL)
        server.answers += 1
        assert resumption.seconds > 3000

    @pytest.mark.parametrize(
        ("others", "tries"), [(0, PATIENCE + 1), (1, 2)], ids=["nobody", "others"]
    )
    def test_tries_while_it_answers_nobody_are_not_counted(
        self, monkeypatch: pytest.MonkeyPatch, others: int, tries: float
    ) -> None:
        few = Retry(attempts=3, uniform=lambda _low, _high: 0.0)
        server = few.servers.at(self.URL)
        server.answers = 1
        resumption = self.resumption(few)
        moments: list[int] = [0]  # one second for each try
        monkeypatch.setattr(time, "monotonic", lambda: moments[-1])
        with pytest.raises(TransportError, match="no"):
            while True:
                resumption.broke(TransportError("no", unanswered=self.URL), SMALL)
                resumption.rest(SMALL)
                moments.append(len(moments))
                server.answers += others
        assert moments[-1] == tries


def in_another(headers: dict[str, str], status: int = 206) -> Callable[[Asked], Answer]:
    """Answers for the rest, with other headers than it should have."""

    def script(asked: Asked) -> Answer:
        answer = Breaking([])(asked)
        return Answer(status, {**answer.headers, **headers}, answer.body)

    return script


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Breaking([]), r"does not give parts of objects \(Range\)"),
        (lambda _asked: Answer(404), "does not have this version any more"),
        (lambda _asked: Answer(412), "does not have this version any more"),
        (lambda _asked: Answer(416), "answers 416"),
        (in_another({"ETag": md5(b"")}), "gives another part, or one of another version"),
        (in_another({"Content-Range": f"bytes 0-{SIZE - 1}/{SIZE}"}), "gives another part"),
        (in_another({"Content-Range": "nonsense"}), "gives another part"),
    ],
    ids=["200", "404", "412", "416", "etag", "place", "nonsense"],
)
def test_another_answer_than_the_rest_ends_the_try_and_is_told(
    source: ObjectServer,
    destination: ObjectServer,
    answer: Callable[[Asked], Answer],
    said: str,
) -> None:
    def script(asked: Asked) -> Answer:
        if len(source.asked) == 1:
            return Breaking([SMALL])(asked)
        if isinstance(answer, Breaking):
            asked.headers.pop("range")
        return answer(asked)

    source.script = script
    expected = rf"failed: .*\. It cannot go on after {SMALL:,} bytes: the source {said}"
    with pytest.raises(NotTheRestError, match=expected) as caught:
        copy(source, destination)
    assert (caught.value.retryable, caught.value.begin_anew) == (True, True)
    assert len(source.named("GET")) == 2
    assert bodies(destination) == []


def test_headers_that_are_none_end_the_copy(
    source: ObjectServer, destination: ObjectServer
) -> None:
    breaking = Breaking([SMALL])
    wrong = in_another({"X-Object-Meta-A": "1\n2"})

    def script(asked: Asked) -> Answer:
        return breaking(asked) if len(source.asked) == 1 else wrong(asked)

    source.script = script
    with pytest.raises(HeaderError, match="X-Object-Meta-A"):
        copy(source, destination)
    assert len(source.named("GET")) == 2
    assert bodies(destination) == []


def test_without_an_etag_nothing_tells_that_it_is_the_same_version(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: Answer(200, body=BODY, cut=SMALL)
    with pytest.raises(TransportError, match="/c/o failed: "):
        copy(source, destination)
    assert len(source.named("GET")) == 1


def test_bytes_are_verified_over_all_tries(source: ObjectServer, destination: ObjectServer) -> None:
    source.script = Breaking([SMALL], BODY[:-1] + b"x")
    with pytest.raises(DamagedBytesError, match="have the MD5"):
        copy(source, destination)
    assert destination.ended.get(timeout=10) < SIZE
    assert bodies(destination) == []


def test_an_upload_that_breaks_in_mid_body_is_told_apart(
    source: ObjectServer, destination: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        destination._server.RequestHandlerClass, "_body", lambda handler, _length: b""
    )
    source.script = Breaking([])
    with pytest.raises(BrokenUploadError, match=f"^PUT {destination.url}/v1/") as caught:
        copy(source, destination)
    assert 0 < caught.value.sent <= SIZE


@pytest.mark.parametrize("answers", [True, False], ids=["answers", "closes"])
def test_a_destination_that_does_not_wait_for_the_rest_is_not_to_blame(
    source: ObjectServer, destination: ObjectServer, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    def waits_in_vain(_handler: object, length: int) -> bytes:
        time.sleep(0.5)  # as a Swift that waits for the next bytes, which does so for a minute
        return bytes(length if answers else 0)

    monkeypatch.setattr(destination._server.RequestHandlerClass, "_body", waits_in_vain)
    destination.script = lambda _asked: Answer(408)
    source.script = Breaking([SMALL])
    relay = Relay(Http(Tls()), Http(Tls()), retry=Retry(uniform=lambda _low, _high: 30.0))
    with pytest.raises(TransportError, match=f"^GET {source.url}/v1/AUTH_x/c/o failed: "):
        copy(source, destination, relay=relay)


def test_a_wait_for_the_rest_ends_when_it_is_interrupted(
    source: ObjectServer, destination: ObjectServer
) -> None:
    def interrupt() -> None:
        if destination.taken:
            raise MigrationError("another run has begun")

    source.script = Breaking([SMALL])
    patient = Retry(uniform=lambda _low, _high: 30.0)
    began = time.monotonic()
    with pytest.raises(MigrationError, match="another run has begun"):
        copy(
            source,
            destination,
            relay=Relay(Http(Tls()), Http(Tls()), interrupt=interrupt, retry=patient),
        )
    assert time.monotonic() - began < 20


def test_the_head_of_the_first_answer_is_the_one_that_counts(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL])
    seen: list[int] = []

    def upload_for(got: Response) -> Upload:
        seen.append(got.status)
        return Upload(destination.container().prepare("PUT", "o"), SIZE, ETAG)

    relay = Relay(Http(Tls()), Http(Tls()), retry=AT_ONCE)
    relayed(relay, source.container().prepare("GET", "o"), upload_for, SIZE)
    assert seen == [200]
