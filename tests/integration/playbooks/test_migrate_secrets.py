# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Secrets stay where they were put: not in the output, in a file or in the process list."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.dataset.upload import Uploaded
from tests.integration.playbooks.controller import (
    MODULES,
    Controller,
    descendants,
    destination_login,
    kill,
)
from tests.servers import Lab

pytestmark = pytest.mark.security


def test_no_secret_is_shown_or_left_anywhere(
    controller: Controller,
    fill: Callable[[int], Uploaded],
    secrets: re.Pattern[bytes],
    odd_login: dict[str, Any],
) -> None:
    fill(20)
    expected = {"first_copy": {"seconds": 1.9}}
    report = controller.home / "preflight.json"
    report.write_text(json.dumps({"forecast": expected}))
    process = controller.start("-vvv", "--diff", swift_migration_destination=odd_login)
    stop, seen, transferred = Event(), set[bytes](), set[str]()
    watcher = Thread(target=watch, args=(controller, process.pid, stop, seen, transferred))
    watcher.start()
    output, _errors = process.communicate()
    stop.set()
    watcher.join()
    assert process.returncode == 0, output
    assert any(b"ansible-playbook" in line for line in seen)
    assert any(line.startswith(sys.prefix.encode()) for line in seen)  # the modules
    assert [line for line in seen if secrets.search(line)] == []
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in output
    assert secrets.findall(output.encode()) == []
    assert (controller.home / "report.json").exists()
    kept = list((controller.home / ".local/state/fnndsc.swift_migration/history").iterdir())
    assert sorted(path.name.partition(".")[2] for path in kept) == ["json", "jsonl.gz"]
    assert all(f"{path}" in output for path in kept)
    [record] = [json.loads(path.read_text()) for path in kept if path.suffix == ".json"]
    assert record["predicted"]["preflight"] == 1.9
    assert controller.traces(secrets) == []
    assert transferred & MODULES == set()


def test_what_goes_over_the_disk_would_be_seen(
    controller: Controller, secrets: re.Pattern[bytes]
) -> None:
    process = controller.start("--extra-vars=ansible_pipelining=false")
    while not controller.transferred() & MODULES:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)
    kill(descendants(process.pid))
    process.wait()
    assert controller.traces(secrets) != []


def test_a_failed_login_shows_no_secret(
    lab: Lab, controller: Controller, fill: Callable[[int], Uploaded], secrets: re.Pattern[bytes]
) -> None:
    fill(1)
    url = "http://127.0.0.1:1/v3"
    run = controller.run("-vvv", swift_migration_destination=destination_login(lab, auth_url=url))
    assert run.status != 0
    assert secrets.findall(run.output.encode()) == []
    assert controller.traces(secrets) == []


def test_a_misspelt_option_shows_no_secret(
    lab: Lab, controller: Controller, secrets: re.Pattern[bytes]
) -> None:
    login = destination_login(lab, projectname="cube")
    run = controller.run("-vvv", swift_migration_destination=login)
    assert run.status != 0
    assert "projectname" in run.output
    assert secrets.findall(run.output.encode()) == []


def watch(
    controller: Controller, playbook: int, stop: Event, seen: set[bytes], transferred: set[str]
) -> None:
    """Collect the command lines of a playbook and its descendants, and the modules on the disk."""
    while not stop.wait(0.01):
        transferred |= controller.transferred()
        for process in descendants(playbook):
            with contextlib.suppress(OSError):
                seen.add(Path("/proc", str(process), "cmdline").read_bytes())
