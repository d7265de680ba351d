# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Hooks are told by a process of their own, which nobody waits for long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._hooks import (
    record_path,
    tell,
    wrong,
)

from tests.unit.plugins.plugin_utils.hook_receiver import HookReceiver, receiving

BOTH = ["phase", "run"]
EVENT: dict[str, Any] = {"event": "phase", "phase": "frozen", "migration": "m", "since": "s"}


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with receiving() as running:
        yield running


def posting(receiver: HookReceiver, *events: str) -> dict[str, Any]:
    return {"command": None, "url": receiver.url, "events": events or BOTH, "timeout": 20.0}


def test_a_hook_is_told_of_what_it_wants_only(receiver: HookReceiver) -> None:
    hooks = [posting(receiver, "run"), posting(receiver, "phase")]
    assert tell(hooks, EVENT, wait=20) == {"told": True, "problems": []}
    assert tell(hooks, {"event": "run", "run": "swift_sync"}, wait=20)["told"]
    assert [event["event"] for event in receiver.events] == ["phase", "run"]


def test_a_phase_is_told_once(receiver: HookReceiver, tmp_path: Path) -> None:
    record = record_path(tmp_path, "old", "new")
    assert tell([posting(receiver)], EVENT, record, wait=20)["told"]
    assert not tell([posting(receiver)], EVENT, record, wait=20)["told"]
    assert len(receiver.events) == 1


def test_names_cannot_steer_a_terminal(receiver: HookReceiver) -> None:
    event = {**EVENT, "message": "a\x1b[2Jb\nc", "objects": {"ü\x07": 1}, "list": ["\x1b"]}
    tell([posting(receiver)], event, wait=20)
    [told] = receiver.events
    assert told["message"].isprintable()
    assert all(key.isprintable() for key in told["objects"])
    assert told["list"][0].isprintable()


def test_one_that_hangs_is_not_waited_for_and_told_all_the_same(receiver: HookReceiver) -> None:
    receiver.seconds = 3
    begun = time.monotonic()
    found = tell([posting(receiver)], EVENT, wait=0.2)
    assert time.monotonic() - begun < 2
    assert found["told"] is None
    [problem] = found["problems"]
    assert "did not answer within 0.2 s" in problem
    assert len(receiver.wait(1)) == 1


def test_no_secret_is_in_the_command_line_of_any_process(receiver: HookReceiver) -> None:
    receiver.seconds = 2
    tell([posting(receiver)], EVENT, wait=0.2)
    receiver.wait(1)
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _is_there(path)]
    assert any(b"_hook_teller" in line for line in lines)
    assert not any(b"secret-path" in line for line in lines)


def _is_there(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def test_a_record_that_cannot_be_written_is_told_and_nothing_else(
    receiver: HookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    found = tell([posting(receiver)], EVENT, tmp_path / "file" / "record.json", wait=20)
    assert found["problems"] == [
        f"hooks could not be told, as {tmp_path}/file/record.json cannot be written"
    ]
    assert receiver.events == []


def test_a_hook_outlives_the_process_that_is_killed(receiver: HookReceiver, tmp_path: Path) -> None:
    """With ``kill -9``, while the hook works: it is told once, by whatever comes later, too."""
    record, ended = record_path(tmp_path, "old", "new"), tmp_path / "ended"
    hooks = [{**posting(receiver), "url": None, "command": ["sh", "-c", f"sleep 1; : > {ended}"]}]
    late = {**hooks[0], "command": ["sh", "-c", f"sleep 1.5; : > {ended}-late"], "timeout": 0.5}
    hooks += [late, posting(receiver)]
    program = (
        "from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._hooks import tell\n"
        "from pathlib import Path\n"
        f"tell({hooks!r}, {EVENT!r}, Path({str(record)!r}), wait=60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": os.environ["PATH"]},
        start_new_session=True,
    )
    receiver.wait(1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not ended.exists()
    hooks = [posting(receiver)]
    assert tell(hooks, EVENT, record, wait=20) == {"told": False, "problems": []}
    later = {**EVENT, "phase": "verified"}
    assert tell(hooks, later, record, is_new=False, wait=20)["told"]
    assert [event["phase"] for event in receiver.events] == ["frozen", "verified"]
    time.sleep(2)
    assert [path.name for path in tmp_path.glob("ended*")] == ["ended"]
    assert receiver.events[1]["before"] == "frozen"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"url": "http://host:8080/x"}, ""),
        ({"url": ""}, "either a command or a url"),
        ({"command": ["notify"]}, "either a command or a url"),
        ({"url": None, "command": ["notify"]}, ""),
        ({"url": "file:///etc/passwd"}, "begins with https"),
        ({"url": "ftp://host/"}, "begins with https"),
        ({"url": "https:///x"}, "begins with https"),
        ({"url": "https://secret@host/"}, "would not be sent"),
        ({"url": "http://[secret"}, "it is none"),
        ({"timeout": 0}, "positive"),
    ],
)
def test_a_hook_that_can_be_none_is_refused(change: dict[str, Any], why: str) -> None:
    found = wrong({"command": None, "url": "https://host/secret", "timeout": 30.0, **change})
    assert why in found
    assert bool(why) == bool(found)
    assert "secret" not in found


def test_migrations_have_records_of_their_own(tmp_path: Path) -> None:
    names = [("a", "b"), ("ab",), ("a", "c"), ("b", "a")]
    assert len({record_path(tmp_path, *pair) for pair in names}) == 4
