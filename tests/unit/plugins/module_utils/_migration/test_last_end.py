# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How the run before has ended, as its progress file tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.last_end import (
    LastEnd,
)

ENDED = {"written": 1000.5, "done": True, "failed": False, "stopped": False}


def read(folder: Path, state: Any) -> LastEnd:
    path = folder / "pair.progress"
    path.write_text(state if isinstance(state, str) else json.dumps(state))
    return LastEnd.read(path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, LastEnd(1000.5, 1000.5, "done")),
        ({"failed": True}, LastEnd(1000.5, None, "failed")),
        ({"failed": True, "stopped": True}, LastEnd(1000.5, None, "stopped")),
        ({"done": False}, LastEnd(1000.5, None, "killed")),
        ({"failed": True, "last_success": 900}, LastEnd(1000.5, 900.0, "failed")),
        ({"done": False, "last_success": 900}, LastEnd(1000.5, 900.0, "killed")),
        ({"last_success": 900}, LastEnd(1000.5, 1000.5, "done")),
    ],
)
def test_it_tells_how_a_run_ended_and_when_one_last_ended_well(
    tmp_path: Path, change: dict[str, Any], expected: LastEnd
) -> None:
    assert read(tmp_path, {**ENDED, **change}) == expected


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"done": true}', json.dumps({**ENDED, "written": None})],
)
def test_what_is_no_progress_file_tells_nothing(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == LastEnd()
    assert LastEnd.read(tmp_path / "none") == LastEnd()


def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "pair.progress"
    path.write_text(json.dumps(ENDED))
    path.chmod(0o666)
    assert LastEnd.read(path) == LastEnd()


def test_it_goes_into_the_next_progress_file() -> None:
    assert LastEnd.of({**ENDED, "failed": True, "last_success": 5}).told() == {
        "last_end": 1000.5,
        "last_success": 5.0,
        "last_result": "failed",
    }
