# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which metrics a run has, and that each is documented and named as Prometheus wants it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.exposition import (
    COUNTER,
    Family,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_metrics import (
    counters,
    families,
)

DOCS = Path(__file__).parents[5] / "docs"

COPY: dict[str, Any] = {
    "containers": ["old", "new"],
    "process": 4711,
    "phase": "large objects",
    "objects_total": 100,
    "objects_done": 40,
    "objects_copied": 30,
    "objects_deleted": 2,
    "objects_failed": 1,
    "bytes_total": 1000,
    "bytes_compared": 500,
    "bytes_copied": 400,
    "bytes_in_flight": 8,
    "objects_in_flight": 16,
    "concurrency": 64,
    "started": 1000.0,
    "written": 1010.0,
    "seconds_left": 15,
    "is_paused": 1,
    "estimate_error": 2.5,
    "retries": {"throttled": 3, "other": 0},
    "last_end": 900.0,
    "last_success": 800.0,
    "last_result": "failed",
    "done": False,
}
COMPARISON = {"phase": "sample", "objects_unequal": 5, "done": False}


def told(state: dict[str, Any]) -> dict[str, float]:
    """The values of all samples, by the metric's name without its prefix, and its own labels."""
    return {
        " ".join(
            [family.name.removeprefix("swift_migration_"), *(value for _name, value in own)]
        ): value
        for family in families(state)
        for own, value in family.samples.items()
    }


def all_families() -> list[Family]:
    return list(families({**COPY, **COMPARISON}))


def test_a_copy_tells_all_that_it_counts() -> None:
    found = told(COPY)
    assert {name: value for name, value in found.items() if " " not in name} == {
        "run_active": 1,
        "run_paused": 1,
        "run_start_timestamp_seconds": 1000.0,
        "run_update_timestamp_seconds": 1010.0,
        "expected_objects": 100,
        "expected_bytes": 1000,
        "concurrency_limit": 64,
        "in_flight_objects": 16,
        "in_flight_bytes": 8,
        "remaining_seconds": 15,
        "estimate_error_seconds": 2.5,
        "last_end_timestamp_seconds": 900.0,
        "last_success_timestamp_seconds": 800.0,
        "done_objects_total": 40,
        "copied_objects_total": 30,
        "deleted_objects_total": 2,
        "failed_objects_total": 1,
        "copied_bytes_total": 400,
        "listed_bytes_total": 500,
    }
    assert (found["retries_total throttled"], found["retries_total other"]) == (3, 0)
    assert [name for name, value in found.items() if " " in name and value == 1] == [
        "run_phase large objects",
        "last_result failed",
    ]


def test_what_is_not_known_or_not_counted_is_left_out() -> None:
    found = told({"phase": "comparing", "objects_unequal": 5, "seconds_left": None, "done": False})
    assert {name for name in found if " " not in name} == {"run_active", "unequal_objects_total"}
    assert not any(name.startswith("last_result") for name in found)


def test_a_run_that_has_ended_is_busy_with_nothing() -> None:
    found = told({**COPY, "done": True, "last_result": "done"})
    assert found["run_active"] == 0
    assert [name for name, value in found.items() if " " in name and value == 1] == [
        "last_result done"
    ]


def test_only_counters_are_among_what_may_not_fall() -> None:
    assert counters({**COPY, **COMPARISON}) == {
        "objects_done": 40,
        "objects_copied": 30,
        "objects_deleted": 2,
        "objects_failed": 1,
        "objects_unequal": 5,
        "bytes_copied": 400,
        "bytes_compared": 500,
    }


def test_names_follow_the_conventions() -> None:
    names = [family.name for family in all_families()]
    assert len(set(names)) == len(names) > 20
    for family in all_families():
        assert re.fullmatch("swift_migration_[a-z_]+", family.name)
        assert family.name.endswith("_total") == (family.kind == COUNTER)
        assert family.text.endswith(".")


def test_every_metric_is_documented() -> None:
    text = (DOCS / "monitoring.md").read_text()
    assert [each.name for each in all_families() if f"`{each.name}`" not in text] == []


@pytest.mark.parametrize("name", ["alerts.yml", "dashboard.json"])
def test_the_examples_ask_for_metrics_that_there_are(name: str) -> None:
    text = (DOCS / "monitoring" / name).read_text()
    asked = set(re.findall(r"swift_migration_[a-z_]+", text))
    assert len(asked) > 4
    assert asked <= {family.name for family in all_families()}


def test_the_dashboard_has_panels_of_any_data_source() -> None:
    dashboard = json.loads((DOCS / "monitoring" / "dashboard.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 4
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert all(panel["targets"] for panel in panels)
