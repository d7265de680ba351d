# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far a run is, as its counts tell."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.rate_estimate import (
    MAX_MARKS,
    Total,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
    Stage,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.progress import Progress
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bytes_in_flight import (
    BytesInFlight,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    OBJECT_COST,
)

LONG = "x" * 256


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Run:
    """A run that copies objects of one size, and the progress of it."""

    def __init__(self, total: Total, size: int = OBJECT_COST) -> None:
        self.report, self.clock, self.size = Report(), Clock(), size
        self.in_flight = BytesInFlight()
        self.progress = self.told(("old", "new"), total)

    def told(self, containers: tuple[str, str], total: Total) -> Progress:
        return Progress(self.report, containers, total, self.in_flight, lambda: 16, self.clock)

    def work(
        self, copied: int = 0, kept: int = 0, failed: int = 0, seconds: float = 0
    ) -> dict[str, Any]:
        entry = ListedObject("o", self.size, "h", "", "")
        for _number in range(kept):
            self.report.compared(Step(Action.KEEP, entry, entry))
        for kind, count in ((Kind.COPIED, copied), (Kind.FAILED, failed)):
            size = self.size if kind is Kind.COPIED else 0
            for _number in range(count):
                self.report.compared(Step(Action.COPY, entry))
                self.report.add(Action.COPY, Outcome(kind, "o", size))
        self.clock.now += seconds
        return self.progress.state()


def test_tells_counts_rates_and_the_seconds_left() -> None:
    run = Run(Total(100, 100 * OBJECT_COST))
    assert run.work() == {
        "containers": ["old", "new"],
        "process": os.getpid(),
        "phase": "listing",
        "objects_total": 100,
        "objects_compared": 0,
        "objects_done": 0,
        "objects_copied": 0,
        "objects_deleted": 0,
        "objects_failed": 0,
        "bytes_total": 100 * OBJECT_COST,
        "bytes_compared": 0,
        "bytes_copied": 0,
        "bytes_in_flight": 0,
        "objects_per_second": 0.0,
        "bytes_per_second": 0.0,
        "concurrency": 16,
        "started": 1000.0,
        "written": 1000.0,
        "seconds_left": None,
        "estimate_error": None,
        "done": False,
    }
    assert run.work(kept=10, seconds=2)["seconds_left"] is None  # too early to say
    state = run.work(copied=9, failed=1, seconds=2)
    assert state["phase"] == "copying"
    assert (state["objects_done"], state["objects_copied"], state["objects_failed"]) == (20, 9, 1)
    assert (state["bytes_copied"], state["bytes_compared"]) == (
        9 * OBJECT_COST,
        20 * OBJECT_COST,
    )
    assert (state["objects_per_second"], state["bytes_per_second"]) == (
        5.0,
        9 * OBJECT_COST / 4,
    )
    assert 15 <= state["seconds_left"] <= 17  # 80 objects at 5 a second
    assert (state["started"], state["written"]) == (1000.0, 1004.0)


def test_rates_are_those_of_the_last_half_minute() -> None:
    run = Run(Total(10**6, 10**6 * OBJECT_COST))
    run.work(kept=50_000, seconds=2)
    for _state in range(MAX_MARKS):
        state = run.work(copied=20, seconds=2)
    assert state["objects_per_second"] == 10.0
    before = state["seconds_left"]
    for _state in range(MAX_MARKS):
        state = run.work(copied=2, seconds=2)  # the time left may grow
    assert state["objects_per_second"] == 1.0
    assert state["seconds_left"] > 9 * before


def test_says_nothing_of_the_time_left_while_nothing_is_done_or_the_total_is_unknown() -> None:
    stuck = Run(Total(10, 10))
    unknown = Run(Total())
    for _state in range(5):
        still = stuck.work(seconds=2)
        moving = unknown.work(copied=1, seconds=2)
    assert (still["seconds_left"], still["objects_per_second"]) == (None, 0.0)
    assert (moving["seconds_left"], moving["objects_total"], moving["bytes_total"]) == (
        None,
        None,
        None,
    )


def test_a_total_is_never_less_than_what_was_seen() -> None:
    run = Run(Total(3, 30), size=20)  # the server is late with counting
    state = run.work(copied=5, seconds=2)
    assert (state["objects_total"], state["bytes_total"]) == (5, 100)


def test_bytes_of_large_objects_which_no_listing_shows_never_exceed_the_total() -> None:
    run = Run(Total(4, 80), size=20)
    run.work(kept=1, copied=2)
    run.report.enter(Stage.LARGE_OBJECTS)
    run.report.compared(Step(Action.COPY, ListedObject("large", 0, "h", "", "")))
    run.report.add_segment(1000)
    state = run.work(seconds=2)
    assert (state["bytes_copied"], state["bytes_total"]) == (1040, 1060)


@pytest.mark.parametrize("total", [Total(), Total(9, 900)])
def test_once_the_listing_has_been_read_it_is_the_total(total: Total) -> None:
    run = Run(total, size=20)
    assert run.work(copied=5)["objects_total"] == total.objects
    run.report.enter(Stage.LARGE_OBJECTS)
    state = run.work()
    assert (state["objects_total"], state["bytes_total"]) == (5, 100)


def test_bytes_of_a_large_object_count_as_its_segments_arrive_and_only_once() -> None:
    run = Run(Total(3, 3 * OBJECT_COST), size=100)
    run.work(copied=2, seconds=2)
    run.report.enter(Stage.LARGE_OBJECTS)
    run.report.add_segment(500)
    state = run.work(seconds=2)
    assert (state["phase"], state["bytes_copied"]) == ("large objects", 700)
    run.report.add(Action.COPY, Outcome(Kind.COPIED, "large", 500), is_large=True)
    run.report.enter(Stage.POSTPONED)
    run.report.add(Action.COPY, Outcome(Kind.COPIED, "postponed", 100))
    state = run.work(seconds=2)
    assert (state["phase"], state["bytes_copied"]) == ("postponed objects", 800)


def test_bytes_of_a_large_body_count_as_they_come_and_only_once() -> None:
    run = Run(Total(1, 100), size=100)
    run.work(seconds=2)
    with run.in_flight.body() as came:
        came(60)
        state = run.work(seconds=2)
        assert (state["phase"], state["bytes_copied"]) == ("copying", 60)
        assert state["bytes_in_flight"] == 60
        assert (state["objects_done"], state["bytes_per_second"]) == (0, 30.0)
    state = run.work(copied=1, seconds=2)
    assert (state["objects_done"], state["bytes_copied"]) == (1, 100)


def test_bytes_that_came_in_vain_do_not_count_and_no_rate_is_negative() -> None:
    run = Run(Total(1, 100), size=100)
    with run.in_flight.body() as came:
        came(60)
        run.work(seconds=2)
    state = run.work(seconds=2)
    assert (state["bytes_copied"], state["bytes_per_second"]) == (0, 0.0)
    assert state["seconds_left"] is None


def test_the_end_tells_how_wrong_the_estimates_were() -> None:
    run = Run(Total(100, 100 * OBJECT_COST))
    run.work()
    for _state in range(2):
        told = run.work(copied=20, seconds=2)
    assert (told["seconds_left"], told["estimate_error"]) == (6, None)  # at 1004: it ends at 1010
    run.work(copied=20, seconds=2)  # at 1006: likewise
    run.clock.now += 10
    state = run.progress.state(done=True)
    assert (state["written"], state["estimate_error"]) == (1016.0, 6.0)


def test_what_fails_twice_does_not_exceed_the_total() -> None:
    run = Run(Total(2, 200), size=100)
    run.work(copied=1, kept=1)
    run.report.enter(Stage.DELETING)
    run.report.add(Action.DELETE, Outcome(Kind.FAILED, "extra"))
    state = run.work()
    assert (state["objects_done"], state["objects_total"], state["objects_failed"]) == (2, 2, 1)


def test_only_the_end_of_a_run_that_lacks_objects_is_a_failure() -> None:
    run = Run(Total(2, 200), size=100)
    assert "failed" not in run.work(copied=1)
    assert run.progress.state(done=True)["failed"] is False
    assert "failed" not in run.work(failed=1)
    assert run.progress.state(done=True)["failed"] is True


def test_a_state_is_small() -> None:
    run = Run(Total(10**12, 10**18))
    run.progress = run.told((LONG, LONG), Total(10**12, 10**18))
    assert len(json.dumps(run.work(copied=1, seconds=2))) < 2048
