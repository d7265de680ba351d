# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The steps of one copy, against fakes of its ports: what follows on what, and what ends it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.server_profile import (
    ServerProfile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.object_copy import (
    ATTEMPTS,
    IN_SEGMENTS,
    MAX_UNCHECKED_SECONDS,
    ObjectCopy,
    Route,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.promised_bytes import (
    LengthUnknownError,
    PromisedBytes,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.source_objects import (
    OlderVersionError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    Response,
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BARREN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    DamagedBytesError,
    Upload,
    UploadBreaksError,
)

MD5 = "0" * 32
LISTED = ListedObject("o", 3, MD5, "text/plain", "2026-01-01T00:00:00.000000")


def answer(status: int = 200, *lines: str, sent: float | None = None) -> Response:
    head = "\r\n".join([f"HTTP/1.1 {status} x", f"ETag: {MD5}", *lines, "", ""]).encode()
    return Response(status, head, sent=time.monotonic() if sent is None else sent)


@dataclass
class Ports:
    """Everything that a copy talks to; ``log`` tells in which order it does.

    :ivar gets: the answers to GETs, or the errors of them, the last one again and again.
    :ivar puts: likewise of PUTs.
    :ivar promised: what the mode says of the bytes.
    :ivar rescue: how the mode ends an object whose MD5 nobody tells.
    :ivar unchanged: what the source shows after the PUT.
    """

    gets: list[Any] = field(default_factory=lambda: [answer()])
    puts: list[Any] = field(default_factory=lambda: [answer(201)])
    promised: Callable[[], PromisedBytes | None] = lambda: PromisedBytes(3, MD5)
    rescue: Outcome | None = None
    skips: bool = False
    older: bool = False
    unchanged: bool = True
    segments: int = 10
    listed: list[ListedObject | None] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    damage: list[DamagedBytesError] = field(default_factory=list)

    def copy(self, etag: str = "") -> Outcome:
        retry = Retry(attempts=10, sleep=lambda _seconds: None)
        source = SimpleNamespace(
            retry=retry,
            what="container 'c'",
            label="source",
            prepare=self._prepare,
            client=SimpleNamespace(check=lambda _request, _response: None),
            check_place=lambda _got: None,
            find=lambda _name: self.listed.pop(0),
        )
        destination = SimpleNamespace(
            prepare=self._prepare,
            client=SimpleNamespace(
                check=lambda _request, response: self.log.append(f"check {response.status}")
            ),
            connection=SimpleNamespace(
                profile=lambda: ServerProfile(objects=ObjectLimits(segments=self.segments))
            ),
        )
        relay = SimpleNamespace(get=self._get)
        objects = SimpleNamespace(
            check_version=self._check_version,
            is_unchanged=self._is_unchanged,
            explain_absence=self._explain_absence,
            note_expiry=lambda _entry, _got: self.log.append("note"),
        )
        mode = SimpleNamespace(
            query="",
            skips=lambda _got: self.skips,
            promised=lambda _got, _entry: self.promised(),
            without_md5=self._without_md5,
        )
        route = Route(source, destination, relay, objects, MetadataLimits())  # type: ignore[arg-type]
        return ObjectCopy(route, mode, LISTED, "target", etag).run()

    def _prepare(self, method: str, name: str, **options: Any) -> Request:
        return Request(method, f"http://host/{name}", options.get("headers") or {})

    @contextlib.contextmanager
    def _get(self, request: Request, _size: int) -> Iterator[Any]:
        self.log.append(f"{request.method} {request.url.rpartition('/')[2]}")
        got = _next(self.gets)
        yield SimpleNamespace(head=got, read=lambda: self._read(got), put=self._put)
        self.log.append("closed")

    def _read(self, got: Response) -> Response:
        self.log.append("read")
        return got

    def _put(self, upload: Upload) -> Response:
        self.log.append(f"PUT {upload.request.url.rpartition('/')[2]}")
        found: Response = _next(self.puts)
        return found

    def _check_version(self, _entry: ListedObject, _got: Response) -> None:
        if self.older:
            raise OlderVersionError("an older version")

    def _is_unchanged(self, _name: str, _got: Response) -> bool:
        self.log.append("unchanged?")
        return self.unchanged

    def _explain_absence(self, entry: ListedObject, damage: list[DamagedBytesError]) -> Outcome:
        self.damage = list(damage)
        return Outcome(Kind.VANISHED, entry.name)

    def _without_md5(self, _name: str, _target: str) -> Outcome | None:
        self.log.append("without MD5")
        return self.rescue

    @property
    def puts_sent(self) -> int:
        return sum(step.startswith("PUT") for step in self.log)


def _next(answers: list[Any]) -> Any:
    found = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(found, Exception):
        raise found
    return found


def test_one_get_one_put_and_nothing_more() -> None:
    ports = Ports()
    assert ports.copy() == Outcome(Kind.COPIED, "o", 3)
    assert ports.log == ["GET o", "PUT target", "closed", "check 201", "note"]


def test_what_is_not_there_is_explained_and_nothing_is_put() -> None:
    ports = Ports(gets=[answer(404)])
    assert ports.copy() == Outcome(Kind.VANISHED, "o")
    assert ports.log == ["GET o", "read", "closed"]


def test_what_the_mode_skips_is_large_and_nothing_is_put() -> None:
    ports = Ports(skips=True)
    assert ports.copy() == Outcome(Kind.LARGE, "o")
    assert ports.log == ["GET o", "read", "closed"]


def test_an_object_whose_md5_nobody_tells_ends_as_the_mode_says() -> None:
    ports = Ports(promised=lambda: None, rescue=Outcome(Kind.KEPT, "o"))
    assert ports.copy() == Outcome(Kind.KEPT, "o")
    assert ports.log == ["GET o", "closed", "without MD5"]


def test_one_that_the_mode_cannot_end_is_tried_again_so_often() -> None:
    ports = Ports(promised=lambda: None)
    with pytest.raises(StartOverError, match="'o' changes while it is copied"):
        ports.copy()
    assert ports.log == ["GET o", "closed", "without MD5"] * ATTEMPTS


def test_another_etag_than_the_one_wanted_is_not_put() -> None:
    ports = Ports()
    with pytest.raises(StartOverError, match=f"has the ETag {MD5}, not other"):
        ports.copy(etag="other")
    assert ports.log == ["GET o"]


@pytest.mark.parametrize("unchanged", [True, False])
def test_a_copy_that_took_long_is_checked_again(unchanged: bool) -> None:
    slow = answer(sent=time.monotonic() - MAX_UNCHECKED_SECONDS)
    ports = Ports(gets=[slow, answer()], unchanged=unchanged)
    assert ports.copy().kind is Kind.COPIED
    assert ports.log.count("unchanged?") == 1
    assert ports.puts_sent == (1 if unchanged else 2)


def test_one_that_changes_during_each_copy_is_given_up() -> None:
    slow = answer(sent=time.monotonic() - MAX_UNCHECKED_SECONDS)
    ports = Ports(gets=[slow], unchanged=False)
    with pytest.raises(StartOverError, match="changes while it is copied"):
        ports.copy()
    assert ports.puts_sent == ATTEMPTS


def test_an_older_version_is_not_put() -> None:
    ports = Ports(older=True)
    assert ports.copy() == Outcome(Kind.UNREADABLE, "o", reason="an older version")
    assert ports.puts_sent == 0


def test_damage_that_was_read_is_told_of_an_object_that_is_gone_then() -> None:
    damaged = DamagedBytesError("other bytes")
    ports = Ports(gets=[answer(), answer(404)], puts=[damaged])
    assert ports.copy().kind is Kind.VANISHED
    assert ports.damage == [damaged]


def test_a_destination_that_tells_another_md5_is_not_believed() -> None:
    other = Response(201, f"HTTP/1.1 201 x\r\nETag: {'1' * 32}\r\n\r\n".encode())
    ports = Ports(puts=[other, answer(201)])
    assert ports.copy().kind is Kind.COPIED
    assert ports.puts_sent == 2


def test_one_that_expires_meanwhile_is_no_failure() -> None:
    ports = Ports(gets=[answer(200, "X-Delete-At: 1")], puts=[answer(400)])
    assert ports.copy() == Outcome(Kind.EXPIRED, "o")
    assert "note" not in ports.log


def test_a_get_that_breaks_at_the_same_byte_each_time_is_unreadable() -> None:
    broken = TransportError("cut")
    broken.received = 7
    ports = Ports(gets=[broken])
    outcome = ports.copy()
    assert outcome.kind is Kind.UNREADABLE
    assert "container 'c' lists it, but it breaks off after 7 bytes" in outcome.reason
    assert ports.log == ["GET o"] * BARREN


@pytest.mark.parametrize(
    ("size", "segments", "error"),
    [
        (IN_SEGMENTS, 10, UploadBreaksError),
        (IN_SEGMENTS - 1, 10, BrokenUploadError),
        (IN_SEGMENTS, 0, BrokenUploadError),
    ],
)
def test_a_put_that_breaks_again_and_again_wants_segments_if_it_can_have_them(
    size: int, segments: int, error: type[Exception]
) -> None:
    ports = Ports(
        puts=[BrokenUploadError(TransportError("cut"), 5)],
        promised=lambda: PromisedBytes(size, MD5),
        segments=segments,
    )
    with pytest.raises(error) as caught:
        ports.copy()
    assert ports.puts_sent == (UPLOAD_BREAKS if error is UploadBreaksError else 10)
    if error is BrokenUploadError:
        assert isinstance(caught.value, BrokenUploadError)
        told = "takes no static large objects" if not segments else "64 MiB or more"
        assert told in str(caught.value.remedy)


def test_an_unknown_length_is_looked_up_in_the_listing_of_now() -> None:
    later = LISTED._replace(hash="1" * 32)
    lengths = iter([LengthUnknownError("how long?")])

    def promised() -> PromisedBytes:
        for error in lengths:
            raise error
        return PromisedBytes(3, MD5)

    assert Ports(promised=promised, listed=[later]).copy().kind is Kind.COPIED


@pytest.mark.parametrize("listed", [LISTED, None])
def test_a_length_that_nobody_knows_is_an_error(listed: ListedObject | None) -> None:
    def promised() -> PromisedBytes:
        raise LengthUnknownError("how long?")

    with pytest.raises(LengthUnknownError):
        Ports(promised=promised, listed=[listed]).copy()
