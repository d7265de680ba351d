# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The action beside its module: what it shows, and that it changes nothing else."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._who import who
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


@pytest.mark.parametrize(
    ("changed", "wait", "line"),
    [
        (
            {"estimate_error": 12.4, "seconds": 420.0},
            10,
            "[mover] the times told to be left were wrong by 12 s on average, "
            "3 % of the 7 min that it took",
        ),
        ({"estimate_error": 12.4, "seconds": 420.0}, 0, None),  # none was shown
        ({"estimate_error": None, "seconds": 420.0}, 10, None),
        ({"seconds": "?"}, 10, None),
    ],
)
def test_shows_in_the_end_how_wrong_the_estimates_were(
    changed: dict[str, Any],
    wait: float,
    line: str | None,
    monkeypatch: pytest.MonkeyPatch,
    shown: Shown,
) -> None:
    monkeypatch.setattr("tests.unit.plugins.plugin_utils.test_watched_action.RESULT", changed)
    args = ARGS if wait else {**ARGS, "progress_interval": 60}
    run(action(args), monkeypatch, shown, wait)
    told = [each for each in shown.lines if "wrong" in each]
    assert told == ([line] if line else [])


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


def leave(made: WatchedAction, folder: Path) -> None:
    """What the module of an action leaves on its host."""
    name = f"20261129T193012Z-migrate-{made._task.args['asker']['mark']}"
    (folder / "runs").mkdir(parents=True)
    for suffix in (".json", ".jsonl.gz"):
        (folder / "runs" / f"{name}{suffix}").write_text(suffix)


def run_on_this_host(
    made: WatchedAction, monkeypatch: pytest.MonkeyPatch, folder: Path, result: dict[str, Any]
) -> dict[str, Any]:
    """Run an action whose module leaves files, on this host."""

    def command(_self: WatchedAction, command: str) -> dict[str, Any]:
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        return {"stdout": done.stdout}

    def module(_self: NormalAction, _tmp: None, _task_vars: dict[str, Any]) -> dict[str, Any]:
        leave(made, folder)
        return result

    monkeypatch.setattr(WatchedAction, "_low_level_execute_command", command)
    monkeypatch.setattr(NormalAction, "run", module)
    told: dict[str, Any] = made.run(None, {})
    return told


@pytest.mark.parametrize("result", [{}, {"failed": True, "msg": "MODULE FAILURE"}])
def test_the_record_comes_to_the_controller_also_of_a_module_that_was_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: Shown, result: dict[str, Any]
) -> None:
    args = {
        "progress_interval": 0,
        "state_dir": str(tmp_path / "state"),
        "controller_history": str(tmp_path / "history"),
        "asker": {"expected_seconds": 9.0},
    }
    made = action(args)
    told = run_on_this_host(made, monkeypatch, tmp_path / "state", dict(result))
    kept = sorted((tmp_path / "history").iterdir())
    assert [told["kept_record"], told["kept_list"]] == [str(path) for path in kept]
    record, listed = kept
    line = f"[] the record of this run is {record}, the list of its objects {listed}"
    assert shown.lines == ([line] if result else [])
    asker = made._task.args["asker"]
    assert asker["by"] == who()
    assert asker["expected_seconds"] == 9.0


@pytest.mark.parametrize(
    ("folder", "task"),
    [("", {}), ("history", {"check_mode": True}), ("history", {"async_val": 1})],
)
def test_none_comes_where_nobody_wants_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, task: dict[str, Any]
) -> None:
    args = {
        "progress_interval": 0,
        "state_dir": str(tmp_path / "state"),
        "controller_history": str(tmp_path / folder) if folder else "",
    }
    told = run_on_this_host(action(args, **task), monkeypatch, tmp_path / "state", {})
    assert told == {}
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_record_that_cannot_be_kept_is_warned_of_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text: warned.append(text))
    (tmp_path / "file").touch()  # no folder can be made there
    args = {
        "progress_interval": 0,
        "state_dir": str(tmp_path / "state"),
        "controller_history": str(tmp_path / "file" / "history"),
    }
    assert run_on_this_host(action(args), monkeypatch, tmp_path / "state", {}) == {}
    assert warned == ["the record of this run stays where it ran: File exists"]
