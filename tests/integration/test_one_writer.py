# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One migration has one writer, from whatever mover and state directory it works."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import HEADER

from tests.integration.conftest import Options, RunModule
from tests.integration.pair import Pair, counts, fill

OBJECTS = 60
SLOW = {"requests_per_second": 4, "concurrency": 2}
PHASE = "X-Container-Meta-Migration-Phase"

Enter = Callable[[str], dict[str, Any]]
Start = Callable[..., "Future[dict[str, Any]]"]


@pytest.fixture
def start(pair: Pair) -> Start:
    """Begin a run from a state directory of its own."""
    pool = ThreadPoolExecutor()

    def begin(state: Path, **options: Any) -> Future[dict[str, Any]]:
        return pool.submit(pair.sync, state_dir=str(state), **options)

    return begin


@pytest.fixture
def enter(pair: Pair, source: Options, destination: Options, run_module: RunModule) -> Enter:
    """Enter a phase."""

    def change(phase: str) -> dict[str, Any]:
        sides = {"source": source, "destination": destination}
        pair_options = {side: {**login, "container": pair.name} for side, login in sides.items()}
        return run_module("migration_phase", {**pair_options, "phase": phase})

    return change


def lease(pair: Pair) -> str:
    return str(pair.destination.head(pair.name).get(HEADER, ""))


def wait_until_copied(pair: Pair, number: int) -> None:
    deadline = time.monotonic() + 60
    while len(pair.names()) < number:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_of_two_runs_with_prune_that_begin_together_one_is_refused_and_nothing_is_lost(
    pair: Pair, start: Start, tmp_path: Path
) -> None:
    assert counts(pair.sync()) == {}  # what the destination had before would stay
    fill(pair, OBJECTS)  # long enough for the second to see that the first one lives
    pair.destination.put(pair.name, "extra", b"1")
    options = {"prune": True, "max_delete": "100%", **SLOW}
    both = [start(tmp_path / name, **options) for name in ("one", "two")]
    results = [each.result(120) for each in both]
    [refused] = [result for result in results if result.get("failed")]
    [done] = [result for result in results if not result.get("failed")]
    assert "another run writes to container" in refused["msg"]
    assert "swift_sync on" in refused["msg"]
    assert counts(done)["deleted"] == 1
    assert pair.differences() == []
    assert lease(pair) == ""


def test_a_first_run_reads_listings_while_it_takes_the_lease_and_copies_when_it_has_it(
    pair: Pair,
) -> None:
    fill(pair, 3)
    log = pair.lab.access_log("destination")
    mark = log.mark()
    assert counts(pair.sync()) == {"copied": 3}
    asked = [(each.method, bool(each.name)) for each in log.requests(mark, pair.name)]
    first = asked.index(("PUT", True))
    *claims, phase = [at for at in range(first) if asked[at] == ("POST", False)]
    assert claims
    assert asked.index(("GET", False)) < phase


def test_a_phase_is_not_entered_while_a_run_writes(
    pair: Pair, start: Start, enter: Enter, tmp_path: Path
) -> None:
    fill(pair, OBJECTS)
    copying = start(tmp_path / "one", **SLOW)
    wait_until_copied(pair, 1)
    refused = enter("frozen")
    assert refused["failed"]
    assert "another run writes" in refused["msg"]
    assert counts(copying.result(120)) == {"copied": OBJECTS}
    assert enter("frozen")["phase"] == "frozen"


def test_a_run_whose_destination_is_in_use_meanwhile_ends_within_seconds_and_writes_no_more(
    pair: Pair, start: Start, tmp_path: Path
) -> None:
    fill(pair, OBJECTS)
    copying = start(tmp_path / "one", **SLOW)
    wait_until_copied(pair, 1)
    pair.destination._call("POST", pair.name, headers={PHASE: "cut-over"})
    ended = copying.result(10)
    assert ended["failed"]
    assert f"container '{pair.name}' is in use since its cutover" in ended["msg"]
    names = pair.names()
    assert len(names) < OBJECTS
    time.sleep(2)
    assert pair.names() == names


def process_in(state: Path) -> int:
    """The process that holds the lock of a state directory."""
    [lock] = state.glob("*.lock")
    return int(lock.read_text())


def test_a_run_that_is_told_to_end_finishes_what_is_under_way_and_gives_the_lease_back(
    pair: Pair, tmp_path: Path, start: Start
) -> None:
    fill(pair, OBJECTS)
    state = tmp_path / "one"
    told = start(state, **SLOW)
    wait_until_copied(pair, 1)
    os.kill(process_in(state), signal.SIGTERM)
    ended = told.result(30)
    assert ended["failed"]
    assert ended["msg"].startswith("this process was told to end (SIGTERM). What was under way")
    assert 0 < ended["objects"]["copied"] == len(pair.names()) < OBJECTS, ended
    assert lease(pair) == ""
    assert not pair.sync(state_dir=str(state)).get("failed")
    assert pair.differences() == []


def test_a_run_that_was_killed_holds_nobody_up_in_its_own_place(
    pair: Pair, tmp_path: Path, start: Start
) -> None:
    fill(pair, OBJECTS)
    state = tmp_path / "one"
    killed = start(state, **SLOW)
    wait_until_copied(pair, 1)
    os.kill(process_in(state), signal.SIGKILL)
    with pytest.raises(json.JSONDecodeError):  # it has no result
        killed.result(30)
    assert lease(pair) != ""
    begun = time.monotonic()
    assert not pair.sync(state_dir=str(state)).get("failed")
    assert time.monotonic() - begun < 20
    assert pair.differences() == []
    assert lease(pair) == ""
