# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A file that is replaced as a whole, and the private, dated copies of what it was."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Protocol

from ._errors import MigrationError


class ReplaceFile(Protocol):
    """What replaces files: the engine decides about the content, not about owners and modes."""

    def __call__(self, path: Path, content: bytes) -> None:
        """Put `content` in the place of a file at once; owner and mode are kept, 0600 if it is new.

        :raises MigrationError: it cannot be replaced.
        """


_COPY = re.compile(r"\.\d{8}T\d{6}Z(-\d+)?\.bak")


def read(path: Path, *, create: bool) -> bytes | None:
    """The content of the file; None if it is missing and may be created.

    :raises MigrationError: it cannot be read, or is missing and may not.
    """
    try:
        if not path.exists():
            if not path.parent.is_dir():
                raise MigrationError(f"the folder {path.parent} does not exist", option="path")
            if not create:
                raise MigrationError(
                    f"{path} does not exist", option="path", remedy="Create it with create=true"
                )
            return None
        if not path.is_file():
            raise MigrationError(f"{path} is not a file", option="path")
        return path.read_bytes()
    except OSError as error:
        raise MigrationError(
            f"cannot read {path}: {error.strerror}",
            option="path",
            remedy="Run the task as a user who may, for example with become",
        ) from None


def back_up(path: Path, content: bytes) -> str:
    """Write `content` beside `path`, for this user's eyes only; the name of the copy.

    :raises MigrationError: the folder cannot be written to.
    """
    stem = f"{path}.{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    name = f"{stem}.bak"
    for attempt in count(1):
        try:
            descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        except FileExistsError:
            name = f"{stem}-{attempt}.bak"
        except OSError as error:
            raise MigrationError(
                f"cannot write a copy into {path.parent}: {error.strerror}", option="backup"
            ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def prune(path: Path, keep: int, needed: Iterable[str]) -> list[str]:
    """Delete all but the `keep` youngest copies of `path`; those `needed` stay as well."""
    copies = [p for p in path.parent.glob("*.bak") if is_copy(p, path)]
    copies.sort(key=lambda copy: (copy.stat().st_mtime_ns, copy.name))
    deleted = [str(copy) for copy in copies[: max(len(copies) - keep, 0)]]
    deleted = [copy for copy in deleted if copy not in set(needed)]
    for copy in deleted:
        Path(copy).unlink()
    return deleted


def is_copy(candidate: Path, path: Path) -> bool:
    """Whether this may be a copy of `path` that `back_up` has made: by its place and name."""
    name = candidate.name
    return (
        candidate.parent == path.parent
        and name.startswith(path.name)
        and _COPY.fullmatch(name[len(path.name) :]) is not None
    )
