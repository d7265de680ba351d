# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What disks, databases and people do to an object, its segments and its row in the listing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.damage.disk import Disk
from tests.damage.kinds import body, segments_of

Harm = Callable[[Disk, str, str], None]
"""Does something to the object of this container and name."""

OnFile = Callable[[Path], None]

METADATA = "user.swift.metadata"


def deleted(file: Path) -> None:
    """As by a file system check after a power cut."""
    file.unlink()


def flipped(file: Path) -> None:
    """One bit is another one; the length stays."""
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)[0]
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 1]))


def truncated(file: Path) -> None:
    """The second half is missing, as on a disk that was full."""
    os.truncate(file, file.stat().st_size // 2)


def emptied(file: Path) -> None:
    """No byte is left, as after a power cut on a file system that writes late."""
    os.truncate(file, 0)


def grown(file: Path) -> None:
    """There is a byte more."""
    with file.open("ab") as opened:
        opened.write(b"!")


def overwritten(file: Path) -> None:
    """All bytes are zeros; the length stays."""
    file.write_bytes(bytes(file.stat().st_size))


def without_metadata(file: Path) -> None:
    """The attributes are gone, as after a copy with a tool that does not know them."""
    os.removexattr(file, METADATA)


def quarantined(file: Path) -> None:
    """Swift's auditor found it damaged and has put it away."""
    device = next(folder for folder in file.parents if folder.name == "objects").parent
    away = device / "quarantined" / "objects" / file.parent.name
    away.parent.mkdir(parents=True, exist_ok=True)
    file.parent.rename(away)


def on_disk(damage: OnFile) -> Harm:
    """Do it to the object's own file, which is the manifest of a large object."""
    return lambda disk, container, name: damage(disk.file(container, name))


def segment(damage: OnFile, part: str = "1") -> Harm:
    """Do it to the file of one of its segments."""
    return lambda disk, container, name: damage(disk.file(segments_of(container), f"{name}/{part}"))


def replaced(harm: Harm) -> Harm:
    """First somebody replaces the plain object."""

    def do(disk: Disk, container: str, name: str) -> None:
        disk.client.put(container, name, body(f"{name}, replaced"))
        harm(disk, container, name)

    return do


def put_back(disk: Disk, container: str, name: str) -> None:
    """The object is replaced, and then its disk has the old version again, as from a backup."""
    file = disk.file(container, name)
    backup = disk.device / f"backup-{file.parent.name}"
    shutil.copy2(file, backup)  # with its attributes
    disk.client.put(container, name, body(f"{name}, replaced"))
    disk.file(container, name).unlink()
    shutil.move(backup, file)


def ghost(disk: Disk, container: str, name: str) -> None:
    """It is deleted, but the listing goes on showing it."""
    row = disk.row(container, name)
    disk.client.delete(container, name)
    disk.put_row(container, **row | {"created_at": f"{time.time():.5f}"})


def segment_replaced(disk: Disk, container: str, name: str) -> None:
    """Somebody puts other bytes of the same length in the place of a segment."""
    disk.client.put(segments_of(container), f"{name}/1", body("another segment", 1000))


def segment_removed(disk: Disk, container: str, name: str) -> None:
    """Somebody deletes a segment."""
    disk.client.delete(segments_of(container), f"{name}/1")


def segment_unlisted(disk: Disk, container: str, name: str) -> None:
    """The listing of the segments lacks one."""
    disk.drop_row(segments_of(container), f"{name}/1")


def removed(disk: Disk, container: str, name: str) -> None:
    """Somebody deletes it."""
    disk.client.delete(container, name)


def changed(disk: Disk, container: str, name: str) -> None:
    """Somebody puts other bytes of the same length in its place."""
    disk.client.put(container, name, body(f"{name}, changed"))


def changed_unlisted(disk: Disk, container: str, name: str) -> None:
    """The same, but the listing goes on showing the old bytes."""
    row = disk.row(container, name)
    changed(disk, container, name)
    disk.put_row(container, **row)


def short_lived(disk: Disk, container: str, name: str) -> None:
    """Somebody lets it be deleted in an hour."""
    disk.client.post(container, name, {"X-Delete-After": "3600"})


def relabelled(disk: Disk, container: str, name: str) -> None:
    """Somebody gives it other metadata."""
    disk.client.post(container, name, {"X-Object-Meta-Patient": "another"})
