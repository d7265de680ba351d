# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A list in a file: it is private, and a disk without room is told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.json_lines import (
    JsonLinesFile,
)

FULL = "/dev/full"


def test_an_existing_file_is_overwritten_and_made_private(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text("old\n")
    path.chmod(0o644)
    file = JsonLinesFile(str(path))
    file.open()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.write({"name": "ü"})
    file.close()
    assert path.read_text() == '{"name": "ü"}\n'


@pytest.mark.parametrize("lines", [1, 10_000])
def test_a_full_disk_is_told_by_the_option_however_late_it_shows(lines: int) -> None:
    file = JsonLinesFile(FULL, option="list")
    file.open()
    with pytest.raises(MigrationError, match=r"^list: cannot write /dev/full: No space left"):
        for _number in range(lines):
            file.write({"name": "a"})
        file.close()


def test_closing_again_after_a_failure_is_quiet() -> None:
    file = JsonLinesFile(FULL)
    file.open()
    file.write({"name": "a"})
    with pytest.raises(MigrationError, match="report"):
        file.close()
    file.close()


def test_the_mode_of_a_device_is_left_alone() -> None:
    before = Path(FULL).stat().st_mode
    file = JsonLinesFile(FULL)
    file.open()
    file.close()
    assert Path(FULL).stat().st_mode == before


def test_without_a_path_everything_is_taken_and_nothing_kept() -> None:
    file = JsonLinesFile(None)
    file.open()
    file.write({"name": "a"})
    file.close()
