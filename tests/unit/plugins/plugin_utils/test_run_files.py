# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files of a run come to the controller whole, private, and replace nothing."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _run_files
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._run_files import (
    RunFiles,
)

RECORD = "20261129T193012Z-migrate-1a2b3c4d.json"
LIST = "20261129T193012Z-migrate-1a2b3c4d.jsonl.gz"


def shell(command: str) -> str:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "it's the state"
    (folder / "runs").mkdir(parents=True)
    (folder / "runs" / RECORD).write_text("{}")
    (folder / "runs" / LIST).write_bytes(os.urandom(3 * _run_files.BLOCK + 7))
    (folder / "runs" / "20261129T193012Z-migrate-other000.json").write_text("another run's")
    return folder


@pytest.mark.parametrize("blocks", [1, 2, 8])
def test_both_are_copied_as_they_are(
    state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    monkeypatch.setattr(_run_files, "BLOCKS", blocks)
    target = tmp_path / "a" / "history"
    kept = RunFiles(shell, str(state_dir), "1a2b3c4d").copy(target)
    assert kept == [target / RECORD, target / LIST]
    assert [path.read_bytes() for path in kept] == [
        (state_dir / "runs" / path.name).read_bytes() for path in kept
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert sorted(path.name for path in target.iterdir()) == [RECORD, LIST]


def test_a_folder_of_the_home_is_found(
    state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(state_dir.parent))
    state_dir.rename(tmp_path / "state")
    kept = RunFiles(shell, "~/state", "1a2b3c4d").copy(tmp_path / "history")
    assert [path.name for path in kept] == [RECORD, LIST]


def test_what_is_there_is_not_replaced(state_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "history"
    target.mkdir(mode=0o700)
    (target / RECORD).write_text("there")
    assert RunFiles(shell, str(state_dir), "1a2b3c4d").copy(target)[0] == target / RECORD
    assert (target / RECORD).read_text() == "there"


def test_what_another_one_has_copied_meanwhile_is_not_replaced(
    state_dir: Path, tmp_path: Path
) -> None:
    target = tmp_path / "history"

    def read(command: str) -> str:
        if " dd " in command:
            (target / RECORD).write_text("there")
        return shell(command)

    with pytest.raises(FileExistsError):
        RunFiles(read, str(state_dir), "1a2b3c4d").copy(target)
    assert [path.name for path in target.iterdir()] == [RECORD]
    assert (target / RECORD).read_text() == "there"


def test_of_a_run_that_left_nothing_there_is_nothing(state_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "history"
    assert RunFiles(shell, str(state_dir), "none").copy(target) == []
    assert RunFiles(shell, str(tmp_path / "nowhere"), "1a2b3c4d").copy(target) == []
    assert not target.exists()


def test_a_part_of_a_file_is_none(state_dir: Path, tmp_path: Path) -> None:
    def cut(command: str) -> str:
        return "" if " dd " in command and "skip=0" not in command else shell(command)

    target = tmp_path / "history"
    small = _run_files.BLOCK * _run_files.BLOCKS + 1
    (state_dir / "runs" / LIST).write_bytes(bytes(small))
    with pytest.raises(OSError, match="came in part only: 8388608 of 8388609 bytes"):
        RunFiles(cut, str(state_dir), "1a2b3c4d").copy(target)
    assert [path.name for path in target.iterdir()] == [RECORD]


def test_it_goes_into_no_folder_that_others_write_to(state_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "history"
    target.mkdir()
    target.chmod(0o777)
    with pytest.raises(OSError, match="other users may write"):
        RunFiles(shell, str(state_dir), "1a2b3c4d").copy(target)
    assert list(target.iterdir()) == []
