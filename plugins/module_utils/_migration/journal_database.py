# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The SQLite file of the journal: how it is opened, and how each statement counts at once."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
import sqlite3
import tempfile
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

WITH_LOG = ("journal_mode = wal",)

# Alone with the file, SQLite can do without shared memory, also to leave the log of a file that was
# made elsewhere.
WITHOUT_LOG = ("locking_mode = exclusive", "journal_mode = truncate", "locking_mode = normal")

WITHOUT_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP}
"""What a lock of a file ends with where the file system has none."""

FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
"""What a write ends with where this user may write nothing, however much room there is."""


class JournalError(MigrationError):
    """The journal cannot be used: its disk is full, read-only or without locks, or it is damaged."""

    fatal = True

    def __init__(self, path: Path, error: OSError | sqlite3.Error) -> None:
        why = str(getattr(error, "strerror", None) or error)
        remedy = (
            "Make room there, or name another folder that can be written; "
            "a damaged file may be removed"
        )
        code = getattr(error, "errno", None)
        if code in FORBIDDEN:
            remedy = "Name a folder that this user can write, and nobody else"
        if code in WITHOUT_LOCKS:
            why = f"its file system locks no files ({why}), as some network file systems"
            remedy = "Name a folder on a disk of the host itself"
        super().__init__(f"cannot use {path}: {why}", option="state_dir", remedy=remedy)
        self.cause = error


def check_folder(folder: Path) -> None:
    """See that a journal could be kept in a folder, also one that does not exist yet.

    What is made for that, in the folder or where it would be made, is removed again.

    :raises JournalError: it could not; what is the matter with the folder.
    """
    try:
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if there == folder:
            make_own_folder(folder)
        with tempfile.TemporaryDirectory(prefix=".journal-", dir=there) as temporary:
            JournalDatabase(Path(temporary, "try.sqlite"), check_mode=False).close()
    except JournalError as error:
        raise JournalError(folder, error.cause) from None
    except OSError as error:
        raise JournalError(folder, error) from None


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
        descriptor = open_own(self.path, os.O_RDWR)
        try:
            _try_lock(descriptor)
        finally:
            os.close(descriptor)
        database = sqlite3.connect(
            self.path, check_same_thread=False, timeout=60, isolation_level=None
        )
        # Each statement counts at once, so that a run that is killed has lost nothing.  A power cut
        # may lose the last ones, which costs the next run questions only, and damages nothing.
        modes = WITH_LOG if _shares_memory(self.path.parent) else WITHOUT_LOG
        with _alone_in(self.path.parent):
            for mode in modes:
                database.execute(f"pragma {mode}")
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


def _try_lock(descriptor: int) -> None:
    """Take and give back a lock as SQLite does, which takes a failure for somebody else's lock.

    :raises OSError: the file system has no such locks.
    """
    # SQLite's own locks are elsewhere in the file.
    with contextlib.suppress(BlockingIOError):
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, 1)


def _shares_memory(folder: Path) -> bool:
    """Whether processes can share memory by a file there, as a write-ahead log needs."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.truncate(mmap.PAGESIZE)
        try:
            mmap.mmap(file.fileno(), mmap.PAGESIZE).close()
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Allow one process to create the file: SQLite does not wait for another that does so, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
