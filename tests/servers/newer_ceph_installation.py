# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ceph 18.2: Debian 13's packages, unpacked without root and run with their own C library."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.servers.ceph_installation import PACKAGES, CephInstallation
from tests.servers.debian_packages import DebianPackages
from tests.servers.errors import LabError
from tests.servers.virtual_environment import ROOT

DEBIAN = DebianPackages("trixie", "Ceph 18")
NEWER_ROOT = ROOT / ".cache" / "ceph-18"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"
PYTHON = "python3.13"
UNUSED = ("usr/share/doc", "usr/share/locale", "usr/share/man")


@dataclass(frozen=True)
class NewerCephInstallation(CephInstallation):
    """130 MB to download, 440 MB unpacked: all that they need comes from the same release."""

    root: Path = NEWER_ROOT

    def command(self, program: str) -> list[str]:
        """The words with which one of the programs is started, before its arguments."""
        loader = [str(self.root / LOADER), "--library-path", ":".join(map(str, self._places))]
        binaries = self.root / "usr/bin"
        words = [PYTHON, program] if program == "ceph" else [program]
        return [*loader, *(str(binaries / word) for word in words)]

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the programs find each other."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONHOME": str(self.root / "usr"),
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
            "LC_ALL": "C.UTF-8",
        }

    @property
    def _places(self) -> list[Path]:
        return [self.libraries, self.libraries / "ceph"]

    def _unpack(self) -> None:
        if platform.machine() != "x86_64":
            raise LabError("Ceph 18 is unpacked on x86-64 only")
        print(f"installing Ceph 18 into {self.root}", file=sys.stderr, flush=True)
        DEBIAN.unpack(PACKAGES, self.root, dependencies=True)
        for folder in UNUSED:
            shutil.rmtree(self.root / folder, ignore_errors=True)


def main() -> None:
    """Say in one line why Ceph 18 cannot be had here, or nothing where it can and now is."""
    try:
        NewerCephInstallation().ensure()
    except (LabError, OSError) as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
