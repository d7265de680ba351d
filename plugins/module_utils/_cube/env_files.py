# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage variables in env files: what they were, and what they are to be."""

from __future__ import annotations

import functools
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .._dotenv import Edit, EnvFile, edit
from .._errors import MigrationError
from .._file_replacement import read

UNCLEAR = "\0"
"""Stands for a value that readers of env files do not agree upon; no environment can hold it."""


@dataclass(frozen=True)
class EnvFileChange:
    """An env file before and after; `path` has its links resolved."""

    path: Path
    before: bytes
    edit: Edit

    @property
    def changed(self) -> bool:
        return self.edit.content != self.before

    @functools.cached_property
    def private_mode(self) -> int | None:
        """The mode that hides it from others, who could read the new values; None if they cannot.

        It is asked for before the file is written.
        """
        mode = stat.S_IMODE(self.path.stat().st_mode)
        return mode & ~stat.S_IRWXO if self.changed and mode & stat.S_IROTH else None


def content_of(path: Path) -> bytes:
    """:raises MigrationError: it is missing or cannot be read."""
    return read(path, create=False) or b""


def environment_of(files: Iterable[Path]) -> dict[str, str]:
    """The environment of a program that reads `files` in this order; `UNCLEAR` where readers differ."""
    found: dict[str, str] = {}
    for path in files:
        parsed = EnvFile.parse(content_of(path))
        for name in {entry.name for entry in parsed.entries if entry.name and entry.assigns}:
            value = parsed.get(name)
            found[name] = UNCLEAR if value is None else value
    return found


def change(path: Path, values: Mapping[str, str], absent: Iterable[str]) -> EnvFileChange:
    """`path` with these variables.

    :raises MigrationError: see `edit`; the message names the file.
    """
    before = content_of(path)
    try:
        return EnvFileChange(path, before, edit(before, values, absent))
    except MigrationError as error:
        raise MigrationError(
            error.message, option=error.option, remedy=f"{error.remedy}. The file: {path}"
        ) from None


def change_back(path: Path, copy: Path, names: Iterable[str]) -> EnvFileChange:
    """`path` with the lines that `names` had in `copy`; all other lines as they are now.

    :raises MigrationError: one of the two is missing, or a line cannot be changed alone.
    """
    before = content_of(path)
    old = EnvFile.parse(content_of(copy))
    now = EnvFile.parse(before)
    added: list[str] = []
    changed: list[str] = []
    removed: list[str] = []
    for name in names:
        entry = old.effective(name)
        had = now.has(name)
        if entry is None and had:
            now = now.without(name)
            removed.append(name)
        elif entry is not None:
            edited = now.with_entry(name, entry)
            if edited is not now:
                (changed if had else added).append(name)
            now = edited
    return EnvFileChange(
        path, before, Edit(now.render(), tuple(added), tuple(changed), tuple(removed))
    )
