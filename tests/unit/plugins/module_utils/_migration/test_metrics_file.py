# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The file with a run's metrics: whole, readable for the collector, and never in the run's way."""

from __future__ import annotations

import logging
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.metrics_file import (
    MetricsFile,
)

PAIR = {"source": "AUTH_a/old", "destination": "AUTH_b/new", "run": "swift_sync"}
GOES_ON: dict[str, Any] = {"phase": "copying", "bytes_copied": 5, "written": 1000.0, "done": False}


def values(file: MetricsFile) -> dict[str, str]:
    """The samples without labels of their own, by their names."""
    labels = '{source="AUTH_a/old",destination="AUTH_b/new",run="swift_sync"} '
    lines = file.path.read_text().splitlines()
    return dict(line.split(labels) for line in lines if labels in line)


def test_it_is_one_file_that_the_collector_may_read(tmp_path: Path) -> None:
    file = MetricsFile(str(tmp_path), PAIR)
    for _time in range(2):
        file.write(GOES_ON)
    assert list(tmp_path.iterdir()) == [file.path]
    assert file.path.suffix == ".prom"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o644
    assert values(file)["swift_migration_run_active"] == "1"


def test_no_two_files_have_the_same_samples(tmp_path: Path) -> None:
    others = [{**PAIR, key: "other"} for key in PAIR]
    paths = {MetricsFile(str(tmp_path), labels).path for labels in (PAIR, *others)}
    assert len(paths) == 4
    assert MetricsFile(str(tmp_path), dict(PAIR)).path in paths


def test_a_counter_never_falls_while_its_run_goes_on(tmp_path: Path) -> None:
    file = MetricsFile(str(tmp_path), PAIR)
    for size in (100, 40, 70):  # what came of an object that is copied anew counts no more
        file.write({**GOES_ON, "bytes_copied": size})
    assert values(file)["swift_migration_copied_bytes_total"] == "100"
    file.write({**GOES_ON, "bytes_copied": 130})
    assert values(file)["swift_migration_copied_bytes_total"] == "130"
    MetricsFile(str(tmp_path), PAIR).write({**GOES_ON, "bytes_copied": 0})
    assert values(file)["swift_migration_copied_bytes_total"] == "0"


def test_it_tells_the_end_before_until_this_run_ends(tmp_path: Path) -> None:
    file = MetricsFile(str(tmp_path), PAIR)
    before = {"last_end": 900.0, "last_success": 900.0, "last_result": "done"}
    file.write({**GOES_ON, **before})
    assert values(file)["swift_migration_last_end_timestamp_seconds"] == "900.0"
    file.write({**GOES_ON, **before, "done": True, "failed": True, "stopped": False})
    assert values(file)["swift_migration_last_end_timestamp_seconds"] == "1000.0"
    assert values(file)["swift_migration_last_success_timestamp_seconds"] == "900.0"
    assert 'result="failed"} 1\n' in file.path.read_text()
    file.write({**GOES_ON, **before, "done": True, "failed": False, "stopped": False})
    assert values(file)["swift_migration_last_success_timestamp_seconds"] == "1000.0"
    assert 'result="done"} 1\n' in file.path.read_text()


def test_that_it_cannot_be_written_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = MetricsFile(str(tmp_path / "none"), PAIR)
    with caplog.at_level(logging.WARNING):
        file.write(GOES_ON)
        file.write(GOES_ON)
    [message] = caplog.messages
    assert message.startswith(f"metrics_dir: cannot write {tmp_path}/none/")
    assert message.endswith(": No such file or directory.")


def test_a_home_folder_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert MetricsFile("~/metrics", PAIR).path.parent == tmp_path / "metrics"
