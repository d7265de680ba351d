# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The programs of Ceph from the distribution's packages, unpacked where no root is needed."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.state import locked
from tests.servers.virtual_environment import ROOT

PACKAGES = ("ceph-mon", "ceph-osd", "radosgw", "ceph-common")
RELEASE = "bookworm"  # tested with that one's Ceph, 16.2
DEFAULT_ROOT = ROOT / ".cache" / "ceph"
# The distribution's Python runs the one script among them, whose libraries are made for it.
PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class CephInstallation:
    """The packages and what they need that the host has not, 70 MB to download, 260 MB unpacked."""

    root: Path = DEFAULT_ROOT

    def ensure(self) -> None:
        """Download and unpack what is not there yet; quick when all is.

        :raises LabError: when apt cannot tell what is needed, or a package cannot be had.
        """
        with locked(self.root.with_name(self.root.name + ".lock")):
            if self._stamp.exists():
                return
            shutil.rmtree(self.root, ignore_errors=True)
            self.root.mkdir(parents=True)
            self._unpack()
            self._stamp.touch()

    def command(self, program: str) -> list[str]:
        """The words with which one of the programs is started, before its arguments."""
        path = self.root / "usr/bin" / program
        found = str(path) if path.exists() else shutil.which(program) or program
        return [PYTHON, found] if program == "ceph" else [found]

    @property
    def libraries(self) -> Path:
        """Where most shared libraries are, and the plugins beside them."""
        found = sorted(self.root.glob("usr/lib/*-linux-gnu*"))
        return found[0] if found else Path("/usr/lib")

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

    @property
    def _stamp(self) -> Path:
        return self.root / "installed"

    def _unpack(self) -> None:
        packages = self.root / "packages"
        packages.mkdir()
        names = self._needed()
        if names:
            self._run(["apt-get", "download", *names], packages)
        for package in sorted(packages.glob("*.deb")):
            self._run(["dpkg-deb", "--extract", str(package), str(self.root)], packages)
        shutil.rmtree(packages)

    def _needed(self) -> list[str]:
        """Name the packages to download: those asked for and what they need that is not here."""
        planned = self._run(
            ["apt-get", "--simulate", "--no-install-recommends", "install", *PACKAGES], self.root
        )
        return re.findall(r"^Inst (\S+)", planned, re.MULTILINE)

    @staticmethod
    def _run(command: list[str], directory: Path) -> str:
        try:
            done = subprocess.run(
                command,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise LabError(
                f"Ceph comes from Debian's packages, and {command[0]} is not here"
            ) from None
        if done.returncode:
            raise LabError(
                f"{' '.join(command[:2])} failed; `apt-get update` may help. "
                f"{done.stderr[-1000:]}".rstrip()
            )
        return done.stdout


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
