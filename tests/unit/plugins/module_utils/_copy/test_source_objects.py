# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source tells of an object besides its bytes."""

from __future__ import annotations

import contextlib
import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.source_objects import (
    OlderVersionError,
    SourceObjects,
    TransientNotFoundError,
)
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

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore
from tests.unit.plugins.module_utils.fakes.responses import response

LISTED = ListedObject("o", 1, "h", "text/plain", "2026-01-01T00:00:00.000000")
SECOND = 1767225600.0  # of that time


class Remembered:
    """Times of deletion that were seen."""

    def __init__(self, moment: int | None = None) -> None:
        self.noted: list[tuple[str, str, int]] = []
        self.expired: list[tuple[str, ListedObject]] = []
        self._moment = moment

    def note_expiry(self, container: str, entry: ListedObject, moment: int) -> None:
        self.noted.append((container, entry.name, moment))

    def note_expired(self, container: str, entry: ListedObject) -> None:
        self.expired.append((container, entry))

    def expiry(self, _container: str, _entry: ListedObject) -> int | None:
        return self._moment


def objects(source: ObjectServer, known: Remembered | None = None) -> SourceObjects:
    return SourceObjects(source.container(), known)


def lost(asked: Asked) -> Answer:
    """Answer as a server whose listing shows an object that it does not give."""
    if asked.path.partition("?")[0].endswith("/o"):
        return Answer(404)
    row = b'[{"name": "o", "bytes": 1, "hash": "h", "last_modified": "2026-01-01T00:00:00.000000"}]'
    return Answer(200, body=row)


@pytest.mark.parametrize(("seconds", "older"), [(-1.0, True), (0.0, False), (1.0, False)])
def test_an_older_version_than_the_listing_shows_is_refused(
    source: ObjectServer, seconds: float, older: bool
) -> None:
    given = response(200, X_Timestamp=f"{SECOND + seconds:.5f}")
    expected = (
        pytest.raises(OlderVersionError, match="gives an older version with the X-Timestamp")
        if older
        else contextlib.nullcontext()
    )
    with expected:
        objects(source).check_version(LISTED, given)


def test_a_failure_has_no_version(source: ObjectServer) -> None:
    objects(source).check_version(LISTED, response(404, X_Timestamp="1.0"))


@pytest.mark.parametrize("timestamp", ["1.0", "2.0"])
def test_an_object_that_changed_has_to_be_copied_again(
    source: ObjectServer, timestamp: str
) -> None:
    source.script = lambda _asked: Answer(200, {"ETag": "e", "X-Timestamp": timestamp})
    seen = response(200, ETag="e", X_Timestamp="1.0")
    same = timestamp == "1.0"
    assert objects(source).is_unchanged("o", seen) is same
    if same:
        objects(source).expect_unchanged("o", seen)
    else:
        with pytest.raises(StartOverError, match="'o' changes while it is copied"):
            objects(source).expect_unchanged("o", seen)


def test_what_is_not_listed_has_vanished(source: ObjectServer) -> None:
    source.script = ObjectStore()
    assert objects(source).explain_absence(LISTED) == Outcome(Kind.VANISHED, "o")


def test_what_is_listed_and_not_given_is_unreadable(source: ObjectServer) -> None:
    source.script = lost
    outcome = objects(source).explain_absence(LISTED, [DamagedBytesError("other bytes")])
    assert outcome.kind is Kind.UNREADABLE
    assert outcome.reason == (
        "container 'c' lists it, but answers 404 to GET and HEAD since its bytes were read and "
        "found damaged (other bytes)"
    )


@pytest.mark.parametrize(("seconds", "kind"), [(-1, Kind.EXPIRED), (3600, Kind.UNREADABLE)])
def test_it_has_expired_if_its_time_of_deletion_was_seen_and_has_come(
    source: ObjectServer, seconds: int, kind: Kind
) -> None:
    source.script = lost
    known = Remembered(int(time.time()) + seconds)
    assert objects(source, known).explain_absence(LISTED).kind is kind
    assert [place for place, _entry in known.expired] == ["c"] * (kind is Kind.EXPIRED)


def test_what_is_there_after_all_is_tried_again(source: ObjectServer) -> None:
    store = ObjectStore()
    store.put("o", b"x")
    source.script = store
    with pytest.raises(TransientNotFoundError) as caught:
        objects(source).explain_absence(LISTED)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("headers", "noted"),
    [
        ({"X_Delete_At": "7"}, 1),
        ({}, 0),
        *(({"X_Delete_At": "9" * long}, 0) for long in (19, 5000)),
    ],
)
def test_a_time_of_deletion_is_remembered(
    source: ObjectServer, headers: dict[str, str], noted: int
) -> None:
    known = Remembered()
    objects(source, known).note_expiry(LISTED, response(200, **headers))
    assert known.noted == [("c", "o", 7)] * noted
