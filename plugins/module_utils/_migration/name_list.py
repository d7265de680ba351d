# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names of objects in a file: what a user lists by hand, or a list that a module has written."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from .._errors import MigrationError
from .._history.rclone_words import UNDONE

UNREADABLE = ("unreadable", "accepted")
"""What the modules' lists say of an object that is listed but not readable."""


def read_names(path: str, option: str, only: Collection[str] = ()) -> frozenset[str]:
    """Read the names of a file; see :func:`given_names`."""
    return frozenset(given_names(path, option, only))


def given_names(path: str, option: str, only: Collection[str] = ()) -> Iterator[str]:
    """The names of a file, one after the other.

    A file whose first line is a JSON object has one such object a line, whose ``name`` counts: the
    modules' own lists are such files.  Of the list of all objects of a run, only those count by
    themselves that are not right in the end.  Any other file has one name a line, as it is.

    :param path: the file, in UTF-8; compressed if its name ends with ``.gz``.
    :param option: the option that names it.
    :param only: the outcomes or verdicts that count of a module's list; empty for all.
    :raises MigrationError: it cannot be read, or a line of JSON has no name.
    """
    is_list = False
    try:
        with _opened(Path(path).expanduser()) as file:
            for number, line in enumerate(file, 1):
                text = line.removesuffix("\n")
                row = _row(text) if number == 1 or is_list else None
                is_list = is_list or row is not None
                if not is_list and text.strip():
                    yield text.removesuffix("\r")
                elif row is None and text.strip():
                    raise MigrationError(
                        f"line {number} of {path} is not a JSON object with a name",
                        option=option,
                        remedy="Give a list that swift_compare or swift_sync wrote, or one name a line",
                    )
                elif row is not None and _counts(row, only):
                    yield row["name"]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        unusual = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        why = getattr(error, "strerror", None) or unusual
        raise MigrationError(f"cannot read {path}: {why}", option=option) from None


def accepted_names(names: Iterable[str], path: str | None) -> frozenset[str]:
    """The names of objects that may be listed and not readable.

    :param names: the user's own list, ``accept_unreadable``.
    :param path: the file with more of them, ``accept_unreadable_file``, if any.
    :raises MigrationError: it cannot be read.
    """
    listed = read_names(path, "accept_unreadable_file", UNREADABLE) if path else frozenset()
    return listed | frozenset(names)


def _counts(row: dict[str, Any], only: Collection[str]) -> bool:
    if only:
        return row.get("counted_as", row.get("outcome", row.get("verdict"))) in only
    return "counted_as" not in row or row.get("outcome") in UNDONE


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="\n")
    return path.open(encoding="utf-8", newline="\n")


def _row(line: str) -> dict[str, Any] | None:
    """Return a line of JSON that has a name; None for any other line."""
    try:
        row = json.loads(line)
        return row if isinstance(row["name"], str) else None
    except (ValueError, TypeError, KeyError):
        return None
