# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where a lab keeps its files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.servers.errors import LabError

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class State:
    """The directory of one lab: configuration, data, logs and credentials."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def creds(self) -> Path:
        return self.root / "creds"

    @property
    def keystone(self) -> Path:
        return self.root / "keystone"

    @property
    def certificate(self) -> Path:
        return self.root / "tls" / "certificate.pem"

    @property
    def certificate_key(self) -> Path:
        return self.root / "tls" / "key.pem"

    def cluster(self, name: str) -> Path:
        return self.root / name

    def make(self) -> None:
        """Create the directories.

        :raises LabError: when the file system has no extended attributes, which Swift lives on.
        """
        for directory in (self.root, self.run, self.log, self.creds, self.keystone):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = self.root / ".xattr-probe"
        probe.touch()
        try:
            os.setxattr(probe, "user.swift.metadata", b"x" * 2048)
        except OSError as error:
            raise LabError(
                f"{self.root}: no extended attributes here ({error.strerror}); "
                "choose a directory on ext4, xfs or btrfs"
            ) from error
        finally:
            probe.unlink()

    def write_private(self, path: Path, text: str) -> None:
        """Write a file that its owner alone may read; readers see the old or the new one."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = path.with_name(path.name + ".new")
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        scratch.replace(path)

    def render(self, template: str, path: Path, **values: object) -> None:
        text = (TEMPLATES / template).read_text()
        self.write_private(path, Template(text).substitute(values))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; wait for whoever holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
