# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that changes while it is copied, or is another version than the one wanted."""

from __future__ import annotations

import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy import (
    object_copy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.object_copy import (
    ATTEMPTS,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    RateLimit,
    RateLimits,
)

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    BODIES,
    entry,
    stored,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer, content


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every copy takes longer than a comparison of times allows for."""
    monkeypatch.setattr(object_copy, "MAX_UNCHECKED_SECONDS", 1e-9)


@BODIES
@pytest.mark.usefixtures("slow")
def test_a_copy_that_took_long_is_good_if_the_source_shows_the_same_after_it(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body, **{"X-Timestamp": "1.0"})
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(body)).kind is Kind.COPIED
    assert [asked.method for asked in source.asked] == ["GET", "HEAD"]
    assert stored(destination) == [body]


@BODIES
@pytest.mark.parametrize("change", [{"X-Object-Meta-A": "2"}, {"X-Timestamp": "2.0"}])
@pytest.mark.usefixtures("slow")
def test_what_changes_while_it_is_copied_slowly_is_copied_again(
    source: ObjectServer, destination: ObjectServer, body: bytes, change: dict[str, str]
) -> None:
    old = {"X-Object-Meta-A": "1", "X-Timestamp": "1.0"}
    source.script = lambda _asked: content(body, **(old if len(source.asked) < 2 else old | change))
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(body)).kind is Kind.COPIED
    assert [asked.method for asked in source.asked] == ["GET", "HEAD", "GET", "HEAD"]
    expected = (old | change)["X-Object-Meta-A"]
    assert destination.asked[-1].headers["x-object-meta-a"] == expected


@BODIES
def test_what_is_waited_for_before_the_request_is_no_part_of_the_time_that_a_copy_takes(
    source: ObjectServer,
    destination: ObjectServer,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + sum(slept))
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(201)
    limit = RateLimit(0.01, clock=time.monotonic, sleep=slept.append)
    copier = Transfer(source.container(limits=RateLimits(limit)), destination.container())
    for _time in range(2):
        assert copier.copy(entry(body)).kind is Kind.COPIED
    assert slept == [pytest.approx(100, abs=20)]
    assert [asked.method for asked in source.asked] == ["GET", "GET"]


@pytest.mark.usefixtures("slow")
def test_what_never_stops_changing_fails(source: ObjectServer, destination: ObjectServer) -> None:
    source.script = lambda _asked: content(b"x", **{"X-Timestamp": str(len(source.asked))})
    destination.script = lambda _asked: Answer(201)
    with pytest.raises(StartOverError, match=r"^'o' changes while it is copied\.$"):
        transfer(source, destination).copy(entry(b"x"))
    assert len(stored(destination)) == ATTEMPTS


@pytest.mark.usefixtures("slow")
def test_what_is_deleted_while_it_is_copied_slowly_has_vanished(
    source: ObjectServer, destination: ObjectServer
) -> None:
    def script(asked: Asked) -> Answer:
        if "format=json" in asked.path:
            return Answer(200, body=b"[]")
        return content(b"x") if len(source.asked) < 2 else Answer(404)

    source.script = script
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(b"x")).kind is Kind.VANISHED


@pytest.mark.usefixtures("slow")
def test_what_is_not_copied_is_not_looked_at_again(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(b"[]", **{"X-Static-Large-Object": "True"})
    assert transfer(source, destination).copy(entry()).kind is Kind.LARGE
    assert [asked.method for asked in source.asked] == ["GET"]


@pytest.mark.parametrize("quote", ["", '"'])
@BODIES
def test_the_version_that_is_wanted_is_copied(
    source: ObjectServer, destination: ObjectServer, body: bytes, quote: str
) -> None:
    etag = content(body).headers["ETag"]
    source.script = lambda _asked: content(body, ETag=f"{quote}{etag}{quote}")
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(body), etag=etag).kind is Kind.COPIED


@BODIES
def test_another_version_than_the_one_that_is_wanted_is_not_stored(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    etag = content(body).headers["ETag"]
    with pytest.raises(StartOverError, match=rf"^'o' has the ETag {etag}, not {'0' * 32}\.$"):
        transfer(source, destination).copy(entry(body), etag="0" * 32)
    assert destination.asked == []
