# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether this host can remember things."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.state_folder import (
    LISTED,
    REMEMBERED,
    SPARE,
    check_disk,
    check_state_folder,
)


def test_a_folder_that_is_not_there_yet_is_all_right(tmp_path: Path) -> None:
    [check] = check_state_folder(tmp_path / "state")
    assert check.verdict == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MigrationError, match="state_dir"):
        list(check_state_folder(tmp_path / "file" / "state"))


@pytest.mark.parametrize("is_state", [True, False])
def test_a_disk_without_room_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_state: bool
) -> None:
    folder, temporary = tmp_path / "state", tmp_path / "tmp"
    for each in (folder, temporary):
        each.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    needed = {folder: SPARE + 1000 * REMEMBERED, temporary: SPARE + 2000 * LISTED}
    [check] = check_disk(folder, 1000, needed.__getitem__, str)
    assert check.verdict == "ok"
    full = folder if is_state else temporary
    needed[full] -= 1
    [check] = check_disk(folder, 1000, needed.__getitem__, str)
    assert check.verdict == "failure"
    assert check.seen.startswith(f"{full} has 0.06 GiB free")


def test_the_disk_of_a_folder_to_be_made_is_asked(tmp_path: Path) -> None:
    asked = []
    list(check_disk(tmp_path / "a" / "b", 0, lambda path: asked.append(path) or SPARE))
    assert tmp_path in asked


@pytest.mark.parametrize("missing", [0, 1])
def test_one_disk_has_room_for_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    needed = 2 * SPARE + 1000 * (REMEMBERED + 2 * LISTED)
    for folder in (tmp_path / "state", tmp_path / "there"):
        (tmp_path / "there").mkdir(exist_ok=True)
        [check] = check_disk(folder, 1000, lambda _path: needed - missing)
        assert check.verdict == ("failure" if missing else "ok")


def test_a_folder_that_cannot_be_asked_is_told_once(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 300)
    with pytest.raises(MigrationError, match="File name too long"):
        list(check_state_folder(folder))
    assert list(check_disk(folder, 0)) == []
