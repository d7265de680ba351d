# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The filter rehearsed_forecast."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.filter.rehearsed_forecast import (
    FilterModule,
)

MEASURED = {"listings": 4.0, "proof": 10.0, "notes": 3.0, "switch": 1.0, "look": 2.0}
FORECAST = {
    "rates": {"objects_per_second": 100.0, "bytes_per_second": 1_000_000},
    "first_copy": {"low": 1.0, "seconds": 2.0, "high": 3.0},
}


def rehearsed(
    objects: int = 0, size: int = 0, told: dict[str, float] | None = None, **forecast: Any
) -> dict[str, Any]:
    changes = {"objects": objects, "bytes": size}
    found: dict[str, Any] = FilterModule().filters()["rehearsed_forecast"](
        {**FORECAST, **forecast}, {**MEASURED, **(told or {})}, changes
    )
    return found


def seconds(found: dict[str, Any], of: str = "downtime") -> dict[str, float | None]:
    return {step["name"]: step["seconds"] for step in found[of]["steps"]}


def test_what_was_measured_is_added_and_what_nobody_knows_is_named() -> None:
    down = rehearsed()["downtime"]
    assert down["seconds"] == 20.0
    assert down["low"] < 20.0 < down["high"]
    assert down["not_measured"] == ["CUBE stops", "CUBE starts"]


def test_how_long_cube_takes_itself_counts_where_somebody_knows_it() -> None:
    found = rehearsed(told={"stop": 12, "start": 30.5})
    assert found["downtime"]["seconds"] == 62.5
    assert found["downtime"]["not_measured"] == []
    assert found["way_back"]["seconds"] == 49.5
    assert found["summary"][0].startswith("CUBE would be down for about 62 s: stop 12.0 s, ")
    down = rehearsed(told={"stop": 0, "start": 30})["downtime"]
    assert (down["seconds"], down["not_measured"]) == (50.0, ["CUBE stops"])


def test_what_has_changed_takes_what_its_objects_and_its_bytes_take() -> None:
    name = "what has changed is copied"
    assert seconds(rehearsed(50, 2_000_000))[name] == 2.5
    only_bytes = {"objects_per_second": None, "bytes_per_second": 1_000_000}
    assert seconds(rehearsed(50, 2_000_000, rates=only_bytes))[name] == 2.0


def test_without_rates_only_nothing_takes_a_time_that_is_known() -> None:
    name = "what has changed is copied"
    assert seconds(rehearsed(rates=None))[name] == 0
    assert seconds(rehearsed(1, rates=None))[name] is None
    assert name in rehearsed(1, rates=None)["downtime"]["not_measured"]


def test_a_way_back_proves_nothing_and_copies_what_nobody_knows() -> None:
    found = rehearsed(1)
    assert "the proof is made" not in seconds(found, "way_back")
    assert found["way_back"]["seconds"] == 7.0
    assert "what CUBE has written since is copied" in found["way_back"]["not_measured"]


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        (
            0,
            "CUBE would be down for about 20 s, and for what is not measured (stop, start): stop "
            "?, listings 4.0 s, rest 0.5 s, proof 10.0 s, notes 3.0 s, switch 1.0 s, start ?, look "
            "2.0 s.",
        ),
        (
            1,
            "The way back would take about 7 s, and for what is not measured (stop, what was "
            "written since, start): stop ?, listings 4.0 s, what was written since ?, switch 1.0 "
            "s, start ?, look 2.0 s.",
        ),
    ],
)
def test_a_sentence_names_each_step(index: int, sentence: str) -> None:
    assert rehearsed(50)["summary"][index] == sentence


def test_the_rest_of_the_forecast_stays() -> None:
    assert rehearsed()["first_copy"] == FORECAST["first_copy"]
