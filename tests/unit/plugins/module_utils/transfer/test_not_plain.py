# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is no plain object with an MD5 as its ETag, or may be none: from Ceph and from S3."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _stream
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._relay import (
    SMALL,
    DamagedBytesError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._status import StatusError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transfer import (
    Kind,
)

from tests.unit.plugins.module_utils.object_server import Answer, Asked, ObjectServer, content
from tests.unit.plugins.module_utils.object_store import md5
from tests.unit.plugins.module_utils.transfer.copying import (
    IN_PARTS,
    LARGE_BODY,
    SMALL_BODY,
    entry,
    stored,
    transfer,
)


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_what_has_no_md5_as_its_etag_is_read_twice_and_verified(
    source: ObjectServer,
    destination: ObjectServer,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_stream, "MAX_BODY", SMALL)  # it is never held whole
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
    source.script = lambda _asked: content(b"x", ETag=IN_PARTS, **{"X-Object-Meta-A": "1"})
    destination.script = lambda _asked: content(b"x", **{"X-Object-Meta-A": "1"})
    assert transfer(source, destination).copy_bytes(entry(b"x")).kind is Kind.KEPT
    destination.script = lambda _asked: content(b"x", **{"X-Object-Meta-A": "2"})
    with pytest.raises(StatusError, match="answered 200 to PUT"):
        transfer(source, destination).copy_bytes(entry(b"x"))


def test_an_empty_object_of_a_ceph_may_be_a_large_one(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(b"")
    source.info = {"swift": {"max_object_name_size": 1024}}
    assert transfer(source, destination).copy(entry()).kind is Kind.LARGE
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
