# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A GET that is answered without a length: the listing knows it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    BODIES,
    LARGE_BODY,
    SMALL_BODY,
    stored,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer, content
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

MOMENT = "2026-01-01T00:00:00"

pytestmark = pytest.mark.usefixtures("in_time")


def listed(body: bytes, **other: Any) -> ListedObject:
    """An entry of an object with these bytes."""
    return ListedObject("o", len(body), md5(body), "", "")._replace(**other)


def serve(source: ObjectServer, destination: ObjectServer, body: bytes) -> None:
    """Let the source's store have an object "o" whose length no GET tells."""
    store = ObjectStore()
    store.put("o", body)

    def script(asked: Asked) -> Answer:
        answer = store(asked)
        if asked.method == "GET" and "/c/o" in asked.path:
            answer.headers.pop("Content-Length", None)
            return replace(answer, before_end=lambda: None)
        return answer

    source.script = script
    destination.script = lambda _asked: Answer(201)


@BODIES
def test_it_is_copied_and_verified_with_what_the_listing_shows(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    serve(source, destination, body)
    copied = transfer(source, destination).copy(listed(body))
    assert copied == Outcome(Kind.COPIED, "o", len(body))
    assert stored(destination) == [body]
    assert len(source.asked) == 1


@BODIES
def test_the_listing_is_asked_again_when_it_showed_another_version(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    serve(source, destination, body)
    assert transfer(source, destination).copy(listed(b"older")).kind is Kind.COPIED
    assert stored(destination) == [body]


def test_a_listing_that_stays_behind_is_an_error_by_name(
    source: ObjectServer, destination: ObjectServer
) -> None:
    behind = listed(b"older")
    serve(source, destination, SMALL_BODY)
    told = source.script

    def script(asked: Asked) -> Answer:
        if "format=json" not in asked.path:
            return told(asked)
        row = {"name": "o", "bytes": 5, "hash": behind.hash, "last_modified": MOMENT}
        return Answer(200, body=json.dumps([row]).encode())

    source.script = script
    expected = f"no content-length for 'o', .* the ETag is {md5(SMALL_BODY)}, the listing has"
    with pytest.raises(MigrationError, match=expected):
        transfer(source, destination).copy(behind)
    assert stored(destination) == []


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
@pytest.mark.parametrize("difference", [-1, 1])
def test_bytes_of_another_length_than_listed_are_never_stored(
    source: ObjectServer, destination: ObjectServer, body: bytes, difference: int
) -> None:
    serve(source, destination, body)
    with pytest.raises(DamagedBytesError):
        transfer(source, destination).copy(listed(body, size=len(body) + difference))
    assert stored(destination) == []


def test_what_has_no_md5_as_its_etag_has_the_length_that_was_read(
    source: ObjectServer, destination: ObjectServer
) -> None:
    etag = f'"{"0" * 32}-2"'
    source.script = lambda _asked: replace(content(SMALL_BODY, ETag=etag), before_end=lambda: None)
    destination.script = lambda asked: Answer(201 if asked.method == "PUT" else 404)
    copied = transfer(source, destination).copy_bytes(listed(b"", hash=etag.strip('"')))
    assert copied == Outcome(Kind.COPIED, "o", len(SMALL_BODY))
    assert stored(destination) == [SMALL_BODY]
