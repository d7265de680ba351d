# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The programs of PostgreSQL: this host's, or those of its distribution's packages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.host_packages import HostPackages
from tests.servers.virtual_environment import ROOT

PROGRAMS = "usr/lib/postgresql/*/bin"
"""Where Debian and Ubuntu have them, a folder for each version."""


@dataclass(frozen=True)
class PostgresInstallation(HostPackages):
    """Nothing is downloaded where the host has a server already."""

    root: Path = ROOT / ".cache" / "postgres"
    packages: Sequence[str] = ("postgresql",)
    purpose: str = "PostgreSQL"
    host: Path = Path("/")

    def ensure(self) -> None:
        """See to it that there is a server.

        :raises LabError: there is none, and it cannot be had.
        """
        if not self._found(self.host):
            super().ensure()

    @property
    def base(self) -> Path:
        """The folder below which its files lie as they would below ``/``."""
        return self.host if self._found(self.host) else self.root

    def programs(self, base: Path) -> Path:
        """Where its programs are.

        :param base: `base`, or a copy of it.
        :raises LabError: there are none.
        """
        found = self._found(base)
        if not found:
            raise LabError(f"{base} has no PostgreSQL")
        return found[-1]

    def environment(self, base: Path) -> dict[str, str]:
        """The variables with which the programs find their libraries."""
        libraries = base / self.libraries.relative_to(self.root) if base != self.host else None
        return {
            "PATH": f"{self.programs(base)}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            **({"LD_LIBRARY_PATH": str(libraries)} if libraries else {}),
        }

    @staticmethod
    def _found(base: Path) -> list[Path]:
        """Folders with a server's programs, the newest last."""
        found = [path.parent for path in base.glob(f"{PROGRAMS}/initdb")]
        return sorted(found, key=lambda path: float(path.parent.name))
