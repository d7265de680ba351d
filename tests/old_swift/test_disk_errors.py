# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Swift's own defaults on one disk: after ten errors its proxy answers 503 for a minute."""

from __future__ import annotations

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    START,
)

from tests.integration.faulty import Faulty, asks
from tests.integration.pair import counts, fill
from tests.servers import Lab
from tests.servers.faults import Call

OBJECTS = 60
MINUTE = 60
PAUSE = 2.0


@pytest.mark.own_lab
def test_the_minute_is_waited_for_told_as_it_is_and_costs_no_object(
    faulty: Faulty, lab: Lab, tmp_path: Path
) -> None:
    fill(faulty, OBJECTS)
    away = faulty.here.inject(
        Call(function=lambda: lab.restart("source-object")), asks("GET"), skip=20
    )
    log = lab.access_log("source")
    mark, began = log.mark(), time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(faulty.sync)
        told = states(run, tmp_path / "state")
    assert counts(run.result()) == {"copied": OBJECTS}
    assert time.monotonic() - began > MINUTE - 10
    assert away.injected == 1
    assert sum(request.status == 503 for request in log.object_requests(mark)) > 10

    waiting = [state for state in told if 0 < state["objects_done"] < OBJECTS]
    assert waiting[-1]["written"] - waiting[0]["written"] > MINUTE - 20
    assert {(state["objects_failed"], state["done"]) for state in waiting} == {(0, False)}
    assert min(state["concurrency"] for state in waiting) < START
    assert faulty.differences() == []
    assert counts(faulty.sync()) == {"kept": OBJECTS}


def states(run: Future[Any], folder: Path) -> list[dict[str, Any]]:
    """What the file of a run's progress tells until it ends."""
    told = []
    while not run.done():
        told += [json.loads(path.read_text()) for path in folder.glob("*.progress")]
        time.sleep(PAUSE)
    return told
