# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The programs of Ceph from the distribution's packages, unpacked where no root is needed."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.host_packages import HostPackages
from tests.servers.virtual_environment import ROOT

PACKAGES = ("ceph-mon", "ceph-osd", "radosgw", "ceph-common")
RELEASE = "bookworm"  # tested with that one's Ceph, 16.2
DEFAULT_ROOT = ROOT / ".cache" / "ceph"
# The distribution's Python runs the one script among them, whose libraries are made for it.
PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class CephInstallation(HostPackages):
    """The packages and what they need that the host has not, 70 MB to download, 260 MB unpacked."""

    root: Path = DEFAULT_ROOT
    packages: Sequence[str] = PACKAGES
    purpose: str = "Ceph"

    def command(self, program: str) -> list[str]:
        """The words with which one of the programs is started, before its arguments."""
        path = self.root / "usr/bin" / program
        found = str(path) if path.exists() else shutil.which(program) or program
        return [PYTHON, found] if program == "ceph" else [found]

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the programs find each other."""
        libraries = self.libraries
        places = [libraries, libraries / "ceph", self.root / "lib" / libraries.name]
        return {
            "PATH": f"{self.root / 'usr/bin'}:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": ":".join(map(str, places)),
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
            "LC_ALL": "C.UTF-8",
        }


def main() -> None:
    """Say in one line why Ceph cannot be had here, or nothing where it can and now is."""
    try:
        if platform.freedesktop_os_release().get("VERSION_CODENAME") != RELEASE:
            raise LabError(f"Ceph comes from the packages of Debian {RELEASE}")
        CephInstallation().ensure()
    except (LabError, OSError) as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
