# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The journal on file systems that lack something, and what check mode says of them."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal_database import (
    JournalDatabase,
    JournalError,
    check_folder,
)

from tests.unit.plugins.module_utils.fakes.refused_calls import (
    NO_FLOCK,
    NO_LOCKF,
    NO_SHARED_MEMORY,
    READ_ONLY,
    Call,
    refusing,
)

NONE = Call(0xFFFF, 0, 0, 0, 0)


def keep(path: Path) -> str:
    """Keep a row in a journal, and tell how it is kept, or what is the matter."""
    try:
        with closing(JournalDatabase(path, check_mode=False)) as database:
            database.do("insert into familiar values ('a')")
            [(mode,)] = database.do("pragma journal_mode")
            return str(mode)
    except JournalError as error:
        return str(error)


def look(folder: Path) -> str:
    """Tell what check mode says of a folder."""
    try:
        check_folder(folder)
    except JournalError as error:
        return str(error)
    return ""


def rows(path: Path) -> list[tuple[str]]:
    with closing(JournalDatabase(path, check_mode=True)) as database:
        return database.do("select * from familiar")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.mark.parametrize(
    ("call", "why"),
    [(NO_FLOCK, "Function not implemented"), (NO_LOCKF, "No locks available")],
)
def test_without_locks_both_the_run_and_check_mode_say_so_at_once(
    folder: Path, call: Call, why: str, tmp_path: Path
) -> None:
    says = refusing(call, look, folder)
    assert says == (
        f"state_dir: cannot use {folder}: its file system locks no files ({why}), as some network "
        "file systems. Name a folder on a disk of the host itself."
    )
    assert list(tmp_path.iterdir()) == []
    path = folder / "pair.sqlite"
    assert refusing(call, keep, path) == says.replace(str(folder), str(path))


def test_without_shared_memory_it_works_all_the_same(folder: Path) -> None:
    path = folder / "pair.sqlite"
    assert refusing(NO_SHARED_MEMORY, look, folder) == ""
    assert refusing(NO_SHARED_MEMORY, keep, path) == "truncate"
    assert rows(path) == [("a",)]


def test_a_journal_that_was_begun_with_shared_memory_goes_on_without(folder: Path) -> None:
    path = folder / "pair.sqlite"
    assert keep(path) == "wal"
    moved = folder.rename(folder.with_name("moved")) / path.name
    with closing(JournalDatabase(moved, check_mode=False)) as database:
        database.do("delete from familiar")
    assert refusing(NO_SHARED_MEMORY, keep, moved) == "truncate"
    assert rows(moved) == [("a",)]


def test_check_mode_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    assert look(folder) == ""
    assert list(tmp_path.iterdir()) == []
    folder.mkdir(mode=0o700)
    assert look(folder) == ""
    assert list(folder.iterdir()) == []


def test_check_mode_names_a_folder_to_which_others_may_write(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert look(folder).startswith(
        f"state_dir: cannot use {folder}: other users may write to the folder: chmod go-w"
    )


def test_check_mode_names_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert look(tmp_path / "file" / "state").startswith(
        f"state_dir: cannot use {tmp_path}/file/state: Not a directory"
    )


@pytest.mark.parametrize("do", [look, keep])
def test_both_the_run_and_check_mode_name_a_folder_that_is_read_only(
    folder: Path, do: Callable[[Path], str]
) -> None:
    path = folder if do is look else folder / "pair.sqlite"
    assert refusing(READ_ONLY, do, path) == (
        f"state_dir: cannot use {path}: Read-only file system. "
        "Name a folder that this user can write, and nobody else."
    )


def limited(path: Path) -> str:
    """Look at a folder on a disk that takes no byte more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return look(path)


def test_check_mode_names_a_disk_that_takes_nothing_more(folder: Path) -> None:
    says = refusing(NONE, limited, folder)
    assert says.startswith(f"state_dir: cannot use {folder}: ")
    assert "Make room there, or name another folder" in says
