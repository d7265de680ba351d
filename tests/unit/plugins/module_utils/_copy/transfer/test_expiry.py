# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that is gone, or whose time of deletion has come, and what only looks like it."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    LARGE_BODY,
    SMALL_BODY,
    entry,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer, content

NOW = 1_800_000_000
ROW = b'{"name": "o", "bytes": 1, "hash": "h", "last_modified": "2026-01-01T00:00:00.000000"}'


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    monkeypatch.setattr(time, "time", lambda: float(NOW))


@pytest.mark.parametrize(("listed", "kind"), [(False, Kind.VANISHED), (True, Kind.UNREADABLE)])
def test_a_404_is_vanished_only_if_the_listing_has_it_no_more(
    source: ObjectServer, destination: ObjectServer, listed: bool, kind: Kind
) -> None:
    def script(asked: Asked) -> Answer:
        if "format=json" in asked.path:
            return Answer(200, body=b"[" + ROW + b"]" if listed else b"[]")
        return Answer(404)

    source.script = script
    outcome = transfer(source, destination).copy(entry())
    assert (outcome.kind, outcome.name, outcome.size) == (kind, "o", 0)
    assert destination.asked == []


def test_an_object_is_not_taken_for_the_next_one_of_the_listing(
    source: ObjectServer, destination: ObjectServer
) -> None:
    def script(asked: Asked) -> Answer:
        if "format=json" in asked.path:
            return Answer(200, body=b"[" + ROW.replace(b'"o"', b'"o2"') + b"]")
        return Answer(404)

    source.script = script
    assert transfer(source, destination).copy(entry()) == Outcome(Kind.VANISHED, "o")
    assert "prefix=o" in source.asked[-1].path


def found_by_all_but(source: ObjectServer, gets: int) -> None:
    """Let the object be there for every request but the first so many GETs."""

    def script(asked: Asked) -> Answer:
        if "format=json" in asked.path:
            return Answer(200, body=b"[" + ROW + b"]")
        missed = asked.method == "GET" and len(source.named("HEAD")) < gets
        return Answer(404) if missed else content(b"x")

    source.script = script


def test_an_object_that_was_not_found_for_a_moment_is_asked_for_again(
    source: ObjectServer, destination: ObjectServer
) -> None:
    found_by_all_but(source, 1)
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry()) == Outcome(Kind.COPIED, "o", 1)
    assert [asked.path for asked in source.named("HEAD")] == ["/v1/AUTH_x/c/o"]


def test_an_object_that_no_get_finds_is_a_failure(
    source: ObjectServer, destination: ObjectServer
) -> None:
    found_by_all_but(source, 99)
    with pytest.raises(MigrationError, match=r"^the source did not find 'o' for a moment\.$"):
        transfer(source, destination).copy(entry())
    assert destination.asked == []


@pytest.mark.parametrize("seconds", [-1, 0, 60])
@pytest.mark.usefixtures("now")
def test_an_object_that_expires_on_the_way_is_no_failure(
    source: ObjectServer, destination: ObjectServer, seconds: int
) -> None:
    moment = str(NOW + seconds)
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Delete-At": moment})
    destination.script = lambda _asked: Answer(400, body=b"X-Delete-At in past")
    assert transfer(source, destination).copy(entry(SMALL_BODY)) == Outcome(Kind.EXPIRED, "o")


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Delete-At": str(NOW + 61)}],
    ids=["never", "later"],
)
@pytest.mark.usefixtures("now")
def test_an_object_that_is_refused_and_has_not_expired_is_a_failure(
    source: ObjectServer, destination: ObjectServer, body: bytes, headers: dict[str, str]
) -> None:
    source.script = lambda _asked: content(body, **headers)
    destination.script = lambda _asked: Answer(400, body=b"Bad name")
    with pytest.raises(StatusError, match=r"answered 400 to PUT .*: Bad name"):
        transfer(source, destination).copy(entry(body))


@pytest.mark.usefixtures("now")
def test_only_a_400_tells_of_a_time_of_deletion_that_has_come(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Delete-At": str(NOW - 1)})
    destination.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError, match="answered 403 to PUT"):
        transfer(source, destination).copy(entry(SMALL_BODY))


class Expiries:
    """Remembers times of deletion for as long as a test."""

    def __init__(self) -> None:
        self.moments: dict[tuple[str, str, str], int] = {}

    def note_expiry(self, container: str, entry: ListedObject, moment: int) -> None:
        self.moments[container, entry.name, entry.version] = moment

    def note_expired(self, container: str, entry: ListedObject) -> None:
        self.note_expiry(container, entry, 0)

    def expiry(self, container: str, entry: ListedObject) -> int | None:
        return self.moments.get((container, entry.name, entry.version))


def remembering(source: ObjectServer, destination: ObjectServer, expiries: Expiries) -> Transfer:
    """What copies from "here" to "there"."""
    copier = Transfer(source.container(), destination.container(), expiries=expiries)
    return copier.between("here", "there")


@pytest.mark.parametrize(("headers", "known"), [({"X-Delete-At": "7"}, 7), ({}, None)])
def test_the_time_of_deletion_of_what_is_copied_is_remembered(
    source: ObjectServer, destination: ObjectServer, headers: dict[str, str], known: int | None
) -> None:
    expiries = Expiries()
    source.script = lambda _asked: content(SMALL_BODY, **headers)
    destination.script = lambda _asked: Answer(201)
    remembering(source, destination, expiries).copy(entry(SMALL_BODY))
    assert expiries.expiry("here", entry(SMALL_BODY)) == known
    assert len(expiries.moments) == (known is not None)


@pytest.mark.parametrize(
    ("known", "kind"), [(0, Kind.EXPIRED), (60, Kind.EXPIRED), (61, Kind.UNREADABLE)]
)
@pytest.mark.usefixtures("now")
def test_what_is_not_found_has_expired_if_the_time_that_was_seen_has_come(
    source: ObjectServer, destination: ObjectServer, known: int, kind: Kind
) -> None:
    expiries = Expiries()
    listed = ListedObject("o", 2, "h", "", "2026-01-01T00:00:00.000000")
    expiries.note_expiry("here", listed, NOW + known)
    source.script = lambda asked: (
        Answer(200, body=b"[" + ROW + b"]") if "format=json" in asked.path else Answer(404)
    )
    outcome = remembering(source, destination, expiries).copy(entry())
    assert (outcome.kind, outcome.name) == (kind, "o")
