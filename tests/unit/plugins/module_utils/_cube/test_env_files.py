# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an env file is changed to, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.env_files import (
    UNCLEAR,
    change,
    change_back,
    environment_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._file_replacement import (
    back_up,
)

OLD = '# mine\nSTORAGE_ENV=swift\nSWIFT_KEY="a$b"\nOTHER=1\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "secrets.env"
    made.write_text(OLD)
    return made


def test_what_was_set_added_and_removed_comes_back_byte_for_byte(path: Path) -> None:
    copy = Path(back_up(path, path.read_bytes()))
    done = change(path, {"STORAGE_ENV": "s3", "SWIFT_KEY": "new", "S3_BUCKET_NAME": "b"}, ())
    path.write_bytes(done.edit.content)
    back = change_back(path, copy, ["STORAGE_ENV", "SWIFT_KEY", "S3_BUCKET_NAME", "S3_REGION"])
    assert back.edit.content.decode() == OLD
    assert back.edit.changed == ("STORAGE_ENV", "SWIFT_KEY")
    assert back.edit.removed == ("S3_BUCKET_NAME",)


def test_other_lines_stay_as_they_are_now(path: Path) -> None:
    copy = Path(back_up(path, path.read_bytes()))
    path.write_text("STORAGE_ENV=s3\nOTHER=2\nNEW=3\n")
    back = change_back(path, copy, ["STORAGE_ENV", "SWIFT_KEY"])
    assert back.edit.content.decode() == 'STORAGE_ENV=swift\nOTHER=2\nNEW=3\nSWIFT_KEY="a$b"\n'


def test_what_is_back_does_not_change(path: Path) -> None:
    copy = Path(back_up(path, path.read_bytes()))
    assert not change_back(path, copy, ["STORAGE_ENV", "SWIFT_KEY", "S3_REGION"]).changed


def test_a_copy_that_is_gone_is_an_error(path: Path) -> None:
    with pytest.raises(MigrationError, match=r"gone\.bak does not exist"):
        change_back(path, path.with_name("gone.bak"), ["STORAGE_ENV"])


def test_the_last_of_several_files_wins_and_an_unclear_value_is_none(path: Path) -> None:
    later = path.with_name("later.env")
    later.write_text("OTHER=2\n")
    assert environment_of([path, later]) == {
        "STORAGE_ENV": "swift",
        "SWIFT_KEY": UNCLEAR,
        "OTHER": "2",
    }


@pytest.mark.parametrize(("mode", "private"), [(0o644, 0o640), (0o604, 0o600), (0o640, None)])
def test_a_file_that_everybody_reads_gets_another_mode_with_new_values(
    tmp_path: Path, mode: int, private: int | None
) -> None:
    path = tmp_path / "cube.env"
    path.write_text("A=1\n")
    path.chmod(mode)
    assert change(path, {"A": "2"}, ()).private_mode == private
    assert change(path, {"A": "1"}, ()).private_mode is None
