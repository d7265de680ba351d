# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What goes on is stopped, and given other limits, from another controller."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import Controller, Run, finish
from tests.integration.playbooks.test_status import STATUS, told
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

OBJECTS = 500
STOP, LIMITS = "playbooks/stop.yml", "playbooks/limits.yml"
SLOW, FAST = 2, 12
"""Requests a second."""


def state(controller: Controller, suffix: str = "progress") -> dict[str, Any]:
    """What the progress file says; nothing while there is none."""
    for path in (controller.home / "state").glob(f"*.{suffix}"):
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    return {}


def limit(controller: Controller, requests: float) -> Run:
    run = controller.run(playbook=LIMITS, migrate_data_requests_per_second=requests)
    assert run.status == 0, run.output
    assert (
        f"swift_sync limited to 64 objects at once, any bandwidth, {requests} requests/s."
        in run.output
    )
    return run


def test_a_copy_is_slowed_down_sped_up_stopped_and_goes_on(
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
) -> None:
    fill(OBJECTS)
    log = lab.access_log("source")

    def rate() -> float:
        """Requests a second that the source gets within some seconds."""
        mark, begun = log.mark(), time.monotonic()
        time.sleep(4)
        return len(log.requests(mark, container)) / (time.monotonic() - begun)

    copying = controller.start("-v", migrate_data_requests_per_second=4)
    while state(controller).get("objects_done", 0) < 3:
        assert copying.poll() is None, copying.communicate()[0]
        time.sleep(0.2)

    lines = told(controller.run(playbook=STATUS))
    assert lines["swift_sync"].startswith("goes on: ")
    assert lines["writes"].startswith("swift_sync on ")
    assert lines["next"].startswith("swift_sync goes on. To look again, type `")

    limit(controller, SLOW)
    assert rate() < SLOW * 1.5
    limit(controller, FAST)
    assert rate() > SLOW * 2
    limit(controller, 3)

    stopped = controller.run(playbook=STOP)
    assert (stopped.status, stopped.changed) == (0, 1), stopped.output
    assert "swift_sync stopped after " in stopped.output
    ended = finish(copying, "")
    assert ended.status != 0
    [error] = ended.errors
    assert error.startswith("stopped on request. What was under way was finished")
    assert '"stopped": true' in ended.output
    copied = state(controller)["objects_copied"]
    assert 0 < copied < OBJECTS
    lines = told(controller.run(playbook=STATUS))
    assert lines["swift_sync"].startswith("was stopped at ")
    assert lines["writes"] == "nobody"
    again = controller.run(playbook=STOP)
    assert (again.status, again.changed) == (0, 0)
    assert "Nothing copies or compares here." in again.output

    rest = controller.run("-v")
    assert rest.status == 0, rest.output
    assert rest.result("Copy the objects")["objects"]["copied"] == OBJECTS - copied
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])


def test_a_comparison_is_stopped_and_leaves_no_proof(
    controller: Controller, fill: Callable[[int], Uploaded]
) -> None:
    fill(60)
    assert controller.run().status == 0
    comparing = controller.start(
        playbook="playbooks/verify.yml",
        migrate_data_sample="100%",
        migrate_data_requests_per_second=2,
    )
    while state(controller, "comparison").get("objects_done", 0) < 2:
        assert comparing.poll() is None, comparing.communicate()[0]
        time.sleep(0.2)
    assert controller.run(playbook=STOP).status == 0
    ended = finish(comparing, "")
    assert ended.status != 0
    assert ended.errors[0].startswith("stopped on request.")
    proof = json.loads((controller.home / "proof.json").read_text())
    assert proof["equal"] is False
    assert proof["problem"].startswith("stopped on request.")
