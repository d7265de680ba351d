# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Swift 2.17.1 on Python 2.7: Debian 11's packages and PyPI's wheels, unpacked without root."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.servers.debian_packages import DebianPackages
from tests.servers.errors import LabError
from tests.servers.state import locked
from tests.servers.virtual_environment import ROOT

DEBIAN = DebianPackages("bullseye", "the old Swift's Python")  # the last one with Python 2.7
PACKAGES = (
    "libevent-2.1-7",
    "libexpat1",
    "libffi7",
    "libpython2.7-minimal",
    "libpython2.7-stdlib",
    "libsasl2-2",
    "libsqlite3-0",
    "libssl1.1",
    "memcached",
    "python2.7-minimal",
)
"""What the host has in each release, its C library and zlib, is the host's."""

LOCK = ROOT / "requirements" / "old-swift-wheels.txt"
PLATFORMS = ("manylinux1_x86_64", "manylinux2010_x86_64", "any")
DEFAULT_ROOT = ROOT / ".cache" / "old-swift"


@dataclass(frozen=True)
class OldSwiftInstallation:
    """10 MB to download from Debian and 5 MB from PyPI, 60 MB unpacked."""

    root: Path = DEFAULT_ROOT

    def ensure(self) -> None:
        """Download and unpack what is not there yet; quick when all is.

        Signatures of Debian's index and hashes of PyPI's files are checked.

        :raises LabError: when this machine is of another kind, or a package cannot be had.
        """
        wanted = hashlib.sha256(repr((PACKAGES, LOCK.read_text())).encode()).hexdigest()
        with locked(self.root.with_name(self.root.name + ".lock")):
            stamp = self.root / "installed"
            if stamp.exists() and stamp.read_text() == wanted:
                return
            if platform.machine() != "x86_64":
                raise LabError("the old Swift's packages for Python 2.7 are for x86-64 only")
            print(f"installing Swift 2.17.1 into {self.root}", file=sys.stderr, flush=True)
            shutil.rmtree(self.root, ignore_errors=True)
            DEBIAN.unpack(PACKAGES, self.root)
            self._install_wheels()
            stamp.write_text(wanted)

    @property
    def python(self) -> Path:
        return self.root / "usr/bin/python2.7"

    @property
    def memcached(self) -> Path:
        return self.root / "usr/bin/memcached"

    @property
    def scripts(self) -> Path:
        """Where Swift's programs are."""
        return self._packages / "bin"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the programs find what is theirs."""
        libraries = "x86_64-linux-gnu"
        return {
            "LD_LIBRARY_PATH": f"{self.root / 'usr/lib' / libraries}:{self.root / 'lib' / libraries}",
            "PYTHONHOME": str(self.root / "usr"),
            "PYTHONPATH": "",
            # Its resolver wants /etc/protocols, which small machines lack; nothing is resolved here.
            "EVENTLET_NO_GREENDNS": "yes",
        }

    @property
    def _packages(self) -> Path:
        return self.root / "usr/local/lib/python2.7/dist-packages"

    def _install_wheels(self) -> None:
        """Let this Python's pip install for the other one."""
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"),
                *("--target", str(self._packages), "--no-deps", "--no-compile"),
                *("--no-warn-conflicts", "--python-version", "2.7", "--implementation", "cp"),
                *("--abi", "cp27mu", "--abi", "none"),
                *(f"--platform={name}" for name in PLATFORMS),
                *("--only-binary=:all:", "--require-hashes", "--requirement", str(LOCK)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LabError(f"pip failed for the old Swift: {done.stderr[-1000:]}".rstrip())
        # Some files of the standard library are for other Pythons, which its own compiler tells.
        subprocess.run(
            [str(self.python), "-m", "compileall", "-q", str(self.root / "usr")],
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def main() -> None:
    """Say in one line why the old Swift cannot be had, or nothing where it can and now is."""
    try:
        OldSwiftInstallation().ensure()
    except (LabError, OSError) as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
