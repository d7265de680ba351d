# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is no plain object with an MD5 as its ETag, or may be none: from Ceph and from S3."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.object_copy import (
    ATTEMPTS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import stream
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    IN_PARTS,
    LARGE_BODY,
    SMALL_BODY,
    entry,
    stored,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer, content
from tests.unit.plugins.module_utils.fakes.object_store import md5

RED = {"X-Object-Meta-Colour": "red"}


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_what_has_no_md5_as_its_etag_is_read_twice_and_verified(
    source: ObjectServer,
    destination: ObjectServer,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "MAX_BODY", SMALL)  # it is never held whole
    source.script = lambda _asked: content(body, ETag=IN_PARTS)
    destination.script = lambda asked: Answer(404 if asked.method == "HEAD" else 201)
    assert transfer(source, destination).copy(entry(body)).kind is Kind.LARGE
    assert destination.asked == []
    assert transfer(source, destination).copy_bytes(entry(body)).kind is Kind.COPIED
    assert stored(destination) == [body]
    assert destination.asked[-1].headers["etag"] == md5(body)


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_two_readings_that_differ_are_never_stored(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    def script(_asked: Asked) -> Answer:
        first = bytes([len(source.asked)])
        return content(first + body[1:], ETag=IN_PARTS)

    source.script = script
    with pytest.raises(DamagedBytesError):
        transfer(source, destination).copy_bytes(entry(body))
    assert stored(destination) == []


def test_what_was_read_to_know_its_md5_and_is_there_is_not_written_again(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(b"x", ETag=IN_PARTS, **RED)
    destination.script = lambda _asked: content(b"x", **RED)
    kept = transfer(source, destination).copy_bytes(entry(b"x"))
    assert kept == Outcome(Kind.KEPT, "o")
    assert [(asked.method, asked.path) for asked in destination.asked] == [
        ("HEAD", "/v1/AUTH_x/c/o")
    ]


@pytest.mark.parametrize(
    "there",
    [
        content(b"x"),
        content(b"y", **RED),
        content(b"x", **RED, **{"X-Static-Large-Object": "True"}),
        Answer(404, content(b"x", **RED).headers),
    ],
    ids=["headers", "bytes", "kind", "missing"],
)
def test_what_was_read_to_know_its_md5_and_is_not_there_is_written(
    source: ObjectServer, destination: ObjectServer, there: Answer
) -> None:
    source.script = lambda _asked: content(b"x", ETag=IN_PARTS, **RED)
    destination.script = lambda asked: there if asked.method == "HEAD" else Answer(201)
    copied = transfer(source, destination).copy_bytes(entry(b"x"))
    assert copied == Outcome(Kind.COPIED, "o", 1)
    assert stored(destination) == [b"x"]
    assert [asked.path for asked in source.asked] == ["/v1/AUTH_x/c/o"] * 3


@pytest.mark.parametrize("header", ["X-Timestamp", "Last-Modified", "X-Object-Meta-A"])
def test_what_changes_after_each_reading_is_never_stored(
    source: ObjectServer, destination: ObjectServer, header: str
) -> None:
    def script(_asked: Asked) -> Answer:
        return content(b"x", ETag=IN_PARTS, **{header: str(len(source.asked))})

    source.script = script
    with pytest.raises(StartOverError, match=r"^'o' changes while it is copied\.$"):
        transfer(source, destination).copy_bytes(entry(b"x"))
    assert len(source.named("GET")) == 2 * ATTEMPTS
    assert stored(destination) == []


def test_an_md5_may_be_told_in_capitals(source: ObjectServer, destination: ObjectServer) -> None:
    source.script = lambda _asked: content(b"x", ETag=f'"{md5(b"x").upper()}"')
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(b"x")).kind is Kind.COPIED
    assert destination.asked[0].headers["etag"] == md5(b"x")


def test_an_empty_object_of_a_ceph_may_be_a_large_one(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(b"")
    source.info = {"swift": {"max_object_name_size": 1024}}
    assert transfer(source, destination).copy(entry()) == Outcome(Kind.LARGE, "o")
    assert destination.asked == []
    source.script = lambda _asked: content(b"x")
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry()).kind is Kind.COPIED


def test_bytes_that_are_gone_have_vanished(source: ObjectServer, destination: ObjectServer) -> None:
    source.script = lambda asked: (
        Answer(200, body=b"[]") if "format=json" in asked.path else Answer(404)
    )
    outcome = transfer(source, destination).copy_bytes(entry(b"x"))
    assert outcome == Outcome(Kind.VANISHED, "o")
    assert destination.asked == []


def test_the_bytes_of_a_large_object_are_copied_into_a_plain_one_when_asked_for(
    source: ObjectServer, destination: ObjectServer
) -> None:
    mark = {"X-Static-Large-Object": "True", "ETag": f'"{"0" * 32}"', "X-Object-Meta-A": "1"}
    source.script = lambda asked: content(b"" if "manifest" in asked.path else SMALL_BODY, **mark)
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy_bytes(entry(SMALL_BODY)).kind is Kind.COPIED
    assert stored(destination) == [SMALL_BODY]
    assert destination.named("PUT")[0].headers["x-object-meta-a"] == "1"
