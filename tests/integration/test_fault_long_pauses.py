# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when a server says no for long: to some objects for hours, or to everybody for a while."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from tests.integration.faulty import Faulty, asks
from tests.integration.pair import counts, fill
from tests.servers import Lab
from tests.servers.access_log import Target
from tests.servers.faults import Call, Hold, Status

NUMBER = 200
REFUSED = frozenset(f"data/{index:04}" for index in range(20))
HOURS = {"Retry-After": "14400"}
AT_ONCE = 16
"""Objects that a run begins with."""


@pytest.mark.parametrize(
    ("side", "method", "status"),
    [("source", "GET", 429), ("destination", "PUT", 503)],
    ids=["source", "destination"],
)
def test_objects_that_are_refused_for_hours_hold_nobody_up_and_are_named(
    faulty: Faulty, tmp_path: Path, side: str, method: str, status: int
) -> None:
    fill(faulty, NUMBER)
    report = tmp_path / "report"
    refuse = faulty.side(side).inject(
        Status(status, HOURS),
        lambda asked: asks(method)(asked) and asked.name in REFUSED,
        times=None,
    )
    result = faulty.sync(report=str(report))
    assert result["failed"]
    assert f"{len(REFUSED)} objects were not copied" in result["msg"]
    assert f"{side} answered {status} to {method}" in result["msg"]
    assert "asks to be asked again after 14,400 seconds" in result["msg"]
    assert set(faulty.names()) == {f"data/{index:04}" for index in range(NUMBER)} - REFUSED
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert {line["name"] for line in lines if line["outcome"] == "failed"} == REFUSED
    # Once in its turn, and once when all others are done.
    assert refuse.injected == 2 * len(REFUSED)
    assert result["seconds"] < 15
    refuse.times = 0
    assert counts(faulty.sync())["copied"] == len(REFUSED)
    assert faulty.differences() == []


def test_a_server_that_refuses_everybody_is_asked_for_little(faulty: Faulty) -> None:
    fill(faulty, NUMBER)
    pause = 11
    begun = threading.Event()
    ended: list[float] = []

    def is_busy(asked: Target) -> bool:
        if not asks("GET")(asked):
            return False
        if not begun.is_set():
            begun.set()
            ended.append(time.monotonic() + 3)
        return time.monotonic() < ended[0]

    busy = faulty.here.inject(Status(429, {"Retry-After": str(pause)}), is_busy, times=None)
    result = faulty.sync()
    assert counts(result) == {"copied": NUMBER}
    assert result["seconds"] > pause
    free = 64  # what may be postponed whatever becomes of the others
    assert AT_ONCE <= busy.injected <= free + AT_ONCE
    assert faulty.differences() == []


@pytest.mark.own_lab
def test_all_who_wait_for_a_server_go_on_within_seconds_when_it_is_back(
    faulty: Faulty, lab: Lab
) -> None:
    away, seconds = 8.0, 5.0
    fill(faulty, 2 * AT_ONCE, size=10)
    reached, stopped = threading.Event(), threading.Event()
    copied: list[float] = []
    faulty.here.inject(Call(function=reached.set), asks("GET"), skip=AT_ONCE)
    # Each thread has an object to put when the server is away.
    held = faulty.here.inject(
        Hold("answer", until=stopped.is_set), asks("GET"), skip=AT_ONCE, times=None
    )
    faulty.there.inject(
        Call("answer", function=lambda: copied.append(time.monotonic())), asks("PUT"), times=None
    )
    back: list[float] = []

    def restart() -> None:
        try:
            assert reached.wait(60)
            with lab.without("destination-proxy"):
                stopped.set()
                time.sleep(away)
            back.append(time.monotonic())
        finally:
            stopped.set()

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        assert counts(faulty.sync(concurrency=AT_ONCE)) == {"copied": 2 * AT_ONCE}
    finally:
        reached.set()
        restarting.join()
    assert held.injected >= AT_ONCE
    assert max(copied) - back[0] < seconds
    assert faulty.differences() == []
