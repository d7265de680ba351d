# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The action beside its module: what it shows, and that it changes nothing else."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watched_action import (
    WatchedAction,
)

RESULT = {"changed": True, "diff": {"prepared": "copied a\n"}}
ARGS: dict[str, Any] = {
    "source": {"container": "old"},
    "destination": {"container": "new"},
    "progress_interval": "0.01",
}


class Become(SimpleNamespace):
    """A become plugin, which keeps what it waits for."""


class Connection(SimpleNamespace):
    """A connection that prints a progress file."""

    def set_become_plugin(self, plugin: Become) -> None:
        self.become = plugin


class Shown:
    """The lines shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.some = threading.Event()

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.some.set()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    made = Shown()
    monkeypatch.setattr(Display, "display", made.add)
    return made


def action(args: dict[str, Any] | None = None, **task: Any) -> WatchedAction:
    made = WatchedAction.__new__(WatchedAction)
    options = {"args": args or ARGS, "check_mode": False, "async_val": 0, "delegate_to": None}
    made._task = SimpleNamespace(**{**options, **task})
    made._connection = Connection(_shell=SimpleNamespace(tmpdir="module"), become=Become())
    return made


def run(made: WatchedAction, monkeypatch: pytest.MonkeyPatch, shown: Shown, wait: float) -> Any:
    """Run an action whose module works until something is shown, or for ``wait`` seconds."""

    def command(_self: WatchedAction, _command: str) -> dict[str, Any]:
        state = {
            "containers": ["old", "new"],
            "phase": "copying",
            "objects_total": 9,
            "objects_done": 4,
            "objects_failed": 0,
            "bytes_copied": 1,
            "objects_per_second": 1,
            "bytes_per_second": 1,
            "started": time.time() + 60,
            "written": time.time(),
            "seconds_left": 5,
            "done": False,
        }
        return {"stdout": f"{time.time():.0f}\n{json.dumps(state)}\n"}

    def module(_self: NormalAction, _tmp: None, _task_vars: dict[str, Any]) -> dict[str, Any]:
        shown.some.wait(wait)
        return RESULT

    monkeypatch.setattr(WatchedAction, "_low_level_execute_command", command)
    monkeypatch.setattr(NormalAction, "run", module)
    return made.run(None, {"inventory_hostname": "mover"})


def test_shows_how_far_it_is_and_gives_the_modules_own_result(
    monkeypatch: pytest.MonkeyPatch, shown: Shown
) -> None:
    assert run(action(), monkeypatch, shown, 10) is RESULT
    assert (
        shown.lines[0] == "[mover] 4 of 9 objects, 1 B copied, 1 objects/s, 1 B/s, about 5 s left"
    )


def test_names_the_host_that_the_task_is_delegated_to(
    monkeypatch: pytest.MonkeyPatch, shown: Shown
) -> None:
    run(action(delegate_to="other"), monkeypatch, shown, 10)
    assert shown.lines[0].startswith("[other] ")


@pytest.mark.parametrize(
    ("args", "task"),
    [
        ({}, {"check_mode": True}),
        ({}, {"async_val": 60}),
        ({"progress_interval": 0}, {}),
        ({"progress_interval": "often"}, {}),
        ({"source": "old"}, {}),
        ({"destination": {}}, {}),
    ],
)
def test_shows_nothing_in_check_mode_as_a_job_or_of_wrong_arguments(
    args: dict[str, Any], task: dict[str, Any], monkeypatch: pytest.MonkeyPatch, shown: Shown
) -> None:
    assert run(action(ARGS | args, **task), monkeypatch, shown, 0.1) is RESULT
    assert shown.lines == []


def test_shows_every_ten_seconds_if_nothing_else_is_asked_for() -> None:
    args = {key: value for key, value in ARGS.items() if key != "progress_interval"}
    watch: Any = action(args)._watch({})
    assert watch._interval == 10
    assert "~/.local/state/fnndsc.swift_migration/*.progress" in watch._command.replace("'", "")
    assert not isinstance(watch, contextlib.nullcontext)


def test_what_its_commands_change_is_not_the_modules() -> None:
    made = action()
    beside: Any = made._beside()
    connection: Any = made._connection
    beside._connection._shell.tmpdir = "other"
    beside._connection.become.success = "other"
    beside._connection.cwd = "/other"
    assert vars(connection) == {
        "_shell": SimpleNamespace(tmpdir="module"),
        "become": Become(),
    }
