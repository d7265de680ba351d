# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The SQLite file of the journal."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal_database import (
    JournalDatabase,
    JournalError,
)

NEXT = "select * from extra where name > ? order by name limit 1"


def put(database: JournalDatabase, *names: str) -> None:
    for name in names:
        database.do("insert into extra values (?, 1, '')", name)


def names(database: JournalDatabase) -> list[str]:
    return [row[0] for row in database.rows(NEXT)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pair.sqlite"


def test_the_file_and_its_folder_are_private(path: Path) -> None:
    with closing(JournalDatabase(path, check_mode=False)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_check_mode_works_on_a_copy(path: Path) -> None:
    with closing(JournalDatabase(path, check_mode=False)) as database:
        database.do("insert into familiar values ('a')")
    before = path.read_bytes()
    with closing(JournalDatabase(path, check_mode=True)) as copy:
        assert copy.do("select * from familiar") == [("a",)]
        copy.do("insert into familiar values ('b')")
    assert path.read_bytes() == before


def test_check_mode_makes_no_file(path: Path) -> None:
    with closing(JournalDatabase(path, check_mode=True)) as copy:
        assert copy.do("select * from familiar") == []
    assert not path.parent.exists()


def test_rows_come_in_order_while_others_are_written(path: Path) -> None:
    with closing(JournalDatabase(path, check_mode=False)) as database:
        put(database, "c", "a")
        rows = (row[0] for row in database.rows(NEXT))
        assert next(rows) == "a"
        put(database, "b", "d")
        assert list(rows) == ["b", "c", "d"]


def test_the_lists_of_a_run_end_with_it(path: Path) -> None:
    for _run in range(2):
        with closing(JournalDatabase(path, check_mode=False)) as database:
            assert names(database) == []
            put(database, "a")


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_file_that_is_no_database_is_named(path: Path, check_mode: bool) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"no database" * 100)
    path.chmod(0o600)
    with pytest.raises(JournalError, match=f"cannot use {path}: ") as caught:
        JournalDatabase(path, check_mode=check_mode)
    assert caught.value.fatal


def test_a_statement_that_fails_is_told_with_the_file(path: Path) -> None:
    with (
        closing(JournalDatabase(path, check_mode=False)) as database,
        pytest.raises(JournalError, match=f"cannot use {path}: no such table"),
    ):
        database.do("select * from no_such_table")
