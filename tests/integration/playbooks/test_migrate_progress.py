# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a user sees while the objects are copied and compared."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import (
    Controller,
    finish,
    kill,
    objects_in,
    read_until,
)
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("warm_modules")

OBJECTS = 200
MIB = 1 << 20
SLOW = {"migrate_data_requests_per_second": 20, "migrate_data_progress_interval": 0.5}
LINE = re.compile(
    r"^\[localhost\] (waiting for an earlier run: )?(?:listing: |large objects: )?"
    r"([\d,]+) of ([\d,]+) objects, .*$"
)
COMPARED = rf"^\[localhost\] (\d+) of {OBJECTS} objects compared, \d+ objects/s"


class Seen(NamedTuple):
    """One line about how far a run is."""

    text: str
    waiting: bool
    done: int
    total: int


def seen(output: str) -> list[Seen]:
    return [
        Seen(line[0], bool(line[1]), *(int(line[n].replace(",", "")) for n in (2, 3)))
        for line in map(LINE.match, output.splitlines())
        if line
    ]


def test_a_run_tells_how_far_it_is_and_one_without_work_asks_for_no_object(
    lab: Lab,
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    secrets: re.Pattern[bytes],
) -> None:
    fill(OBJECTS)
    first = controller.run("-v", **SLOW)
    assert first.status == 0, first.output
    lines = seen(first.output)
    assert len(lines) >= 3, first.output
    assert all(0 <= line.done <= line.total == OBJECTS and not line.waiting for line in lines)
    assert lines == sorted(lines, key=lambda line: line.done)
    assert lines[-1].done > 0
    assert re.search(r"[1-9][\d.]* \wiB copied, \d+ objects/s, [\d.]+ \wiB/s", lines[-1].text)
    assert any(re.search(r", about \d+ s left$", line.text) for line in lines)
    wrong = r"the times told to be left were wrong by \d+ s on average, \d+ % of the \d+ s "
    assert re.search(rf"^\[localhost\] {wrong}", first.output, re.MULTILINE)
    assert first.result("Copy the objects")["objects"]["copied"] == OBJECTS

    [path] = (controller.home / "state").glob("*.progress")
    state = json.loads(path.read_text())
    assert state["containers"] == [container, f"{container}-new"]
    assert (state["objects_done"], state["objects_copied"], state["done"]) == (
        OBJECTS,
        OBJECTS,
        True,
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert controller.traces(secrets) == []

    logs = [lab.access_log("source"), lab.access_log("destination")]
    marks = [log.mark() for log in logs]
    second = controller.run(**SLOW)
    assert (second.status, second.changed) == (0, 0), second.output
    for log, mark in zip(logs, marks, strict=True):
        assert log.object_requests(mark, container) == []

    proved = controller.run(playbook="playbooks/verify.yml", migrate_data_sample="100%", **SLOW)
    assert proved.status == 0, proved.output
    compared = [int(done) for done in re.findall(COMPARED, proved.output, re.MULTILINE)]
    assert len(compared) >= 2, proved.output
    assert compared == sorted(compared)


def test_bytes_of_a_large_object_are_told_while_they_come(
    container: str,
    controller: Controller,
    source_client: Client,
    compare: Callable[[], Verification],
) -> None:
    source_client.put_container(container)
    source_client.put(container, "large", bytes(8 * MIB))
    run = controller.run(migrate_data_progress_interval=0.5, migrate_data_bandwidth_limit=MIB)
    assert run.status == 0, run.output
    lines = [line for line in seen(run.output) if line.done == 0]
    copied = [
        float(size) for line in lines for size in re.findall(r"([\d.]+) MiB copied", line.text)
    ]
    assert len(copied) >= 3, run.output
    assert copied == sorted(copied)
    assert 0 < copied[0] < copied[-1] <= 8  # all has come before the PUT is answered
    compared = compare()
    assert (compared.objects, compared.differences) == (1, [])


def test_a_run_whose_controller_died_goes_on_and_the_next_one_waits_for_it_and_shows_it(
    container: str,
    controller: Controller,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    destination_client: Client,
) -> None:
    fill(OBJECTS)
    slow = SLOW | {"migrate_data_requests_per_second": 2}
    process = controller.with_real_python().start(**slow)
    while objects_in(destination_client, f"{container}-new") < 3:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    copied = objects_in(destination_client, f"{container}-new")

    next_ = controller.start("-v", migrate_data_progress_interval=0.5)
    before = read_until(
        next_,
        lambda line: any(each.waiting and copied < each.done < each.total for each in seen(line)),
    )
    kill([json.loads(file.read_text())["process"] for file in files(controller)])
    finished = finish(next_, before)
    assert finished.status == 0, finished.output
    done = finished.result("Copy the objects")["objects"]
    assert copied < done["kept"] < OBJECTS
    assert done["kept"] + done["copied"] == OBJECTS
    compared = compare()
    assert (compared.objects, compared.differences) == (OBJECTS, [])


def test_check_mode_and_silence_show_nothing(
    controller: Controller, fill: Callable[[int], Uploaded]
) -> None:
    fill(60)
    slow: dict[str, Any] = SLOW | {"migrate_data_requests_per_second": 15}
    check = controller.run("--check", "-v", **slow)
    assert check.status == 0, check.output
    assert seen(check.output) == []
    assert not files(controller)

    silent = controller.run("-v", **slow | {"migrate_data_progress_interval": 0})
    assert silent.status == 0, silent.output
    assert silent.result("Copy the objects")["objects"]["copied"] == 60
    assert seen(silent.output) == []
    assert not files(controller)


def files(controller: Controller) -> list[Path]:
    return list((controller.home / "state").glob("*.progress*"))
