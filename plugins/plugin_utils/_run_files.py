# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Copy to the controller what a run has left on the mover: its record and the list of its objects."""

from __future__ import annotations

import base64
import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    FOLDER,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import (
    make_own_folder,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._watch import quoted_folder

BLOCK = 1024 * 1024
"""Bytes of a block; eight of them are in memory at once."""

BLOCKS = 8


class RunFiles:
    """The files of one run on the mover.

    They are read by commands of the shell, as the progress file is: a file may belong to a user
    whom only the task's own way of becoming that user can read for.

    :param read: runs a shell command on the mover and gives what it prints.
    :param state_dir: the state directory there.
    :param mark: what the names of the files have in them.
    """

    def __init__(self, read: Callable[[str], str], state_dir: str, mark: str) -> None:
        self._read = read
        self._folder = f"{quoted_folder(state_dir)}/{FOLDER}"
        self._mark = mark

    def copy(self, folder: Path) -> list[Path]:
        """Copy them into a folder of this user's, mode 0600; one that is there already stays.

        :returns: where they are: the record, and then the list; none if the run left none.
        :raises OSError: one cannot be written, or came in part only.
        """
        found = self._find()
        if found:
            folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            make_own_folder(folder)
        return [self._copy(name, size, folder / name) for name, size in sorted(found.items())]

    def _find(self) -> dict[str, int]:
        """The names of the files, and how many bytes each has."""
        printed = self._read(
            f"cd {self._folder} 2>/dev/null && for name in *-{shlex.quote(self._mark)}.*; do "
            '[ -f "$name" ] && echo "$(wc -c < "$name") $name"; done'
        )
        sizes = (line.split(None, 1) for line in printed.splitlines())
        return {name: int(size) for size, name in sizes}

    def _copy(self, name: str, size: int, target: Path) -> Path:
        if target.exists():
            return target
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                while file.tell() < size:
                    content = self._part(name, file.tell() // BLOCK)
                    if not content:
                        break
                    file.write(content)
                if file.tell() != size:
                    raise OSError(f"{name} came in part only: {file.tell()} of {size} bytes")
            os.link(temporary, target)  # which replaces nothing
        finally:
            Path(temporary).unlink()
        return target

    def _part(self, name: str, block: int) -> bytes:
        printed = self._read(
            f"cd {self._folder} && dd if={shlex.quote(name)} bs={BLOCK} skip={block} "
            f"count={BLOCKS} 2>/dev/null | base64"
        )
        return base64.b64decode(printed)
