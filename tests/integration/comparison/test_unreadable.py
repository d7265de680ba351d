# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a listing shows and its server does not give: never equal, unless it has expired."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.integration.comparison.findings import Compare, Enter, lose, outcomes, rot
from tests.integration.pair import Pair, counts, fill

LOST = b"an object that is going to be lost"


@pytest.fixture
def copied(pair: Pair) -> Pair:
    fill(pair, 3)
    pair.source.put(pair.name, "lost", LOST)
    assert counts(pair.sync()) == {"copied": 4}
    return pair


def test_what_the_source_has_lost_fails_it_until_its_name_is_accepted(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 3)
    assert counts(pair.sync()) == {"copied": 3}
    pair.source.put(pair.name, "lost", LOST)
    lose(pair, "source", LOST)
    proof, report = tmp_path / "proof.json", tmp_path / "report.jsonl"
    for level in ("listing", "headers", "content"):
        result = compare(level=level, proof=str(proof), report=str(report), ignore_extra=True)
        assert result["failed"]
        assert ": 1 unreadable. The first is lost: unreadable, source: its list" in result["msg"]
        assert outcomes(result) == {"match": 3, "unreadable": 1}
        for told in (result, json.loads(proof.read_text())):
            assert told["equal"] is False
            assert [(one["name"], one["side"], one["status"]) for one in told["differences"]] == [
                ("lost", "source", 404)
            ]
    other = compare(accept_unreadable=["data/0000"])
    assert other["equal"] is False
    by_name = {"accept_unreadable": ["lost"]}
    for accepted in (by_name, {"accept_unreadable_file": str(report)}):
        result = compare(**accepted, proof=str(proof))
        assert not result.get("failed"), result["msg"]
        assert outcomes(result) == {"match": 3, "accepted": 1}
        assert "1 objects cannot be read, which was accepted" in result["notice"]
        written = json.loads(proof.read_text())
        assert written["equal"] is True
        assert [one["name"] for one in written["accepted"]] == ["lost"]


def test_what_was_replaced_at_the_source_and_lost_there_is_no_extra_object(
    copied: Pair, compare: Compare
) -> None:
    copied.source.put(copied.name, "lost", LOST + b", replaced")
    lose(copied, "source", LOST + b", replaced")
    result = compare(ignore_extra=True)
    assert result["failed"]
    assert outcomes(result) == {"match": 3, "unreadable": 1}
    assert result["differences"][0]["side"] == "source"


@pytest.mark.parametrize("level", ["headers", "content"])
def test_what_the_destination_has_lost_after_the_cutover_was_not_deleted(
    copied: Pair, compare: Compare, enter: Enter, level: str
) -> None:
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    lose(copied, "destination", LOST)
    for _again in range(2):
        result = compare(level=level)
        assert result["failed"]
        assert outcomes(result) == {"match": 3, "unreadable": 1}
        assert result["differences"][0]["side"] == "destination"
        assert result["deleted"] == []


def test_bytes_found_damaged_at_the_source_stay_a_fault(copied: Pair, compare: Compare) -> None:
    copied.source.put(copied.name, "data/0000", LOST)
    assert counts(copied.sync())["replaced"] == 1
    rot(copied, "source", LOST)
    first, second = (compare(level="content", ignore_extra=True) for _again in range(2))
    assert first["failed"]
    assert second["failed"]
    assert outcomes(second)["unreadable"] == 1


def test_what_a_copy_has_seen_to_expire_has_expired(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 2)
    ends = int(time.time()) + 6
    pair.source.put(pair.name, "short", b"1", {"X-Delete-At": str(ends)})
    assert counts(pair.sync()) == {"copied": 3}
    time.sleep(max(0.0, ends + 1 - time.time()))
    unseen = compare(level="headers", state_dir=str(tmp_path / "none"))
    assert outcomes(unseen) == {"match": 2, "unreadable": 1}
    result = compare(level="headers", state_dir=str(tmp_path / "state"))
    assert not result.get("failed"), result["msg"]
    assert outcomes(result) == {"match": 2, "expired": 1}
