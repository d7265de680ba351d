# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""promtool, Prometheus' own check of metrics and of rules, from Debian 12's packages."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.debian_packages import DebianPackages
from tests.servers.errors import LabError
from tests.servers.host_packages import HostPackages
from tests.servers.virtual_environment import ROOT

DEBIAN = DebianPackages("bookworm", "promtool")
PROGRAM = "usr/bin/promtool"


@dataclass(frozen=True)
class PromtoolInstallation(HostPackages):
    """20 MB to download; the program needs nothing but the C library."""

    root: Path = ROOT / ".cache" / "promtool"
    packages: Sequence[str] = ("prometheus",)
    purpose: str = "promtool"

    def complaints(self, *command: str, given: str = "") -> str:
        """Let it check something.

        :param command: its arguments.
        :param given: its standard input.
        :returns: what it complains of, or "".
        """
        done = subprocess.run(
            [self.root / PROGRAM, *command],
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr + (done.stdout if done.returncode else "")

    def _unpack(self) -> None:
        if platform.machine() != "x86_64":
            raise LabError("promtool is unpacked on x86-64 only")
        unpacked = self.root / "unpacked"
        DEBIAN.unpack(self.packages, unpacked)
        (self.root / PROGRAM).parent.mkdir(parents=True)
        (unpacked / PROGRAM).rename(self.root / PROGRAM)
        shutil.rmtree(unpacked)
