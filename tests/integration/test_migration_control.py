# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A copy, a way back and a comparison are limited, paused, resumed and stopped while they go on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import PLUGINS, Options, RunModule, environment, run
from tests.integration.pair import Pair, fill, next_second

OBJECTS = 40
SECONDS = 5.0
"""In which a run has to do what it is asked."""

QUIET = 1.0
LONG = 20.0
SOON = 8.0
"""Seconds until a border of a timetable."""


@dataclass
class Work:
    """A module that works on a pair of containers, and those who ask it.

    :param side: whose server it is limited at.
    """

    module: str
    side: str
    pair: Pair
    params: Options
    run_module: RunModule
    state_dir: Path
    pool: ThreadPoolExecutor

    def start(self, requests: float) -> Future[dict[str, Any]]:
        """Begin, and return when it has begun to work."""
        begun = time.time()
        given = {"requests_per_second": requests, "progress_interval": 5}
        running = self.pool.submit(self.run_module, self.module, {**self.params, **given})
        while not self._works(begun):
            assert not running.done(), running.result()
            time.sleep(0.1)
        return running

    def _works(self, begun: float) -> bool:
        """Whether a run that began after a moment has done something."""
        told = self.told
        if told.get("started", 0) < begun or told["objects_done"] < 2:
            return False
        return bool(self.lease) or self.module == "swift_compare"

    @property
    def told(self) -> dict[str, Any]:
        """What it tells of itself."""
        suffix = "comparison" if self.module == "swift_compare" else "progress"
        for path in self.state_dir.glob(f"*.{suffix}"):
            found: dict[str, Any] = json.loads(path.read_text())
            if found["what"] == self.module:
                return found
        return {}

    def ask(self, **wish: Any) -> dict[str, Any]:
        """Ask, and give what it told when it had heard."""
        begun = time.monotonic()
        result = self.control(**wish)
        assert not result.get("failed"), result["msg"]
        assert time.monotonic() - begun < SECONDS
        assert re.fullmatch(r"\d\d:\d\d \w+", result["clock"])
        [run] = result["runs"]
        assert run["what"] == self.module
        return dict(run)

    def control(self, **wish: Any) -> dict[str, Any]:
        names = {"source": self.pair.name, "destination": self.pair.name}
        given = {**names, "state_dir": str(self.state_dir), **wish}
        return self.run_module("migration_control", given)

    def requests(self, seconds: float) -> int:
        """How many requests for objects the server gets in so many seconds."""
        log = self.pair.lab.access_log(self.side)
        mark = log.mark()
        time.sleep(seconds)
        return len(log.object_requests(mark, self.pair.name))

    @property
    def lease(self) -> str:
        """What the migration says of who writes."""
        headers = self.pair.destination.head(self.pair.name)
        return str(headers.get("x-container-meta-migration-lease", ""))


@pytest.fixture(params=["swift_sync", "swift_rollback", "swift_compare"])
def work(
    request: pytest.FixtureRequest,
    pair: Pair,
    source: Options,
    destination: Options,
    run_module: RunModule,
    tmp_path: Path,
) -> Iterator[Work]:
    module, state_dir = request.param, tmp_path / "state"
    params = {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
        "state_dir": str(state_dir),
    }
    with pair.earlier():
        fill(pair, OBJECTS if module != "swift_rollback" else 2)
    if module != "swift_sync":
        pair.sync()
    if module == "swift_rollback":
        next_second()
        for phase in ("frozen", "verified", "cut-over"):
            moved = run_module("migration_phase", {**_pair_of(params), "phase": phase})
            assert not moved.get("failed"), moved["msg"]
        for number in range(OBJECTS):
            pair.destination.put(pair.name, f"new/{number}", b"new")
    if module == "swift_compare":
        params |= {"level": "content", "sample": "100%", "proof": str(tmp_path / "proof.json")}
    side = "destination" if module == "swift_rollback" else "source"
    with ThreadPoolExecutor(1) as pool:
        made = Work(module, side, pair, params, run_module, state_dir, pool)
        yield made
        made.control(stop=True)  # a test that fails leaves a run that waits


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def _pair_of(params: Options) -> Options:
    return {side: params[side] for side in ("source", "destination")}


def test_it_is_limited_paused_and_stopped_and_the_next_run_is_resumed(work: Work) -> None:
    running = work.start(requests=4)
    work.ask(requests_per_second=2)
    assert work.requests(2.0) <= 2 * 2.0 + 1
    assert work.ask(pause=True)["goes_on"]
    work.requests(0.3)  # what had been sent already
    assert work.requests(QUIET) == 0
    begun = time.monotonic()
    stopped = work.ask(stop=True)
    assert (stopped["stopped"], stopped["goes_on"], stopped["paused"]) == (True, False, None)
    result = running.result(SECONDS)
    assert time.monotonic() - begun < SECONDS
    assert (result["failed"], result["stopped"]) == (True, True)
    assert result["msg"].startswith("stopped on request.")

    if work.module == "swift_compare":
        proof = json.loads(Path(work.params["proof"]).read_text())
        assert (proof["equal"], proof["problem"]) == (False, result["msg"])

    running = work.start(requests=4)
    work.ask(pause=True)
    until(lambda: work.told["paused"])
    lease = work.lease
    assert bool(lease) == (work.module != "swift_compare")
    if lease:
        until(lambda: work.lease != lease)  # it is renewed
    work.ask(pause=False, requests_per_second=0)
    result = running.result(30)
    assert not result.get("failed"), result["msg"]
    assert work.pair.differences() == []


def test_a_run_keeps_to_its_timetable_by_the_clock_of_its_host(
    pair: Pair, source: Options, destination: Options, tmp_path: Path
) -> None:
    with pair.earlier():
        fill(pair, OBJECTS)
    params = {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
        "state_dir": str(tmp_path / "state"),
        "requests_per_second": 1,
        "timetable": {"08:00-18:00": {"requests_per_second": 0}},
    }
    border = time.time() + SOON
    env = {**environment(tmp_path), "TZ": zone(border, 8 * 3600)}

    def start(name: str, arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", f"{PLUGINS}.modules.{name}"]
        return subprocess.run(
            command, input=arguments, env=env, capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, start, tmp_path, "swift_sync", params)
        time.sleep(border - time.time() - 1)
        [path] = (tmp_path / "state").glob("*.progress")
        told = json.loads(path.read_text())
        assert (told["requests_per_second"], told["limits_until"]) == (1, "08:00 TST")
        assert not running.done()
        result = running.result(LONG)
    assert time.time() - border < SECONDS
    assert result["objects"]["copied"] == OBJECTS
    assert json.loads(path.read_text())["limits_until"] == "18:00 TST"


def zone(moment: float, seconds: int) -> str:
    """A time zone in which so many seconds of the day have passed at a moment."""
    ahead = round(seconds - moment) % 86400
    return f"TST-{ahead // 3600:02}:{ahead // 60 % 60:02}:{ahead % 60:02}"
