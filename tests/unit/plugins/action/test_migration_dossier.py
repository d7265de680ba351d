# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the action reads, writes and returns."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.utils.display import Display
from ansible_collections.fnndsc.swift_migration.plugins.action.migration_dossier import ActionModule

from tests.unit.plugins.plugin_utils.records import copy, history, side
from tests.unit.plugins.plugin_utils.test_dossier_signature import make_key, verified

NAMES = [
    "dossier-DATE.html",
    "dossier-DATE.json",
    "dossier.html",
    "dossier.json",
]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is printed."""
    lines: list[str] = []
    monkeypatch.setattr(Display, "display", lambda _self, text, **_: lines.append(text))
    return lines


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "history"
    folder.mkdir()
    for record in history():
        (folder / f"{record['name']}.json").write_text(json.dumps(record))
    (folder / "2026-migrate-0.jsonl.gz").write_bytes(b"")
    return folder


def run(records: Path, path: Path, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    action = ActionModule.__new__(ActionModule)
    args = {"history": str(records), "path": str(path), **given}
    action._task = SimpleNamespace(
        args=args, check_mode=check_mode, async_val=0, action="migration_dossier", delegate_to=None
    )
    action._connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    action._supports_check_mode = action._supports_async = True
    action._templar = None
    result: dict[str, Any] = action.run(None, {})
    return result


def written(folder: Path) -> list[str]:
    names = [path.name for path in folder.iterdir() if path.is_file()]
    return sorted(re.sub(r"\d{8}T\d{6}Z", "DATE", name) for name in names)


def test_it_writes_the_json_and_the_page_for_their_owner_twice(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    result = run(records, tmp_path / "dossier.json")
    assert not result.get("failed")
    assert (result["changed"], result["verdict"], result["warnings"]) == (False, "warning", [])
    assert written(tmp_path) == NAMES
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("dossier*")} == {0o600}
    assert shown == [f"the dossier is {result['dossier']}", f"the page is {result['page']}"]
    told = json.loads(Path(result["dossier"]).read_text())
    assert (tmp_path / "dossier.json").read_text() == Path(result["dossier"]).read_text()
    assert told["summary"] == result["summary"]
    made = Path(result["page"]).read_text()
    assert (tmp_path / "dossier.html").read_text() == made
    assert "<svg" in made
    assert Path(result["dossier"]).name in made


def test_a_signature_lies_beside_the_json_and_no_older_one_stays(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    make_key(tmp_path)
    result = run(records, tmp_path / "dossier.json", key=str(tmp_path / "key"))
    assert result["signature"] == f"{result['dossier']}.sig"
    assert verified(tmp_path, Path(result["dossier"]).read_bytes())
    run(records, tmp_path / "dossier.json")
    assert not (tmp_path / "dossier.json.sig").exists()
    assert Path(result["signature"]).exists()


def test_a_key_that_does_not_sign_fails_it_and_all_else_is_written(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    result = run(records, tmp_path / "dossier.json", key=str(tmp_path / "none"))
    assert result["failed"]
    assert result["msg"].startswith(f"key: ssh-keygen cannot sign with {tmp_path}/none")
    assert written(tmp_path) == NAMES


def test_check_mode_writes_nothing(records: Path, tmp_path: Path, shown: list[str]) -> None:
    result = run(records, tmp_path / "dossier.json", check_mode=True)
    assert result["verdict"] == "warning"
    assert written(tmp_path) == []


def test_what_is_no_record_is_told_and_left_out(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    for name, text in {"broken": "{", "list": "[]", "later": '{"format": 2}'}.items():
        (records / f"{name}.json").write_text(text)
    result = run(records, tmp_path / "dossier.json")
    assert not result.get("failed")
    told = [re.sub(r".*/(\w+)\.json .*", r"\1", each) for each in result["warnings"]]
    assert sorted(told) == ["broken", "later", "list"]


def test_a_history_without_a_run_fails_it(tmp_path: Path, shown: list[str]) -> None:
    result = run(tmp_path / "none", tmp_path / "dossier.json")
    assert result["failed"]
    assert f"{tmp_path}/none has no record of a run. A copy" in result["msg"]


def test_one_of_several_migrations_can_be_named(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    other = copy(99, destination=side("elsewhere"))
    (records / "other.json").write_text(json.dumps(other))
    path = tmp_path / "dossier.json"
    assert not run(records, path, container="cube-users").get("failed")
    assert json.loads(path.read_text())["destination"]["container"] == "cube-users"
    assert not run(records, path).get("failed")
    assert json.loads(path.read_text())["destination"]["container"] == "elsewhere"
    assert "record of a run into container 'x'" in run(records, path, container="x")["msg"]


def test_without_matplotlib_it_warns_and_the_page_says_what_to_install(
    records: Path, tmp_path: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run(records, tmp_path / "dossier.json")
    assert not result.get("failed")
    [warning] = result["warnings"]
    assert "pip install matplotlib, and run playbooks/report.yml" in warning
    assert "<svg" not in Path(result["page"]).read_text()


def test_a_file_that_cannot_be_written_fails_it(
    records: Path, tmp_path: Path, shown: list[str]
) -> None:
    result = run(records, tmp_path / "missing" / "dossier.json")
    assert result["failed"]
    assert "on the controller: No such file or directory." in result["msg"]


@pytest.mark.parametrize("name", ["dossier.html", ""])
def test_the_page_never_stands_where_the_json_should(
    records: Path, tmp_path: Path, shown: list[str], name: str
) -> None:
    result = run(records, Path(tmp_path / name) if name else Path())
    assert result["failed"]
    assert "is no name for a JSON file" in result["msg"]
    assert written(tmp_path) == []


def test_plots_are_not_loaded_before_they_are_drawn() -> None:
    script = (
        "import sys; sys.path.insert(0, '.collections');"
        "import ansible_collections.fnndsc.swift_migration.plugins.action.migration_dossier;"
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
