# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when a disk has lost or damaged something: no loss is green, a copy is repaired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.comparison.findings import Compare, lose, rot
from tests.integration.conftest import Options, RunModule
from tests.integration.pair import Pair, counts, fill

LOST = b"an object that is going to be lost"
LARGE = b"0123456789abcdef" * (3 * 65536)
SEGMENT = b"a segment that is going to be lost"


def outcomes(result: dict[str, Any]) -> dict[str, int]:
    return {kind: number for kind, number in result["objects"].items() if number}


@pytest.fixture
def compare(pair: Pair, source: Options, destination: Options, run_module: RunModule) -> Compare:
    def run(**options: Any) -> dict[str, Any]:
        params = {
            "source": {**source, "container": pair.name},
            "destination": {**destination, "container": pair.name},
            **options,
        }
        return run_module("swift_compare", params)

    return run


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_what_the_source_has_lost_fails_the_run_by_name_until_it_is_accepted(
    pair: Pair, tmp_path: Path, check: bool
) -> None:
    fill(pair, 2)
    pair.source.put(pair.name, "lost", LOST)
    lose(pair, "source", LOST)
    report = tmp_path / "report.jsonl"
    result = pair.sync(check=check, report=str(report))
    assert result["failed"]
    assert "1 objects are listed but not readable. The first is lost: container" in result["msg"]
    assert outcomes(result) == {"copied": 2, "unreadable": 1}
    [told] = result["unreadable"]
    assert (told["name"], told["side"], told["accepted"]) == ("lost", "source", False)
    again = (
        {"accept_unreadable_file": str(report)} if not check else {"accept_unreadable": ["lost"]}
    )
    accepted = pair.sync(check=check, **again)
    assert counts(accepted)["unreadable"] == 1
    assert accepted["unreadable"][0]["accepted"] is True
    assert pair.names() == ([] if check else ["data/0000", "data/0001"])


def test_bytes_that_have_rotten_are_never_shown_and_stay_a_failure(pair: Pair) -> None:
    for name, content in (("small", LOST), ("large", LARGE)):
        pair.source.put(pair.name, name, content)
        rot(pair, "source", content)
    for _again in range(2):
        result = pair.sync()
        assert result["failed"]
        assert outcomes(result) == {"unreadable": 2}
        assert pair.names() == []


def test_what_was_copied_then_replaced_and_lost_is_no_kept_object(pair: Pair) -> None:
    pair.source.put(pair.name, "data", b"old")
    assert counts(pair.sync()) == {"copied": 1}
    pair.source.put(pair.name, "data", LOST)
    lose(pair, "source", LOST)
    result = pair.sync()
    assert result["failed"]
    assert outcomes(result) == {"unreadable": 1}


@pytest.mark.parametrize("kind", ["static", "dynamic"])
def test_a_large_object_that_lacks_a_segment_is_unreadable_and_not_shown(
    pair: Pair, kind: str
) -> None:
    segments = f"{pair.name}_segments"
    pair.source.put_container(segments)
    parts = [b"first", SEGMENT, b"third"]
    for number, content in enumerate(parts):
        pair.source.put(segments, f"d/{number}", content)
    if kind == "static":
        lines = [{"path": f"/{segments}/d/{number}"} for number in range(len(parts))]
        body = json.dumps(lines).encode()
        pair.source.put(pair.name, "large", body, query="multipart-manifest=put")
    else:
        pair.source.put(pair.name, "large", b"", {"X-Object-Manifest": f"{segments}/d/"})
    lose(pair, "source", SEGMENT)
    for _again in range(2):
        result = pair.sync()
        assert result["failed"]
        assert outcomes(result) == {"unreadable": 1}
        assert "d/1' of" in result["unreadable"][0]["reason"]
        assert pair.names() == []


@pytest.mark.parametrize("damage", [lose, rot])
def test_what_a_comparison_finds_wrong_is_copied_again(
    pair: Pair, compare: Compare, tmp_path: Path, damage: Any
) -> None:
    with pair.earlier():
        fill(pair, 2)
        pair.source.put(pair.name, "data/lost", LOST)
    assert counts(pair.sync()) == {"copied": 3}
    damage(pair, "destination", LOST)
    assert counts(pair.sync()) == {"kept": 3}
    report = tmp_path / "differences.jsonl"
    assert compare(level="content", report=str(report))["failed"]
    assert counts(pair.sync(copy_again=str(report))) == {"kept": 2, "replaced": 1}
    assert compare(level="content")["equal"]


def test_segments_that_a_comparison_finds_wrong_are_copied_again(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    segments = f"{pair.name}_segments"
    pair.source.put_container(segments)
    for number, content in enumerate((b"first", SEGMENT)):
        pair.source.put(segments, f"{number}", content)
    body = json.dumps([{"path": f"/{segments}/{number}"} for number in range(2)]).encode()
    pair.source.put(pair.name, "large", body, query="multipart-manifest=put")
    assert counts(pair.sync()) == {"copied": 1}
    rot(pair, "destination", SEGMENT)
    report = tmp_path / "differences.jsonl"
    assert compare(level="content", report=str(report))["failed"]
    assert counts(pair.sync(copy_again=str(report))) == {"replaced": 1}
    assert compare(level="content")["equal"]
