# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight has expected, as its report tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.filter.expected_first_copy import (
    FilterModule,
    expected_first_copy,
)

FIRST = {"low": 1.2, "seconds": 1.9, "high": 2.6}
FORECAST = {"objects": 3000, "bytes": 2048, "first_copy": FIRST}
MOMENT = "2026-11-29T15:20:00+00:00"


def told(folder: Path, report: Any, *, seconds: bool = False) -> str | float:
    path = folder / "preflight.json"
    path.write_text(report if isinstance(report, str) else json.dumps(report))
    return expected_first_copy(str(path), seconds=seconds)


def test_it_is_told_with_its_range(tmp_path: Path) -> None:
    assert FilterModule().filters() == {"expected_first_copy": expected_first_copy}
    assert told(tmp_path, {"moment": MOMENT, "forecast": FORECAST}) == (
        f"the preflight of {MOMENT} expected 2 s (1 to 3) for 3,000 objects, 2,048 bytes"
    )


def test_its_seconds_are_told_alone(tmp_path: Path) -> None:
    assert told(tmp_path, {"moment": MOMENT, "forecast": FORECAST}, seconds=True) == 1.9
    assert told(tmp_path, {"moment": MOMENT, "forecast": None}, seconds=True) == ""


@pytest.mark.parametrize(
    "report",
    [
        "",
        "{",
        "[]",
        {"moment": MOMENT, "forecast": None},
        {"moment": MOMENT, "forecast": FORECAST | {"first_copy": None}},
        {"moment": MOMENT, "forecast": FORECAST | {"first_copy": {**FIRST, "low": "soon"}}},
        {"forecast": FORECAST},
    ],
)
def test_what_is_no_report_tells_nothing(tmp_path: Path, report: Any) -> None:
    assert told(tmp_path, report) == ""


def test_without_a_report_nothing_is_told(tmp_path: Path) -> None:
    assert expected_first_copy(str(tmp_path / "none")) == ""
    assert expected_first_copy(str(tmp_path)) == ""
