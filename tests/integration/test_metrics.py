# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What real runs tell Prometheus, and what its own check says to that."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.conftest import Options, RunModule, secrets
from tests.integration.faulty import Faulty, asks
from tests.integration.pair import counts, fill
from tests.servers.faults import Call, Status
from tests.servers.promtool_installation import PromtoolInstallation

DOCS = Path(__file__).parents[2] / "docs" / "monitoring"


@pytest.fixture(scope="session")
def promtool() -> PromtoolInstallation:
    installation = PromtoolInstallation()
    installation.ensure()
    return installation


SAMPLE = re.compile(
    r'swift_migration_(\w+)\{source="[^"]+",destination="[^"]+",run="(\w+)"(?:,\w+="([^"]+)")?\} (\S+)'
)


def samples(folder: Path, run: str) -> dict[str, float]:
    """The samples of a run, by metric and by what label it has of its own."""
    text = "".join(file.read_text() for file in folder.glob("*.prom"))
    found = SAMPLE.findall(text)
    assert len(found) == len([line for line in text.splitlines() if line[0] != "#"])
    return {f"{name} {own}".strip(): float(value) for name, of, own, value in found if of == run}


def test_runs_tell_how_far_they_are_and_how_they_ended(
    faulty: Faulty,
    source: Options,
    destination: Options,
    run_module: RunModule,
    promtool: PromtoolInstallation,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    fill(faulty, 5)
    faulty.here.inject(Status(503), asks("GET", "data/0001"), times=2)
    faulty.here.inject(Status(403), asks("GET", "data/0003"))
    seen: list[dict[str, float]] = []
    look = Call(function=lambda: seen.append(samples(folder, "swift_sync")))
    faulty.here.inject(look, asks("GET", "data/0001"))

    assert faulty.sync(metrics_dir=str(folder))["failed"]
    assert (seen[0]["run_active"], seen[0]["expected_objects"]) == (1, 5)
    assert "last_end_timestamp_seconds" not in seen[0]
    told = samples(folder, "swift_sync")
    assert (told["run_active"], told["last_result failed"], told["last_result done"]) == (0, 1, 0)
    assert (told["copied_objects_total"], told["failed_objects_total"]) == (4, 1)
    assert told["copied_bytes_total"] == 400
    assert told["retries_total throttled"] == 2
    assert "last_success_timestamp_seconds" not in told

    assert counts(faulty.sync(metrics_dir=str(folder))) == {"kept": 4, "copied": 1}
    again = samples(folder, "swift_sync")
    assert again["last_result done"] == 1
    assert again["last_success_timestamp_seconds"] == again["last_end_timestamp_seconds"]
    assert again["last_end_timestamp_seconds"] > told["last_end_timestamp_seconds"]

    params = {
        "source": {**source, "container": faulty.name},
        "destination": {**destination, "container": faulty.name},
        "state_dir": str(tmp_path / "state"),
        "metrics_dir": str(folder),
    }
    assert run_module("swift_compare", params)["equal"]
    compared = samples(folder, "swift_compare")
    assert (compared["done_objects_total"], compared["last_result done"]) == (5, 1)
    assert samples(folder, "swift_sync") == again

    files = [file.read_text() for file in folder.iterdir()]
    assert len(files) == 2
    for text in files:
        assert promtool.complaints("check", "metrics", given=text) == ""
        assert "data/" not in text
        assert not any(secret in text for secret in secrets(params))


def test_a_way_back_tells_that_it_is_one(
    faulty: Faulty, source: Options, destination: Options, run_module: RunModule, tmp_path: Path
) -> None:
    params = {
        "source": {**source, "container": faulty.name},
        "destination": {**destination, "container": faulty.name},
    }
    faulty.sync()
    for phase in ("frozen", "verified", "cut-over"):
        run_module("migration_phase", {**params, "phase": phase})
    faulty.destination.put(faulty.name, "new", b"1234")
    options = {"state_dir": str(tmp_path / "state"), "metrics_dir": str(tmp_path)}
    assert counts(run_module("swift_rollback", {**params, **options})) == {"copied": 1}
    told = samples(tmp_path, "swift_rollback")
    assert (told["copied_bytes_total"], told["last_result done"]) == (4, 1)


def test_the_examples_of_alerts_are_rules(promtool: PromtoolInstallation) -> None:
    assert promtool.complaints("check", "rules", str(DOCS / "alerts.yml")) == ""


PAIR = 'source="a/old",destination="b/new",run="swift_sync"'
UPDATE, SUCCESS = "run_update_timestamp_seconds", "last_success_timestamp_seconds"


def stuck(done: str, paused: str = "0x60") -> dict[str, str]:
    """A run that works on something, and copies no bytes."""
    return {
        "run_active": "1x60",
        "run_paused": paused,
        "in_flight_objects": "4x60",
        "done_objects_total": done,
        "copied_bytes_total": "5x60",
    }


@pytest.mark.parametrize(
    ("alert", "fires", "series"),
    [
        ("Failed", True, {'last_result,result="failed"': "0x30 1x30"}),
        ("Failed", False, {'last_result,result="done"': "1x60"}),
        ("Killed", True, {"run_active": "1x60", UPDATE: "0+60x30 1800x30"}),
        ("Killed", False, {"run_active": "1x60", UPDATE: "0+60x60"}),
        ("Killed", False, {"run_active": "0x60", UPDATE: "0+60x30 1800x30"}),
        ("ObjectsFail", True, {"failed_objects_total": "0x54 0+1x5"}),
        ("ObjectsFail", False, {"failed_objects_total": "7x60"}),
        ("Stuck", True, stuck("9x60")),
        ("Stuck", False, stuck("0+1x60")),
        ("Stuck", False, stuck("9x60", paused="1x60")),
        ("Throttled", True, {'retries_total,reason="throttled"': "0+90x60"}),
        ("Throttled", False, {'retries_total,reason="throttled"': "0+9x60"}),
        ("NotRepeated", True, {SUCCESS: "-180000x60"}),
        ("NotRepeated", False, {SUCCESS: "0x60"}),
    ],
)
def test_an_alert_comes_when_it_is_due(
    promtool: PromtoolInstallation,
    tmp_path: Path,
    alert: str,
    fires: bool,
    series: dict[str, str],
) -> None:
    """After an hour, of which there is a value each minute."""
    values = [
        {"series": f"swift_migration_{metric}{{{PAIR}{more and ',' + more}}}", "values": text}
        for name, text in series.items()
        for metric, _comma, more in [name.partition(",")]
    ]
    expression = f'count(ALERTS{{alertname="SwiftMigration{alert}",alertstate="firing"}})'
    expected = [{"labels": "{}", "value": 1}] if fires else []
    asked = {"expr": expression, "eval_time": "60m", "exp_samples": expected}
    test = {"interval": "1m", "input_series": values, "promql_expr_test": [asked]}
    path = tmp_path / "test.yml"
    path.write_text(json.dumps({"rule_files": [str(DOCS / "alerts.yml")], "tests": [test]}))
    assert promtool.complaints("test", "rules", str(path)) == ""


def test_the_dashboard_asks_what_prometheus_understands(
    promtool: PromtoolInstallation, tmp_path: Path
) -> None:
    panels = json.loads((DOCS / "dashboard.json").read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    rules = [
        {"record": f"asked:{number}", "expr": text.replace("$__rate_interval", "5m")}
        for number, text in enumerate(asked)
    ]
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert promtool.complaints("check", "rules", str(path)) == ""
