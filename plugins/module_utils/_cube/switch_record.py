# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a switch to the new storage must remember to be undone.  It holds no secret."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from .._errors import MigrationError
from .._own_file import ForeignFileError


def _read(path: Path) -> bytes:
    """The file's bytes.

    :raises OSError: it is a link, is of another user, or others may write to it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ForeignFileError(path, "it is a symbolic link") from None
        raise
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if found.st_uid not in (0, os.geteuid()):
            raise ForeignFileError(path, f"it belongs to user {found.st_uid}")
        if found.st_mode & 0o022:
            raise ForeignFileError(path, "others than its owner may write to it: chmod go-w")
        return file.read()


@dataclass(frozen=True)
class SwitchMemory:
    """What a switch to the new storage must remember to be undone.

    :ivar target: the storage that CUBE was switched to: backend, URL, container.
    :ivar copies: for each env file the copy that holds what it was before.
    :ivar names: the variables that the switch concerns.
    """

    target: str
    copies: dict[str, str]
    names: list[str]

    def dump(self) -> bytes:
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def load(cls, path: Path) -> SwitchMemory | None:
        """None before a switch.

        :raises MigrationError: it cannot be read.
        """
        try:
            content = json.loads(_read(path))
            return cls(
                target=str(content["target"]),
                copies={str(k): str(v) for k, v in content["copies"].items()},
                names=[str(name) for name in content["names"]],
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = error.strerror or "it cannot be read"
        except (ValueError, KeyError, TypeError, AttributeError):
            reason = "this role did not write it"
        raise MigrationError(
            f"cannot read {path}: {reason}",
            option="cube_storage_memory",
            remedy="It says which copies hold the old environment. Repair it, or name another file",
        )
