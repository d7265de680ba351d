# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Programs from this host's distribution, unpacked where no root is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.state import locked


@dataclass(frozen=True)
class HostPackages:
    """Packages of Debian's, and what they need that the host has not.

    :ivar root: takes their files.
    :ivar packages: their names.
    :ivar purpose: what they are, as errors name it.
    """

    root: Path
    packages: Sequence[str]
    purpose: str

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

    @property
    def libraries(self) -> Path:
        """Where most shared libraries are, and the plugins beside them."""
        found = sorted(self.root.glob("usr/lib/*-linux-gnu*"))
        return found[0] if found else Path("/usr/lib")

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
            ["apt-get", "--simulate", "--no-install-recommends", "install", *self.packages],
            self.root,
        )
        return re.findall(r"^Inst (\S+)", planned, re.MULTILINE)

    def _run(self, command: list[str], directory: Path) -> str:
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
                f"{self.purpose} comes from Debian's packages, and {command[0]} is not here"
            ) from None
        if done.returncode:
            raise LabError(
                f"{' '.join(command[:2])} failed; `apt-get update` may help. "
                f"{done.stderr[-1000:]}".rstrip()
            )
        return done.stdout
