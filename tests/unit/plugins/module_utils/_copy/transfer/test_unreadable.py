# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is listed and not readable: expired if that was seen before, else lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BARREN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils._copy.transfer.copying import SMALL_BODY, entry, transfer
from tests.unit.plugins.module_utils.fakes.breaking import BODY, Breaking
from tests.unit.plugins.module_utils.fakes.object_server import (
    Answer,
    Asked,
    ObjectServer,
    content,
)
from tests.unit.plugins.module_utils.fakes.object_store import md5

ROW: dict[str, Any] = {
    "name": "o",
    "bytes": 1,
    "hash": md5(SMALL_BODY),
    "last_modified": "2026-01-01T00:00:00",
}
LISTED = entry(SMALL_BODY)._replace(hash=ROW["hash"], last_modified=ROW["last_modified"])
HOUR = 3600


def lost(asked: Asked, md5_listed: str = ROW["hash"]) -> Answer:
    """A server that lists an object and does not give it."""
    listing = Answer(200, body=json.dumps([{**ROW, "hash": md5_listed}]).encode())
    return listing if "format=json" in asked.path else Answer(404)


@pytest.fixture
def known(source: ObjectServer, destination: ObjectServer, tmp_path: Path) -> Transfer:
    """A transfer that remembers in a journal."""
    journal = Journal(str(tmp_path), ("a", "b"))
    return Transfer(source.container(), destination.container(), expiries=journal)


def test_it_is_told_with_the_container_and_the_answer(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lost
    outcome = transfer(source, destination).copy(entry())
    assert outcome.kind is Kind.UNREADABLE
    assert outcome.reason == "container 'c' lists it, but answers 404 to GET and HEAD"
    assert not destination.named("PUT")


@pytest.mark.parametrize(
    ("seconds", "kind"), [(-HOUR, Kind.EXPIRED), (HOUR, Kind.UNREADABLE)], ids=["past", "to come"]
)
def test_it_has_expired_only_if_the_time_of_its_deletion_was_seen_and_is_past(
    source: ObjectServer, destination: ObjectServer, known: Transfer, seconds: int, kind: Kind
) -> None:
    moment = str(int(time.time()) + seconds)
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Delete-At": moment})
    destination.script = lambda _asked: Answer(201)
    assert known.copy(LISTED).kind is Kind.COPIED
    source.script = lost
    assert known.copy(LISTED).kind is kind


def test_a_time_of_deletion_seen_in_another_container_counts_for_nothing(
    source: ObjectServer, destination: ObjectServer, known: Transfer
) -> None:
    past = {"X-Delete-At": str(int(time.time()) - HOUR)}
    source.script = lambda _asked: content(SMALL_BODY, **past)
    destination.script = lambda _asked: Answer(201)
    known.between("other", "new").copy(LISTED)
    source.script = lost
    assert known.copy(LISTED).kind is Kind.UNREADABLE


def test_a_version_that_replaced_the_one_that_expires_is_lost(
    source: ObjectServer, destination: ObjectServer, known: Transfer
) -> None:
    past = {"X-Delete-At": str(int(time.time()) - HOUR)}
    source.script = lambda _asked: content(SMALL_BODY, **past)
    destination.script = lambda _asked: Answer(201)
    assert known.copy(LISTED).kind is Kind.COPIED
    source.script = lambda asked: lost(asked, md5(b"another version"))
    assert known.copy(LISTED).kind is Kind.UNREADABLE


def test_bytes_that_were_damaged_before_it_was_lost_are_told(
    source: ObjectServer, destination: ObjectServer
) -> None:
    """So a Swift does it: it gives the damaged bytes once, and puts the file into quarantine."""
    answers: list[Callable[[Asked], Answer]] = [
        lambda _asked: Answer(200, {"ETag": "0" * 32}, SMALL_BODY)
    ]

    def script(asked: Asked) -> Answer:
        return answers.pop()(asked) if answers else lost(asked)

    source.script = script
    outcome = transfer(source, destination).copy(entry(SMALL_BODY))
    assert outcome.kind is Kind.UNREADABLE
    assert "since its bytes were read and found damaged (" in outcome.reason
    assert "the source's ETag is 00000000000000000000000000000000" in outcome.reason


def test_check_mode_foretells_it(source: ObjectServer, destination: ObjectServer) -> None:
    source.script = lost
    outcome = transfer(source, destination).predict(entry(), None)
    assert outcome.kind is Kind.UNREADABLE
    assert {asked.method for asked in source.asked} <= {"HEAD", "GET"}
    assert not destination.asked


def test_what_the_source_does_not_have_to_its_end_is_unreadable(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = Breaking([SMALL] + [0] * BARREN)
    destination.script = lambda _asked: Answer(201)
    patient = Retry(attempts=9, uniform=lambda _low, _high: 0.0)
    copier = Transfer(source.container(retry=patient), destination.container())
    outcome = copier.copy(entry(BODY))
    assert outcome.kind is Kind.UNREADABLE
    expected = f"container 'c' lists it, but it breaks off after {SMALL:,} bytes each time: GET "
    assert outcome.reason.startswith(expected)
    assert destination.named("PUT") == []


def test_a_version_whose_time_of_deletion_was_taken_back_by_a_post_is_lost(
    source: ObjectServer, destination: ObjectServer, known: Transfer
) -> None:
    past = {"X-Delete-At": str(int(time.time()) - HOUR)}
    source.script = lambda _asked: content(SMALL_BODY, **past)
    destination.script = lambda _asked: Answer(201)
    earlier = LISTED._replace(last_modified="2025-12-31T00:00:00")
    assert known.copy(earlier).kind is Kind.COPIED
    source.script = lost
    assert known.copy(LISTED).kind is Kind.UNREADABLE
