# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The file that is the record of a run: dated, private, and no other run's."""

from __future__ import annotations

import datetime
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._own_file import make_own_folder, read_own, replace_own
from .object_list import SUFFIX as OF_LIST

FOLDER = "runs"
"""The folder in the state directory."""

FORMAT = 1
"""The version of what records hold: a reader ignores the keys that it does not know."""

SUFFIX = ".json"

MIGRATE, ROLLBACK, COMPARE = "migrate", "rollback", "compare"
"""What a run does."""

UNFINISHED, DONE, FAILED, STOPPED = "unfinished", "done", "failed", "stopped"
"""How it has ended.  One that goes on is unfinished, as one is that was killed."""


class RunRecord:
    """Replaced as a whole by its own run, mode 0600, in a folder of this user's.

    :param folder: where it is to be; made if it is not there.
    :param what: what is recorded, as in its name.
    :param begun: when that has begun.
    :param mark: makes its name one that no other has.
    """

    def __init__(self, folder: Path, what: str, begun: datetime.datetime, mark: str = "") -> None:
        self.name = f"{begun:%Y%m%dT%H%M%SZ}-{what}-{mark or new_mark()}"
        self.path = folder / f"{self.name}{SUFFIX}"
        self.list_path = folder / f"{self.name}{OF_LIST}"

    def begin(self) -> None:
        """Make the file.

        :raises FileExistsError: it is there: another run's is never taken.
        :raises OSError: it cannot be made, or others may write to its folder.
        """
        self.path.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_own_folder(self.path.parent)
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))

    def write(self, content: dict[str, Any]) -> None:
        """Replace what it holds.

        :raises OSError: it cannot be written.
        """
        text = json.dumps({"format": FORMAT, "name": self.name, **content}, indent=1) + "\n"
        replace_own(self.path, text.encode())


def new_mark() -> str:
    """Eight letters that no other record has in its name."""
    return secrets.token_hex(4)


def moment(seconds: float) -> str:
    """A moment as records tell it: ISO 8601, UTC, with milliseconds.

    :param seconds: since 1970.
    """
    return _utc(seconds).isoformat(timespec="milliseconds")


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def read_record(path: Path) -> dict[str, Any]:
    """What a record holds.

    :raises OSError: it cannot be read, or somebody else may have written it.
    :raises ValueError: it is no record, or one that was only just begun.
    """
    found = json.loads(read_own(path))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{path} is no record")
    return found


def records(folder: Path) -> Iterator[Path]:
    """The records of a folder, the newest first.

    :raises OSError: the folder cannot be read.
    """
    if folder.exists():
        yield from sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
