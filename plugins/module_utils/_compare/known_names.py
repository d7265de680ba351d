# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The names that an application knows, from a file, in the order of a listing."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from .._catalogue_file import read_catalogue
from .._errors import MigrationError
from .._migration.name_list import given_names

_AT_ONCE = 10_000
"""Names that are sorted in by one statement."""


def known_names(path: str, prefix: str = "", *, is_catalogue: bool) -> Iterator[str]:
    """The names of a file, in order, each once.

    :param prefix: only names that begin with it.
    :param is_catalogue: the file is a catalogue.  Otherwise it is any list of names, which is
        sorted on disk.
    :raises MigrationError: it cannot be read, or is damaged.
    """
    if is_catalogue:
        names = read_catalogue(Path(path).expanduser(), "names")
    else:
        names = in_order(given_names(path, "names"))
    return (name for name in names if name.startswith(prefix))


def in_order(names: Iterable[str]) -> Iterator[str]:
    """Names in the order of a listing, each once, sorted on disk in a file without a name.

    :raises MigrationError: there is no room for that.
    """
    with contextlib.closing(_temporary()) as database:
        try:
            # As a key, a text stands in the order of its UTF-8, which is that of listings.
            database.execute("create table name (name text primary key) without rowid")
            database.execute("begin")
            rows = ((name,) for name in names)
            while batch := list(itertools.islice(rows, _AT_ONCE)):
                database.executemany("insert or ignore into name values (?)", batch)
            for (name,) in database.execute("select name from name order by name"):
                yield name
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise MigrationError(
                f"cannot sort names: {error}",
                option="names",
                remedy="Make room in /var/tmp or TMPDIR",
            ) from None


def _temporary() -> sqlite3.Connection:
    """A database in a file that nobody else can open; whichever thread drops the names closes it."""
    return sqlite3.connect("", isolation_level=None, check_same_thread=False)
