# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the action prints, writes and returns."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.action.preflight_report import ActionModule

from tests.unit.plugins.plugin_utils.preflights import FORECAST, check


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is printed."""
    lines: list[str] = []
    monkeypatch.setattr(Display, "display", lambda _self, text, **_: lines.append(text))
    return lines


def run(check_mode: bool = False, **given: Any) -> dict[str, Any]:
    action = ActionModule.__new__(ActionModule)
    action._task = SimpleNamespace(
        args=given, check_mode=check_mode, async_val=0, action="preflight_report", delegate_to=None
    )
    action._connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    action._supports_check_mode = action._supports_async = True
    action._templar = None
    result: dict[str, Any] = action.run(None, {})
    return result


@pytest.mark.parametrize("verdict", ["ok", "warning", "failure"])
def test_it_prints_a_table_and_a_line_and_fails_for_a_failure_only(
    verdict: str, shown: list[str], tmp_path: Path
) -> None:
    checks = {"mover": [check("clocks", "ok"), check("quota", verdict)]}
    result = run(checks=checks, forecast=FORECAST, path=str(tmp_path / "preflight.json"))
    assert result["failed"] is (verdict == "failure")
    assert (result["verdict"], result["changed"]) == (verdict, False)
    assert shown[0].split() == [
        verdict.upper() if verdict == "failure" else verdict,
        "clocks" if verdict == "ok" else "quota",
        "seen",
    ]
    assert result["summary"] in shown
    assert shown[-2:] == [f"the report is {result['report']}", f"the page is {result['page']}"]


def test_both_files_are_their_owners_and_stay_when_the_next_run_replaces_them(
    shown: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "preflight.json"
    result = run(checks={"mover": [check("clocks", "ok")]}, path=str(path))
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    names = sorted(each.name for each in tmp_path.iterdir())
    assert [re.sub(r"\d{8}T\d{6}Z", "DATE", name) for name in names] == [
        "preflight-DATE.html",
        "preflight-DATE.json",
        "preflight.html",
        "preflight.json",
    ]
    assert json.loads(path.read_text())["verdict"] == "ok"
    assert Path(result["report"]).read_bytes() == path.read_bytes()
    assert Path(result["page"]).read_text().startswith("<!doctype html>")


def test_check_mode_writes_nothing(shown: list[str], tmp_path: Path) -> None:
    checks = {"mover": [check("clocks", "failure")]}
    result = run(check_mode=True, checks=checks, path=str(tmp_path / "preflight.json"))
    assert result["failed"]
    assert "report" not in result
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_fails_the_task(shown: list[str], tmp_path: Path) -> None:
    path = tmp_path / "missing" / "preflight.json"
    result = run(checks={"mover": [check("clocks", "ok")]}, path=str(path))
    assert result["failed"]
    assert f"path: cannot write {path} on the controller: No such file" in result["msg"]


@pytest.mark.parametrize("name", ["preflight.html", ""])
def test_the_page_never_stands_where_the_report_should(
    shown: list[str], tmp_path: Path, name: str
) -> None:
    path = str(tmp_path / name) if name else ""
    result = run(checks={"mover": [check("clocks", "ok")]}, path=path)
    assert result["failed"]
    assert f"path: '{path or '.'}' is no name for a JSON file" in result["msg"]
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_argument_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_: {})
    with pytest.raises(AnsibleActionFail, match="missing required arguments: path"):
        run(checks={})
