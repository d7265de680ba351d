# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far a comparison is, as its proof tells."""

from __future__ import annotations

import json
import os

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Fingerprint,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.progress import (
    ComparisonProgress,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.proof import (
    FAULTS,
    Proof,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.rate_estimate import (
    Total,
)

SIZE = 65536
LONG = "x" * 256


class Comparison:
    """A comparison of objects of one size, whose clock goes on when it is told to."""

    def __init__(self, total: Total) -> None:
        self.now = 1000.0
        self.proof = Proof({})
        self.progress = ComparisonProgress(self.proof, ("old", "new"), total, lambda: self.now)

    def add(self, number: int, verdict: Verdict = Verdict.MATCH, seconds: float = 2) -> None:
        one = Fingerprint(SIZE, "md5")
        for _index in range(number):
            self.proof.add(Finding(verdict, "o", (), one, one))
        self.now += seconds


def test_tells_counts_rates_and_the_seconds_left() -> None:
    run = Comparison(Total(100, 100 * SIZE))
    assert run.progress.state() == {
        "containers": ["old", "new"],
        "process": os.getpid(),
        "phase": "comparing",
        "objects_total": 100,
        "objects_done": 0,
        "objects_unequal": 0,
        "bytes_total": 100 * SIZE,
        "bytes_compared": 0,
        "objects_per_second": 0.0,
        "started": 1000.0,
        "written": 1000.0,
        "seconds_left": None,
        "estimate_error": None,
        "done": False,
    }
    run.add(10)
    assert run.progress.state()["seconds_left"] is None  # too early to say
    run.add(8)
    run.add(2, Verdict.DIFFER, seconds=0)
    state = run.progress.state()
    assert (state["objects_done"], state["objects_unequal"]) == (20, 2)
    assert (state["objects_per_second"], state["seconds_left"]) == (5.0, 16)


def test_the_end_tells_how_wrong_the_estimates_were() -> None:
    run = Comparison(Total(100, 100 * SIZE))
    run.progress.state()
    for _state in range(2):
        run.add(20)
        told = run.progress.state()
    assert (told["seconds_left"], told["estimate_error"]) == (6, None)  # at 1004
    run.now += 10
    assert run.progress.state(done=True)["estimate_error"] == 4.0


def test_only_the_end_of_a_comparison_that_proves_nothing_is_a_failure() -> None:
    run = Comparison(Total(2, 2 * SIZE))
    run.add(2)
    assert "failed" not in run.progress.state()
    assert run.progress.state(done=True)["failed"] is True  # it broke off
    run.proof.done = True
    assert run.progress.state(done=True)["failed"] is False
    run.add(1, Verdict.DIFFER)
    assert run.progress.state(done=True)["failed"] is True


def test_what_does_not_count_is_not_unequal() -> None:
    run = Comparison(Total(9, 9 * SIZE))
    run.add(3, Verdict.GONE)
    run.add(3, Verdict.WRITTEN)
    run.add(2, Verdict.MISSING)
    run.proof = Proof({}, FAULTS - {Verdict.EXTRA})
    progress = ComparisonProgress(run.proof, ("old", "new"), Total())
    run.add(3, Verdict.EXTRA)
    assert progress.state()["objects_unequal"] == 0
    assert run.progress.state()["objects_unequal"] == 2


def test_objects_looked_at_after_the_listings_are_work_too() -> None:
    run = Comparison(Total())
    run.add(10)
    run.progress.state()
    assert run.progress.state()["objects_total"] is None
    run.proof.sample_size = 4
    for _index in range(2):
        run.proof.correct(Finding(Verdict.MATCH, "o"))
    run.now += 2
    state = run.progress.state()
    assert (state["phase"], state["objects_done"], state["objects_total"]) == ("sample", 12, 14)
    assert state["seconds_left"] == 2


def test_what_a_share_takes_closer_is_not_counted_twice() -> None:
    run = Comparison(Total(10, 10 * SIZE))
    run.proof.sampled = 5
    run.add(5)
    assert run.progress.state()["objects_done"] == 5


def test_a_state_is_small() -> None:
    proof = Proof({})
    progress = ComparisonProgress(proof, (LONG, LONG), Total(10**12, 10**18))
    assert len(json.dumps(progress.state())) < 2048
