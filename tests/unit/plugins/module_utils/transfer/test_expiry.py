# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that is gone, or whose time of deletion has come, and what only looks like it."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._status import StatusError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transfer import (
    Kind,
    Outcome,
)

from tests.unit.plugins.module_utils.object_server import Answer, Asked, ObjectServer, content
from tests.unit.plugins.module_utils.transfer.copying import (
    LARGE_BODY,
    SMALL_BODY,
    entry,
    transfer,
)

NOW = 1_800_000_000


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    monkeypatch.setattr(time, "time", lambda: float(NOW))


@pytest.mark.parametrize(("listed", "kind"), [(False, Kind.VANISHED), (True, Kind.UNREADABLE)])
def test_a_404_is_vanished_only_if_the_listing_has_it_no_more(
    source: ObjectServer, destination: ObjectServer, listed: bool, kind: Kind
) -> None:
    row = b'{"name": "o", "bytes": 1, "hash": "h", "last_modified": "2026-01-01T00:00:00.000000"}'

    def script(asked: Asked) -> Answer:
        if "format=json" in asked.path:
            return Answer(200, body=b"[" + row + b"]" if listed else b"[]")
        return Answer(404)

    source.script = script
    assert transfer(source, destination).copy(entry()).kind is kind
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
    [{}, {"X-Delete-At": str(NOW + 61)}, {"X-Delete-At": "soon"}],
    ids=["never", "later", "unclear"],
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
