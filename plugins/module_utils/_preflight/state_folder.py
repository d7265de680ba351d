# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether this host can keep what a migration has to remember."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

from .._check import FAILURE, OK, Check
from .._migration.journal_database import check_folder

STATE, DISK = "state folder", "disk of this host"

LISTED = 250
"""Bytes that a listing takes of the disk for each object, see ``parallel_listing``."""

REMEMBERED = 300
"""Bytes of the journal for each object of which something is remembered, at most."""

SPARE = 64 * 1024**2
"""Bytes for everything else."""

GIB = 1024**3


def check_state_folder(folder: Path) -> Iterator[Check]:
    """See that a journal can be kept there.

    :raises MigrationError: it cannot.
    """
    check_folder(folder)
    yield Check(STATE, OK, f"{folder} can be written and locked")


def check_disk(
    folder: Path,
    objects: int,
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    disk: Callable[[Path], Hashable] = lambda path: path.stat().st_dev,
) -> Iterator[Check]:
    """See that there is room for the journal, and for both listings while they are read.

    Of a folder that cannot be asked, :func:`check_state_folder` tells why.

    :param folder: of the journal; it may not exist yet.
    :param objects: how many the source has.
    :param free: bytes that are free on the disk of a folder.
    :param disk: tells the disk of a folder from others.
    """
    try:
        there = next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
        needed: dict[Hashable, tuple[Path, int]] = {}
        for path, size in (
            (there, SPARE + REMEMBERED * objects),
            (Path(tempfile.gettempdir()), SPARE + 2 * LISTED * objects),
        ):
            first, before = needed.get(disk(path), (path, 0))
            needed[disk(path)] = first, before + size
        small = [
            Check(
                DISK,
                FAILURE,
                f"{path} has {free(path) / GIB:.2f} GiB free, {size / GIB:.2f} GiB may be needed",
                "Make room there, or name another folder with state_dir or TMPDIR",
            )
            for path, size in needed.values()
            if free(path) < size
        ]
    except OSError:
        return
    yield from small
    if not small:
        yield Check(DISK, OK, "there is room for the journal and both listings")
