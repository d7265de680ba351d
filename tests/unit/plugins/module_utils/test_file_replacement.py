# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A file before it is replaced, and the copies of what it was."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._file_replacement import (
    back_up,
    is_copy,
    prune,
    read,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "secrets.env"
    made.write_bytes(b"KEY=old\r\n\xff")
    return made


def test_a_file_is_read_byte_for_byte(path: Path) -> None:
    assert read(path, create=False) == b"KEY=old\r\n\xff"


def test_a_missing_file_is_made_only_if_that_is_asked_for(path: Path) -> None:
    missing = path.with_name("new.env")
    assert read(missing, create=True) is None
    with pytest.raises(MigrationError) as caught:
        read(missing, create=False)
    assert str(caught.value) == f"path: {missing} does not exist. Create it with create=true."


@pytest.mark.parametrize("create", [False, True])
def test_no_folder_is_made(path: Path, create: bool) -> None:
    folder = path.with_name("folder")
    with pytest.raises(MigrationError, match=f"^path: the folder {folder} does not exist"):
        read(folder / "secrets.env", create=create)


def test_a_folder_is_no_file(path: Path) -> None:
    with pytest.raises(MigrationError, match=f"^path: {path.parent} is not a file"):
        read(path.parent, create=True)


def test_a_file_that_this_user_may_not_read_is_named_with_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(MigrationError) as caught:
        read(path, create=False)
    assert str(caught.value) == (
        f"path: cannot read {path}: Permission denied. "
        "Run the task as a user who may, for example with become."
    )


def test_a_copy_is_for_this_user_alone_and_dated_in_utc(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    mask = os.umask(0)
    try:
        before, copy = time.time(), Path(back_up(path, b"KEY=old"))
    finally:
        os.umask(mask)
        monkeypatch.undo()
        time.tzset()
    assert copy.read_bytes() == b"KEY=old"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    dated = [
        f"{path}.{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(before + late))}.bak"
        for late in (0, 1)
    ]
    assert str(copy) in dated


def test_copies_of_one_second_do_not_replace_each_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.gmtime(0)
    monkeypatch.setattr(time, "gmtime", lambda: began)
    copies = [back_up(path, content) for content in (b"1", b"2", b"3")]
    stem = f"{path}.19700101T000000Z"
    assert copies == [f"{stem}.bak", f"{stem}-1.bak", f"{stem}-2.bak"]
    assert [Path(copy).read_bytes() for copy in copies] == [b"1", b"2", b"3"]


def test_a_folder_that_takes_no_copy_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with pytest.raises(MigrationError) as caught:
        back_up(folder / "secrets.env", b"")
    assert str(caught.value) == (
        f"backup: cannot write a copy into {folder}: No such file or directory."
    )


def test_all_but_the_youngest_copies_and_the_needed_ones_are_deleted(path: Path) -> None:
    copies = [back_up(path, str(number).encode()) for number in range(4)]
    other = path.with_name("secrets.env.mine.bak")
    other.write_text("not ours")
    assert prune(path, 1, copies[:1]) == copies[1:3]
    assert sorted(path.parent.glob("*.bak")) == sorted(map(Path, [copies[0], copies[3], other]))


def test_the_youngest_copies_are_those_written_last(path: Path) -> None:
    copies = [f"{path}.2026010{day}T000000Z.bak" for day in (1, 2, 3)]
    for age, copy in enumerate(copies):
        Path(copy).touch()
        os.utime(copy, (1000 - age, 1000 - age))
    assert prune(path, 4, ()) == []
    assert prune(path, 1, ()) == [copies[2], copies[1]]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("secrets.env.20260101T000000Z.bak", True),
        ("secrets.env.20260101T000000Z-12.bak", True),
        ("secrets.env.20260101T000000Z-.bak", False),
        ("secrets.env.20260101T000000Z.bak.gz", False),
        ("secrets.env.20260101.bak", False),
        ("secrets.env.local.20260101T000000Z.bak", False),
        ("another.env.20260101T000000Z.bak", False),
        ("folder/secrets.env.20260101T000000Z.bak", False),
    ],
)
def test_a_copy_is_known_by_its_place_and_name(path: Path, name: str, ours: bool) -> None:
    assert is_copy(path.parent / name, path) is ours
