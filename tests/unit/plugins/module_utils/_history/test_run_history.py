# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The record of a run, however it ends."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.object_list import (
    read_lines,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.rclone_words import (
    MATCH,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_history import (
    PAUSE,
    Asker,
    RunHistory,
    Told,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    MIGRATE,
    read_record,
    records,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry_counts import (
    THROTTLED,
    RetryCounts,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION


class Clock:
    """Seconds since 1970."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Run:
    """A run that is recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.retries = folder, Clock(), RetryCounts()
        self.history = RunHistory(self.retries, self.clock)
        self.returns: dict[str, Any] = {"changed": True, "objects": {"copied": 0}, "stopped": False}
        self.verdict = ""

    def judge(self) -> None:
        if self.verdict:
            raise MigrationError(self.verdict)

    def told(self) -> Told:
        return Told(
            MIGRATE,
            str(self.folder),
            Asker("chris@laptop", "2.18.1", "1a2b3c4d", 900.0),
            lambda: {"source": {"container": "users"}, "destination": {"container": "new"}},
            {"prune": True},
            lambda: {**self.returns, **self.history.result()},
            self.judge,
        )

    def record(self) -> dict[str, Any]:
        [path] = records(self.folder / "runs")
        return read_record(path)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def state(objects: int = 0, left: int | None = None) -> dict[str, Any]:
    return {
        "objects_done": objects,
        "bytes_copied": 10 * objects,
        "objects_failed": 1,
        "concurrency": 16,
        "seconds_left": left,
    }


def test_a_run_that_is_done_tells_all_of_it(run: Run) -> None:
    with run.history.recording(run.told()):
        run.history.sample(state())
        run.history.listed(1000)
        run.history.objects.add("a", MATCH, "copied", 1000, 0.5)
        run.history.worked("a", 1000, 0.5)
        run.retries.add(THROTTLED)
        run.clock.now += 4
        run.history.sample(state(1, left=2))
        run.returns["objects"]["copied"] = 1
        run.clock.now += 2.5
    record = run.record()
    assert {key: record[key] for key in ("kind", "what", "how", "message", "seconds")} == {
        "kind": "run",
        "what": "migrate",
        "how": "done",
        "message": "",
        "seconds": 6.5,
    }
    assert record["name"] == "20231114T221320Z-migrate-1a2b3c4d"
    assert record["begun"] == "2023-11-14T22:13:20.000+00:00"
    assert record["ended"] == record["written"] == "2023-11-14T22:13:26.500+00:00"
    assert record["asked_by"] == "chris@laptop"
    assert record["versions"]["collection"] == VERSION
    assert record["versions"]["ansible_core"] == "2.18.1"
    assert record["source"] == {"container": "users"}
    assert record["settings"] == {"prune": True}
    assert record["result"] == {"objects": {"copied": 1}, "stopped": False}
    assert record["rates"]["rows"] == [[0.0, 0, 0, 1, 0, 16, None], [4.0, 1, 10, 1, 1, 16, 2]]
    assert record["predicted"] == {"preflight": 900.0, "run": 6.0}
    assert record["retries"] == {**run.retries.by_reason, "throttled": 1}
    assert record["latencies"] == [{"below": 1, "objects": 1}]
    assert record["sizes"] == [{"below": 1024, "objects": 1}]
    assert record["slowest"] == [{"name": "a", "bytes": 1000, "seconds": 0.5}]
    assert record["list"]["lines"] == 1
    listed = Path(run.history.result()["objects_list"])
    assert [line["name"] for line in read_lines(listed)] == ["a"]
    assert listed.name == record["list"]["name"]


def test_one_that_is_killed_leaves_what_it_had_told_last(run: Run) -> None:
    killed = run.history.recording(run.told())
    killed.__enter__()
    assert (run.record()["how"], run.record()["ended"]) == ("unfinished", None)
    run.history.objects.add("a", MATCH, "copied", 1)
    run.clock.now += PAUSE / 2
    run.history.sample(state(1))
    assert run.record()["rates"]["rows"] == []
    run.clock.now += PAUSE / 2
    run.history.sample(state(2))
    record = run.record()
    assert record["how"] == "unfinished"
    assert [row[1] for row in record["rates"]["rows"]] == [1, 2]
    assert record["list"]["sha256"] is None
    listed = Path(run.history.result()["objects_list"])
    assert [line["name"] for line in read_lines(listed)] == ["a"]


def test_one_that_fails_tells_why(run: Run) -> None:
    with pytest.raises(MigrationError), run.history.recording(run.told()):
        raise MigrationError("the disk is full")
    assert (run.record()["how"], run.record()["message"]) == ("failed", "the disk is full.")


def test_one_that_came_to_its_end_and_fails_all_the_same_tells_why(run: Run) -> None:
    run.verdict = "3 objects were not copied"
    with run.history.recording(run.told()):
        pass
    assert (run.record()["how"], run.record()["message"]) == (
        "failed",
        "3 objects were not copied.",
    )


def test_one_that_is_stopped_is_not_failed(run: Run) -> None:
    with pytest.raises(MigrationError), run.history.recording(run.told()):
        run.returns["stopped"] = True
        raise MigrationError("stopped on request")
    assert run.record()["how"] == "stopped"


def test_of_any_other_error_only_its_kind_is_told(run: Run) -> None:
    with pytest.raises(KeyError), run.history.recording(run.told()):
        raise KeyError("secret")
    assert (run.record()["how"], run.record()["message"]) == ("failed", "KeyError")


def test_a_comparison_tells_what_is_not_equal(run: Run) -> None:
    with run.history.recording(run.told()):
        run.history.sample(
            {"objects_done": 7, "bytes_compared": 70, "objects_unequal": 2, "seconds_left": 0}
        )
    assert run.record()["rates"]["rows"] == [[0.0, 7, 70, 2, 0, None, 0]]


def test_what_is_looked_at_again_is_counted_anew(run: Run) -> None:
    with run.history.recording(run.told()):
        run.history.listed(1)
        run.history.objects.add("a", MATCH, "match", 1)
        run.history.begin_again()
        run.history.listed(1)
        run.history.objects.add("a", MATCH, "match", 1)
    assert run.record()["sizes"] == [{"below": 2, "objects": 1}]
    assert run.record()["list"]["lines"] == 1


def test_its_texts_steer_no_terminal(run: Run) -> None:
    run.verdict = "x"
    run.returns["failures"] = [{"name": "\x9b2J"}]
    with run.history.recording(run.told()):
        pass
    assert run.record()["result"]["failures"] == [{"name": "\\x9b2J"}]


def test_a_run_goes_on_without_a_record_and_says_so(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    (run.folder / "runs").write_text("a file")
    with caplog.at_level(logging.WARNING), run.history.recording(run.told()):
        run.history.objects.add("a", MATCH, "kept", 1)
        run.history.sample(state(1))
    assert "this run leaves no record" in caplog.text
    assert run.history.result() == {"record": "", "objects_list": ""}


def test_what_is_not_recorded_costs_no_file(run: Run) -> None:
    run.history.objects.add("a", MATCH, "kept", 1)
    run.history.sample(state(1))
    assert run.history.result() == {"record": "", "objects_list": ""}
    assert list(run.folder.iterdir()) == []
