# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The command that a status names, and the file that keeps it."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import context
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.fnndsc.swift_migration.plugins.action.migration_status import (
    ActionModule,
    typed,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._next_step import (
    BACK,
    CUTOVER,
    LOOK,
)

SECRET = "key=Pw1kq"


@pytest.mark.parametrize(
    ("step", "command"),
    [
        (BACK, "ansible-playbook -i mine -e '(as before)' playbooks/rollback.yml"),
        (LOOK, "ansible-playbook -i mine -e '(as before)' playbooks/status.yml"),
        (
            CUTOVER,
            "ansible-playbook -i mine -e '(as before)' playbooks/migrate.yml "
            "-e swift_migration_cutover=true",
        ),
    ],
)
def test_it_is_the_one_that_was_typed_with_another_playbook_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, step: str, command: str
) -> None:
    program, given = "/usr/bin/ansible-playbook", ["-i", "mine", "-e", SECRET]
    arguments: dict[str, Any] = {"args": ["playbooks/status.yml"], "extra_vars": [SECRET]}
    monkeypatch.setattr(sys, "argv", [program, *given, "playbooks/status.yml"])
    monkeypatch.setattr(shutil, "which", lambda _name: program)
    monkeypatch.setattr(context, "CLIARGS", arguments)
    assert typed(step) == command


@pytest.mark.parametrize("folder", ["", "missing"])
def test_the_file_keeps_what_was_found_and_not_how_it_was_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    side = {"container": "c", "exists": False, "objects": None, "bytes": None, "problem": "none"}
    nothing = dict.fromkeys(("phase", "since", "frozen", "verified", "returned"), "")
    found = {
        **nothing,
        **dict.fromkeys(("source", "destination"), side),
        **{name: [] for name in ("runs", "problems", "cube")},
        **dict.fromkeys(("lease", "proof")),
        "now": 1.5,
    }
    answer = {
        **found,
        "_ansible_verbose": True,
        "invocation": {"module_args": {"source": {"auth": "who"}}},
    }
    monkeypatch.setattr(NormalAction, "run", lambda *_given: dict(answer))
    path = tmp_path / folder / "status.json"
    action = ActionModule.__new__(ActionModule)
    action._task = SimpleNamespace(args={"controller_status": str(path)})
    result = action.run()
    assert result.get("failed", False) is bool(folder)
    if folder:
        assert f"cannot write {path} on the controller" in result["msg"]
        return
    kept = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept == {**found, "changed": False, "lines": result["lines"], "next": result["next"]}
