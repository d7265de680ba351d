# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose progress each action shows."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.fnndsc.swift_migration.plugins.action import (
    swift_compare,
    swift_rollback,
    swift_sync,
)

ARGS = {"source": {"container": "old"}, "destination": {"container": "new"}}


@pytest.mark.parametrize(
    ("plugin", "containers", "suffix"),
    [
        (swift_sync, ["old", "new"], ".progress"),
        (swift_rollback, ["new", "old"], ".progress"),
        (swift_compare, ["old", "new"], ".comparison"),
    ],
)
def test_an_action_shows_its_own_modules_work(
    plugin: Any, containers: list[str], suffix: str
) -> None:
    action = plugin.ActionModule.__new__(plugin.ActionModule)
    action._task = SimpleNamespace(args=ARGS, check_mode=False, async_val=0, delegate_to=None)
    action._connection = SimpleNamespace(_shell=None, become=None)
    watch = action._watch({"inventory_hostname": "mover"})
    assert watch._containers == containers
    assert f"/*{suffix} " in watch._command


def run(
    plugin: Any,
    monkeypatch: pytest.MonkeyPatch,
    result: dict[str, Any],
    *,
    check: bool = False,
    **args: str,
) -> dict[str, Any]:
    """Run an action whose module returns this."""
    monkeypatch.setattr(NormalAction, "run", lambda _self, _tmp, _task_vars: result)
    action = plugin.ActionModule.__new__(plugin.ActionModule)
    given = {**ARGS, **args, "progress_interval": 0}
    action._task = SimpleNamespace(args=given, check_mode=check, async_val=0, delegate_to=None)
    told: dict[str, Any] = action.run(None, {})
    return told


REPORT = {"changed": True, "objects": {"copied": 1}, "msg": "one failed"}


def test_a_report_is_kept_on_the_controller_for_its_user_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    result = {**REPORT, "failed": True, "diff": {}, "invocation": {}, "_ansible_no_log": False}
    assert run(swift_sync, monkeypatch, result, controller_report=str(path)) is result
    assert json.loads(path.read_text()) == REPORT
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("result", "check"),
    [({"msg": "no login"}, False), ({**REPORT, "in_use": True}, False), (REPORT, True)],
)
def test_there_is_no_report_of_what_was_not_done(
    result: dict[str, Any], check: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    run(swift_sync, monkeypatch, dict(result), check=check, controller_report=str(path))
    assert not path.exists()


def test_a_proof_comes_to_the_controller_as_it_is_and_not_into_the_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "proof.json"
    result = {"proof_content": b64encode(b"\xff{}").decode(), "equal": True}
    told = run(swift_compare, monkeypatch, result, controller_proof=str(path))
    assert told == {"equal": True}
    assert path.read_bytes() == b"\xff{}"


def test_what_cannot_be_written_on_the_controller_fails_the_task(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "missing" / "report.json"
    told = run(swift_sync, monkeypatch, dict(REPORT), controller_report=str(path))
    assert told["failed"]
    assert told["msg"].startswith(f"one failed controller_report: cannot write {path} on the")
