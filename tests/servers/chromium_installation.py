# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A browser without a window: this host's, or that of its distribution's packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.host_packages import HostPackages
from tests.servers.virtual_environment import ROOT

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
PACKAGES = ("chromium-headless-shell", "fonts-dejavu-core")
# What the host has is not unpacked.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
  <include ignore_missing="yes">{root}/etc/fonts/conf.d</include>
  <cachedir>{root}/fonts</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class ChromiumInstallation(HostPackages):
    """Nothing is downloaded where the host has one already; else 80 MB, 290 MB unpacked."""

    root: Path = ROOT / ".cache" / "chromium"
    packages: Sequence[str] = PACKAGES
    purpose: str = "Chromium"

    def ensure(self) -> None:
        """See to it that there is a browser.

        :raises LabError: there is none, and it cannot be had.
        """
        if not self._of_the_host:
            super().ensure()
            if not self._unpacked.exists():
                raise LabError(f"{self.packages[0]} has no {self._unpacked}")

    @property
    def program(self) -> Path:
        """The browser's path."""
        return self._of_the_host or self._unpacked

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which it finds its libraries and fonts."""
        if self._of_the_host:
            return dict(os.environ)
        libraries = self.libraries
        places = [libraries, libraries / "pulseaudio", self.root / "lib" / libraries.name]
        return os.environ | {
            "LD_LIBRARY_PATH": ":".join(map(str, places)),
            "FONTCONFIG_FILE": str(self._fonts),
        }

    def _unpack(self) -> None:
        super()._unpack()
        self._fonts.write_text(FONTS.format(root=self.root))

    @property
    def _fonts(self) -> Path:
        return self.root / "fonts.conf"

    @property
    def _unpacked(self) -> Path:
        return self.root / "usr/lib/chromium/chromium-headless-shell"

    @property
    def _of_the_host(self) -> Path | None:
        found = next(filter(None, map(shutil.which, PROGRAMS)), None)
        return Path(found) if found else None


def main() -> None:
    """Say in one line why there is no browser, or nothing where there is one now."""
    try:
        ChromiumInstallation().ensure()
    except (LabError, OSError) as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
