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

from tests.servers.errors import LabError
from tests.servers.state import locked
from tests.servers.virtual_environment import ROOT

DEBIAN = "bullseye"  # the last one with Python 2.7
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

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
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
            mirror = self._mirror()
            print(f"installing Swift 2.17.1 into {self.root}", file=sys.stderr, flush=True)
            shutil.rmtree(self.root, ignore_errors=True)
            self._unpack_debian(mirror)
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

    def _mirror(self) -> str:
        """Return where this machine takes Debian's packages from."""
        given = self._run(
            *("apt-get", "indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(REPO_URI)"),
            "Created-By: Packages",
        )
        for line in given.splitlines():
            origin, component, address = line.split()
            # Updates and security fixes have other addresses or other suites at the same one.
            if origin == "Debian" and component == "main" and "security" not in address:
                return address
        raise LabError(
            "the old Swift's Python comes from Debian's packages, and apt knows no mirror of Debian"
            " here; `apt-get update` may help"
        )

    def _unpack_debian(self, mirror: str) -> None:
        """Ask for an index that this machine's own apt does not have, in a folder of its own."""
        apt = self.root / "apt"
        for folder in ("lists/partial", "cache/archives/partial", "packages"):
            (apt / folder).mkdir(parents=True)
        (apt / "status").touch()
        (apt / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} {DEBIAN} main\n")
        (apt / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{apt}/sources.list";\n'
            'Dir::Etc::sourceparts "-";\n'
            f'Dir::State "{apt}";\n'
            f'Dir::State::status "{apt}/status";\n'
            f'Dir::Cache "{apt}/cache";\n'
            'APT::Architecture "amd64";\n'
            'APT::Architectures "amd64";\n'
            'APT::Sandbox::User "";\n'
            'APT::Update::Error-Mode "any";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Check-Valid-Until "false";\n'
        )
        packages = apt / "packages"
        own = str(apt / "apt.conf")
        self._run("apt-get", "--quiet", "update", APT_CONFIG=own)
        self._run("apt-get", "download", *PACKAGES, at=packages, APT_CONFIG=own)
        for package in sorted(packages.glob("*.deb")):
            self._run("dpkg-deb", "--extract", str(package), str(self.root))
        shutil.rmtree(apt)

    def _install_wheels(self) -> None:
        """Let this Python's pip install for the other one."""
        self._run(
            *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"),
            *("--target", str(self._packages), "--no-deps", "--no-compile", "--no-warn-conflicts"),
            *("--python-version", "2.7", "--implementation", "cp", "--abi", "cp27mu"),
            *("--abi", "none", *(f"--platform={name}" for name in PLATFORMS)),
            *("--only-binary=:all:", "--require-hashes", "--requirement", str(LOCK)),
        )
        # Some files of the standard library are for other Pythons, which its own compiler tells.
        subprocess.run(
            [str(self.python), "-m", "compileall", "-q", str(self.root / "usr")],
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )

    @staticmethod
    def _run(*command: str, at: Path | None = None, **environment: str) -> str:
        try:
            done = subprocess.run(
                command,
                cwd=at,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError:
            raise LabError(
                f"the old Swift's Python comes from Debian's packages, and {command[0]} is not here"
            ) from None
        if done.returncode:
            called = next(word for word in command if word in ("pip", "dpkg-deb", "apt-get"))
            raise LabError(f"{called} failed for the old Swift: {done.stderr[-1000:]}".rstrip())
        return done.stdout


def main() -> None:
    """Say in one line why the old Swift cannot be had, or nothing where it can and now is."""
    try:
        OldSwiftInstallation().ensure()
    except (LabError, OSError) as error:
        print(" ".join(str(error).split()))


if __name__ == "__main__":
    main()
