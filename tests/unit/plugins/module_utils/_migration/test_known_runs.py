# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The runs that have left a progress file, and what became of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.known_runs import (
    KnownRun,
    known_runs,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    COMPARISON,
    RUN,
    STALE,
)


def write(folder: Path, name: str, *containers: str) -> Path:
    path = folder / name
    path.write_text(json.dumps({"containers": containers, "written": 1000.0, "done": False}))
    path.chmod(0o600)
    return path


def found(folder: Path) -> list[tuple[str, str]]:
    return [(run.what, run.path.name) for run in known_runs(folder, "old", "new")]


def test_each_kind_of_run_is_told_by_its_file_and_its_direction(tmp_path: Path) -> None:
    write(tmp_path, f"a{RUN}", "old", "new")
    write(tmp_path, f"a{COMPARISON}", "old", "new")
    write(tmp_path, f"b{RUN}", "new", "old")
    assert found(tmp_path) == [
        ("swift_compare", f"a{COMPARISON}"),
        ("swift_sync", f"a{RUN}"),
        ("swift_rollback", f"b{RUN}"),
    ]


@pytest.mark.parametrize("what", ["swift_sync", "swift_rollback"])
def test_where_both_containers_have_one_name_a_run_tells_what_it_is(
    tmp_path: Path, what: str
) -> None:
    path = write(tmp_path, f"a{RUN}", "users", "users")
    path.write_text(json.dumps({**json.loads(path.read_text()), "what": what}))
    assert [run.what for run in known_runs(tmp_path, "users", "users")] == [what]


def test_others_and_what_is_no_progress_file_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, f"c{RUN}", "old", "other")
    write(tmp_path, f"d{COMPARISON}", "new", "old")
    write(tmp_path, "e.sqlite", "old", "new")
    for name, text in (("f", "{"), ("g", "[]"), ("h", '{"containers": ["old", "new"]}')):
        (tmp_path / f"{name}{RUN}").write_text(text)
    assert found(tmp_path) == []


def test_a_host_on_which_nothing_ran_knows_none(tmp_path: Path) -> None:
    assert found(tmp_path / "none") == []


def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    write(tmp_path, f"a{RUN}", "old", "new").chmod(0o666)
    with pytest.raises(OSError, match="others than its owner"):
        found(tmp_path)


@pytest.mark.parametrize(
    ("written", "done", "goes_on", "broken_off"),
    [
        (1000.0, False, True, False),
        (1000.0 - STALE - 1, False, False, True),
        (1000.0, True, False, False),
        (1000.0 - STALE - 1, True, False, False),
    ],
)
def test_a_run_that_tells_nothing_any_more_was_broken_off(
    written: float,
    done: bool,
    goes_on: bool,
    broken_off: bool,
) -> None:
    state: dict[str, Any] = {"containers": [], "written": written, "done": done, "objects": 7}
    run = KnownRun("swift_sync", Path("x"), state)
    result = run.result(now=1000.0)
    assert (result["goes_on"], result["broken_off"]) == (goes_on, broken_off)
    assert (result["what"], result["objects"]) == ("swift_sync", 7)
