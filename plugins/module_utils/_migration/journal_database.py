# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The SQLite file of the journal: how it is opened, and how each statement counts at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .._own_file import make_own_folder, open_own

SCHEMA = """
create table if not exists settled (name text primary key, pair text not null);
create table if not exists dynamic (name text primary key, container text, prefix text);
create table if not exists familiar (prefix text primary key);
create table if not exists place (id text primary key);
create table if not exists deletion (name text primary key, version text, moment int not null);
create table if not exists returned (name text primary key, hash text not null);
create temporary table deferred (name text primary key, action text, size int, hash text,
    content_type text, last_modified text, slo_etag text, symlink text);
create temporary table postponed (name text primary key, is_large int, due real, step text,
    reason text);
create temporary table expiring (name text primary key);
create temporary table extra (name text primary key, size int, last_modified text);
"""


class JournalError(MigrationError):
    """The journal cannot be used: its disk is full or read-only, or it is damaged."""

    fatal = True

    def __init__(self, path: Path, error: OSError | sqlite3.Error) -> None:
        super().__init__(
            f"cannot use {path}: {getattr(error, 'strerror', None) or error}",
            option="state_dir",
            remedy="Make room there, or name another folder that can be written; "
            "a damaged file may be removed",
        )


class JournalDatabase:
    """A SQLite file, made with mode 0600, for all threads.

    :param path: the file; its folder is made with mode 0700.
    :param check_mode: work on a copy of what is there.
    :raises JournalError: here and in every method, what is the matter with the file.
    """

    def __init__(self, path: Path, *, check_mode: bool) -> None:
        self.path = path
        self._check_mode = check_mode
        self._mutex = threading.Lock()
        self.connection = self._open()

    def do(self, statement: str, *values: str | float) -> list[tuple[Any, ...]]:
        """Give the rows of one statement, which counts at once."""
        try:
            with self._mutex:
                return self.connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise JournalError(self.path, error) from None

    def rows(self, next_row: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a list in order of their first column.

        :param next_row: gives the first row after a value of that column.
        """
        # By key rather than by one cursor: other threads write in between.
        rows: list[tuple[Any, ...]] = [("",)]
        while rows := self.do(next_row, rows[0][0]):
            yield rows[0]

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            database = self._copy() if self._check_mode else self._file()
            database.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise JournalError(self.path, error) from None
        return database

    def _file(self) -> sqlite3.Connection:
        make_own_folder(self.path.parent)
        os.close(open_own(self.path, os.O_RDWR))
        database = sqlite3.connect(
            self.path, check_same_thread=False, timeout=60, isolation_level=None
        )
        # Each statement counts at once, so that a run that is killed has lost nothing.  A power cut
        # may lose the last ones, which costs the next run questions only, and damages nothing.
        with _alone_in(self.path.parent):
            database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = normal")
        return database

    def _copy(self) -> sqlite3.Connection:
        # Without a name it is a temporary file: the journal may be larger than memory may grow.
        database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        if self.path.exists():
            # Not read-only, as SQLite could not undo then what a killed run has left half done.
            stored = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=60
            )
            stored.backup(database)
            stored.close()
        return database


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Allow one process to create the file: SQLite does not wait for another that does so, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
