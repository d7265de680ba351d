# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_compare of a destination in use: what the application does is set aside, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.comparison.findings import Compare, Enter, outcomes, rot
from tests.integration.pair import Pair, counts, fill, next_second


@pytest.fixture
def cut_over(pair: Pair, enter: Enter) -> Pair:
    with pair.earlier():
        fill(pair, 6)
    assert counts(pair.sync()) == {"copied": 6}
    pair.destination.put(pair.name, "data/0000", b"other bytes")  # before the proof
    next_second()
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    return pair


@pytest.fixture
def mended(cut_over: Pair, enter: Enter) -> Pair:
    """With nothing wrong, and in use."""
    enter("rolled-back")
    assert not cut_over.sync().get("failed")
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    new, name = cut_over.destination, cut_over.name
    new.put(name, "new", b"1")
    new.put(name, "data/0001", b"replaced")
    new.post(name, "data/0002", {"X-Object-Meta-Colour": "red"})
    new.delete(name, "data/0003")
    return cut_over


@pytest.mark.parametrize("level", ["listing", "headers", "content"])
def test_what_the_application_has_done_is_told_and_no_difference(
    mended: Pair, compare: Compare, tmp_path: Path, level: str
) -> None:
    path, report = tmp_path / "proof.json", tmp_path / "names.jsonl"
    seen = 1 if level == "listing" else 0  # a listing shows no metadata
    for check in (True, False):
        result = compare(level=level, check=check, proof=str(path), report=str(report))
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False
        assert result["equal"] is True
        expected = {"match": 3 + seen, "written": 3 - seen, "deleted": 1}
        assert outcomes(result) == expected
        assert result["differences"] == []
        assert result["deleted"] == ["data/0003"]
        assert (result["phase"], bool(result["since"])) == ("cut-over", True)
        assert "deleted them, or they are lost. The first is data/0003." in result["notice"]
    proof = json.loads(path.read_text())
    assert (proof["equal"], proof["phase"]) == (True, "cut-over")
    assert (proof["since"], proof["deleted"]) == (result["since"], ["data/0003"])
    assert proof["objects"]["written"] == 3 - seen
    told = {
        line["name"]: line["outcome"]
        for line in map(json.loads, report.read_text().split("\n")[:-1])
    }
    assert told["data/0003"] == "deleted"
    assert told["new"] == told["data/0001"] == "written"


def test_a_number_of_objects_is_judged_by_the_same_moments(mended: Pair, compare: Compare) -> None:
    result = compare(level="headers", sample="6")
    assert outcomes(result) == {"match": 3, "written": 3, "deleted": 1}


def test_what_was_written_is_not_asked_for(mended: Pair, compare: Compare) -> None:
    assert mended.requests(compare) == (["HEAD data/0003"], ["HEAD data/0003"])


def test_everything_is_compared_when_that_is_asked_for(mended: Pair, compare: Compare) -> None:
    result = compare(set_aside=False)
    assert result["failed"]
    assert outcomes(result) == {"match": 4, "differ": 1, "missing": 1, "extra": 1}
    assert (result["phase"], result["since"], result["notice"]) == ("cut-over", "", "")


def test_what_nobody_has_changed_since_and_differs_is_a_fault(
    cut_over: Pair, compare: Compare
) -> None:
    cut_over.destination.delete(cut_over.name, "data/0005")
    result = compare()
    assert result["failed"]
    assert ": 1 differ. The first is data/0000: differ, bytes, hash" in result["msg"]
    assert outcomes(result) == {"match": 4, "differ": 1, "deleted": 1}


def test_bytes_rotten_on_the_disk_are_a_fault(mended: Pair, compare: Compare) -> None:
    rot(mended)
    result = compare(level="content")
    assert result["failed"]
    assert [each["name"] for each in result["differences"]] == ["data/0004"]


def test_what_a_straggler_wrote_to_the_source_is_a_fault_with_its_reason(
    mended: Pair, compare: Compare
) -> None:
    mended.source.put(mended.name, "straggler", b"1")
    result = compare()
    assert outcomes(result)["missing"] == 1
    assert (
        "The first is straggler: missing, source: changed since the application was stopped"
        in result["msg"]
    )
