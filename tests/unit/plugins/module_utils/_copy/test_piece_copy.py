# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One piece of an object: what may be read back, and which answers are not the piece."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.piece_copy import (
    PieceCopy,
    StoredPiece,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.segment_layout import (
    Piece,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.range_checksums import (
    ChecksummedRange,
    RunningChecksums,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.servers import (
    Servers,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import md5
from tests.unit.plugins.module_utils.fakes.responses import response

WHOLE, FIRST, SIZE = b"abcdefgh", 2, 3
BYTES = WHOLE[FIRST : FIRST + SIZE]
ETAG = md5(WHOLE)


def piece(
    source: ObjectServer,
    destination: ObjectServer,
    known: bytes = WHOLE,
    expires: str = "",
    retry: Retry | None = None,
) -> PieceCopy:
    """The piece in the middle of an object whose bytes should be ``known``."""
    head = response(ETag=ETAG, **({"X-Delete-At": expires} if expires else {}))
    parts = (known[:FIRST], known[FIRST : FIRST + SIZE], known[FIRST + SIZE :])
    before = RunningChecksums([ChecksummedRange(len(part), md5(part)) for part in parts])
    before.update(WHOLE[:FIRST])
    transfer = Transfer(source.container(retry=retry), destination.container(label="destination"))
    store = transfer.destination.sibling("c_segments")
    return PieceCopy(transfer, store, "o", head, Piece("o/1", FIRST, SIZE), before)


def gives(status: int = 206, etag: str = ETAG, body: bytes = BYTES) -> Answer:
    return Answer(status, {"ETag": etag}, body)


def stores(asked: Asked) -> Answer:
    return Answer(201, {"ETag": md5(asked.body)})


def test_a_range_of_this_version_becomes_an_object_that_expires_as_the_whole(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = lambda _asked: gives(), stores
    stored = piece(source, destination, expires="4102444800").copy()
    assert stored.md5 == md5(BYTES)
    assert not stored.checksums.wrong
    [get], [put] = source.asked, destination.asked
    assert (get.headers["range"], get.headers["if-match"]) == ("bytes=2-4", f'"{ETAG}"')
    assert (put.path, put.body) == ("/v1/AUTH_x/c_segments/o/1", BYTES)
    assert put.headers["x-delete-at"] == "4102444800"


def test_a_source_that_gives_a_range_is_known_to_be_there(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = lambda _asked: gives(), stores
    servers = Servers()
    piece(source, destination, retry=Retry(attempts=1, servers=servers)).copy()
    assert servers.at(source.url).answers == 1


@pytest.mark.parametrize(
    ("answer", "error", "told"),
    [
        (gives(200), MigrationError, r"does not give parts of objects \(Range\)"),
        (gives(206, md5(b"other")), StartOverError, "'o' changes while it is copied"),
        (Answer(404), StartOverError, "changes while"),
        (Answer(412), StartOverError, "changes while"),
        (Answer(403), MigrationError, "source answered 403"),
    ],
)
def test_an_answer_that_is_not_the_piece_is_put_nowhere(
    source: ObjectServer,
    destination: ObjectServer,
    answer: Answer,
    error: type[MigrationError],
    told: str,
) -> None:
    source.script = lambda _asked: answer
    with pytest.raises(error, match=told):
        piece(source, destination).copy()
    assert destination.named("PUT") == []


def test_bytes_that_are_not_the_known_ones_begin_the_object_anew(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = lambda _asked: gives(), stores
    with pytest.raises(StartOverError, match="'o': "):
        piece(source, destination, known=b"ab-d-fgh").copy()


def test_a_segment_that_arrives_with_other_bytes_is_damaged(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: gives()
    destination.script = lambda _asked: Answer(201, {"ETag": md5(b"other")})
    with pytest.raises(DamagedBytesError, match="segment 'o/1' arrived with other bytes"):
        piece(source, destination).copy()


@pytest.mark.parametrize(
    ("answer", "known", "expires", "counts"),
    [
        (gives(200, md5(BYTES)), WHOLE, "", True),
        (gives(200, md5(b"other")), WHOLE, "", False),
        (gives(200, md5(BYTES)), b"ab-d-fgh", "", False),
        (gives(200, md5(BYTES)), WHOLE, "4102444800", False),
        (Answer(404), WHOLE, "", False),
    ],
    ids=["right", "damaged", "of-another-object", "lasts-too-long", "none"],
)
def test_only_what_is_right_and_lasts_as_long_is_read_back(
    source: ObjectServer,
    destination: ObjectServer,
    answer: Answer,
    known: bytes,
    expires: str,
    counts: bool,
) -> None:
    destination.script = lambda _asked: answer
    found = piece(source, destination, known, expires).read_back()
    assert (found is not None) is counts
    assert not isinstance(found, StoredPiece) or found.md5 == md5(BYTES)
