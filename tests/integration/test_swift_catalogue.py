# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names that an application knows, looked for in containers of real servers."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.pair import Pair

ODD = ["a//b", "back\\slash", "line\nfeed", "paint\x1b[2J", "tab\there", "ünï/ц", "quote'\""]
FILES = sorted([*ODD, "chris/x"])

Look = Callable[..., dict[str, Any]]


@pytest.fixture
def look(
    pair: Pair, source: Options, destination: Options, run_module: RunModule, tmp_path: Path
) -> Look:
    """Compare with a list of names."""

    def run(known: list[str], **options: Any) -> dict[str, Any]:
        path = tmp_path / "names.jsonl"
        path.write_text("".join(json.dumps({"name": name}) + "\n" for name in reversed(known)))
        sides = {
            "source": {**source, "container": pair.name},
            "destination": {**destination, "container": pair.name},
        }
        given = {**sides, "names": str(path), **options}
        result: dict[str, Any] = run_module("swift_catalogue", given)
        return result

    return run


@pytest.fixture
def enter(
    pair: Pair, source: Options, destination: Options, run_module: RunModule
) -> Callable[..., None]:
    """Bring the migration into phases."""

    def go(*phases: str) -> None:
        for phase in phases:
            sides = {
                "source": {**source, "container": pair.name},
                "destination": {**destination, "container": pair.name},
            }
            assert not run_module("migration_phase", {**sides, "phase": phase}).get("failed")

    return go


def fates(result: dict[str, Any]) -> dict[str, int]:
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is False
    return {fate: number for fate, number in result["fates"].items() if number}


def verdicts(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(check["name"], check["verdict"]) for check in result["checks"]]


def test_what_was_lost_before_by_the_migration_and_what_was_deleted_since_are_told_apart(
    pair: Pair, look: Look, enter: Callable[..., None], tmp_path: Path
) -> None:
    for name in FILES:
        pair.source.put(pair.name, name, name.encode())
    pair.source.put(pair.name, "job/output", b"of a job that failed")

    # Before it is copied, only what is in neither container is told.
    known = [*FILES, "gone before"]
    result = look(known, copied=False)
    assert fates(result) == {"not_copied": len(FILES), "missing": 1, "unknown": 1}
    assert verdicts(result) == [("files of the catalogue", "warning")]
    assert '"gone before"' in result["checks"][0]["seen"]

    assert not pair.sync().get("failed")
    result = look(known)
    assert fates(result) == {"found": len(FILES), "missing": 1, "unknown": 1}

    # Removed behind the application's back: no listing can tell that from what it has deleted.
    enter("frozen", "verified", "cut-over")
    pair.destination.delete(pair.name, "line\nfeed")
    pair.destination.delete(pair.name, "chris/x")
    pair.destination.put(pair.name, "written since", b"1")
    known = [*(set(known) - {"chris/x"}), "written since"]
    report = tmp_path / "lost.jsonl"
    result = look(known, report=str(report))
    assert fates(result) == {
        "found": len(FILES) - 2 + 1,
        "lost": 1,
        "missing": 1,
        "deleted": 1,
        "unknown": 1,
    }
    lost, missing = ((check["name"], check["verdict"]) for check in result["checks"])
    assert lost == ("files of the catalogue", "failure")
    assert missing == ("files of the catalogue", "warning")
    assert result["names"]["lost"] == ["line\nfeed"]
    assert '"line\\nfeed"' in result["checks"][0]["seen"]
    assert result["names"]["missing"] == ["gone before"]
    assert [json.loads(line) for line in report.read_text().splitlines()] == [
        {"name": "gone before", "fate": "missing"},
        {"name": "line\nfeed", "fate": "lost"},
    ]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_the_names_of_another_container_are_a_failure(pair: Pair, look: Look) -> None:
    pair.source.put(pair.name, "a", b"1")
    result = look(["a", "b", "c"], copied=False)
    assert verdicts(result) == [("files of the catalogue", "failure")]
    assert "2 of 3 files" in result["checks"][0]["seen"]


def test_over_s3_the_names_that_django_storages_changes_are_a_failure(
    pair: Pair, look: Look
) -> None:
    for name in [*FILES, "job//output"]:
        pair.source.put(pair.name, name, b"1")
    result = look(FILES, copied=False, s3=True)
    assert result["changed_names"] == 2
    assert result["names"]["changed"] == ["a//b", "back\\slash"]
    assert verdicts(result)[1] == ("names of the catalogue over S3", "failure")
    allowed = look(FILES, copied=False, s3=True, allow_changed_names=True)
    assert verdicts(allowed)[1] == ("names of the catalogue over S3", "warning")
    assert verdicts(look(FILES, copied=False)) == [("files of the catalogue", "ok")]


def test_what_cannot_be_looked_at_fails(pair: Pair, look: Look) -> None:
    result = look([], names="/nowhere")
    assert result["failed"]
    assert result["msg"].startswith("names: cannot read /nowhere")
