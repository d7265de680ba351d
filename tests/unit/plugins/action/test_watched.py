# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose progress each action shows."""

from __future__ import annotations

import datetime
import json
import re
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
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _watched_action

DATED = _watched_action.dated
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
    kept = Path(result["kept_at"])
    assert re.fullmatch(r"report-\d{8}T\d{6}Z\.json", kept.name)
    assert kept.read_bytes() == path.read_bytes()
    assert result["msg"] == f"one failed All of it is in {kept} on the controller."
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_the_report_of_a_run_stays_when_the_next_one_replaces_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    moment = datetime.datetime(2026, 11, 29, 11, 20, tzinfo=datetime.UTC)
    moments = iter([moment, moment.replace(second=1)])
    monkeypatch.setattr(_watched_action, "dated", lambda name, _now: DATED(name, next(moments)))
    for second in range(2):
        result = {"objects": {"copied": second}}
        run(swift_sync, monkeypatch, result, controller_report=str(path))
    kept = {each.name: json.loads(each.read_text()) for each in tmp_path.iterdir()}
    assert kept == {
        "report-20261129T112000Z.json": {"objects": {"copied": 0}},
        "report-20261129T112001Z.json": {"objects": {"copied": 1}},
        "report.json": {"objects": {"copied": 1}},
    }


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
    kept = Path(told.pop("kept_at"))
    assert told == {"equal": True}
    assert path.read_bytes() == kept.read_bytes() == b"\xff{}"


def test_what_cannot_be_written_on_the_controller_fails_the_task(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "missing" / "report.json"
    told = run(swift_sync, monkeypatch, dict(REPORT), controller_report=str(path))
    assert told["failed"]
    assert told["msg"].startswith(f"one failed controller_report: cannot write {path} on the")
