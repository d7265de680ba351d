# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the action tells of phases and of runs, and that it is never in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.action.migration_hooks import ActionModule
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _hooks

from tests.unit.plugins.plugin_utils.hook_receiver import HookReceiver, receiving

PHASE = {"changed": True, "phase": "frozen", "since": "2026", "source": "AUTH_x/old@1"}


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[HookReceiver]:
    monkeypatch.setattr(_hooks.tell, "__kwdefaults__", {"is_new": True, "wait": 20.0})
    with receiving() as running:
        yield running


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is warned of."""
    lines: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, **_: lines.append(text))
    return lines


def run(folder: Path, *, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    action = ActionModule.__new__(ActionModule)
    arguments = {"source": "old", "destination": "new", "record_dir": str(folder), **given}
    action._task = SimpleNamespace(
        args=arguments,
        check_mode=check_mode,
        async_val=0,
        action="migration_hooks",
        delegate_to=None,
    )
    action._connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    action._supports_check_mode = action._supports_async = True
    action._templar = None
    result: dict[str, Any] = action.run(None, {"inventory_hostname": "dmz"})
    return result


def test_a_phase_is_told_once_with_what_it_is_of(receiver: HookReceiver, tmp_path: Path) -> None:
    hooks = [{"url": receiver.url}]
    assert run(tmp_path, hooks=hooks, phase=PHASE)["told"] is True
    assert run(tmp_path, hooks=hooks, phase=PHASE)["told"] is False
    [event] = receiver.events
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", event.pop("at"))
    assert event == {
        "event": "phase",
        "mover": "dmz",
        "source": "old",
        "destination": "new",
        "phase": "frozen",
        "since": "2026",
        "migration": "AUTH_x/old@1",
        "before": "frozen",
    }


@pytest.mark.parametrize(
    ("result", "ended", "message"),
    [
        ({"objects": {"copied": 3}, "bytes_copied": 9, "seconds": 1.5}, "done", ""),
        (
            {"failed": True, "msg": "2 objects were not copied"},
            "failed",
            "2 objects were not copied",
        ),
        ({"failed": True, "stopped": True, "msg": "stopped"}, "stopped", "stopped"),
        ({"failed": True, "msg": "x" * 9000}, "failed", "x" * 2000),
    ],
)
def test_the_end_of_a_run_is_told_each_time(
    receiver: HookReceiver, tmp_path: Path, result: dict[str, Any], ended: str, message: str
) -> None:
    given = {"hooks": [{"url": receiver.url}], "run": "swift_sync", "result": result}
    for _time in range(2):
        assert run(tmp_path, **given)["told"] is True
    assert len(receiver.events) == 2
    event = receiver.events[0]
    assert (event["event"], event["run"]) == ("run", "swift_sync")
    assert (event["result"], event["message"]) == (ended, message)
    assert event.get("objects") == result.get("objects")
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_meant_to_be_told_of_a_result_is(
    receiver: HookReceiver, tmp_path: Path
) -> None:
    result = {"failures": [{"name": "patient"}], "invocation": {"secret": "s"}, "seconds": 1}
    run(tmp_path, hooks=[{"url": receiver.url}], run="swift_sync", result=result)
    assert set(receiver.events[0]) == {
        *("event", "at", "mover", "source", "destination", "run", "result", "message", "seconds")
    }


def test_one_that_fails_is_a_warning(
    receiver: HookReceiver, tmp_path: Path, warned: list[str]
) -> None:
    receiver.status = 500
    result = run(tmp_path, hooks=[{"url": receiver.url}], phase=PHASE)
    assert not result.get("failed")
    assert warned == ["hook 1 answered 500. The migration goes on."]
    assert result["problems"] == ["hook 1 answered 500"]


def test_what_no_json_can_tell_is_a_warning(
    receiver: HookReceiver, tmp_path: Path, warned: list[str]
) -> None:
    given = {"hooks": [{"url": receiver.url}], "run": "swift_sync", "result": {"seconds": {1}}}
    assert run(tmp_path, **given)["told"] is False
    assert warned == ["hooks could not be told: TypeError. The migration goes on."]


def test_in_check_mode_nobody_is_told(receiver: HookReceiver, tmp_path: Path) -> None:
    run(tmp_path, check_mode=True, hooks=[{"url": receiver.url}], phase=PHASE)
    assert receiver.events == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"hooks": [{"url": "https://h/", "urls": "x"}], "phase": {}}, "urls"),
        ({"hooks": [{"url": "https://h/", "events": ["end"]}], "phase": {}}, "end"),
        (
            {"hooks": [{"url": "https://h/"}], "phase": {}, "run": "swift_sync"},
            "mutually exclusive",
        ),
        ({"hooks": [{"url": "https://h/"}]}, "one of the following"),
    ],
)
def test_unknown_options_are_refused(tmp_path: Path, given: dict[str, Any], why: str) -> None:
    with pytest.raises(AnsibleActionFail, match=why):
        run(tmp_path, **given)


def test_a_hook_that_can_be_none_is_refused_by_its_number(tmp_path: Path) -> None:
    result = run(tmp_path, hooks=[{"url": "https://h/"}, {"url": "gopher://secret"}], phase=PHASE)
    assert result["failed"]
    assert result["msg"] == "hooks: hook 2: url: give one that begins with https:// or http://."
