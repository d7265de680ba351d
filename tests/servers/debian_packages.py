# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Packages of a release of Debian, unpacked without root, whatever release this host has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class DebianPackages:
    """They come from this host's mirror of Debian, and their index is checked with its keyring.

    :param release: its code name.
    :param purpose: what they are for, as errors name it.
    """

    release: str
    purpose: str

    def unpack(self, names: Sequence[str], root: Path, *, dependencies: bool = False) -> None:
        """Download packages and unpack them.

        :param root: takes their files.
        :param dependencies: whether all that they need comes, too, the C library among it.
        :raises LabError: one cannot be had.
        """
        apt = root / "apt"
        own = self._configure(apt, self._mirror())
        packages = apt / "packages"
        self._run("apt-get", "--quiet", "update", APT_CONFIG=own)
        if dependencies:
            planned = self._run(
                *("apt-get", "--simulate", "--no-install-recommends", "install", *names),
                APT_CONFIG=own,
            )
            names = re.findall(r"^Inst (\S+)", planned, re.MULTILINE)
        self._run("apt-get", "download", *names, at=packages, APT_CONFIG=own)
        for package in sorted(packages.glob("*.deb")):
            self._run("dpkg-deb", "--extract", str(package), str(root))
        shutil.rmtree(apt)

    def _configure(self, apt: Path, mirror: str) -> str:
        """Prepare for an index that this host's own apt does not have, in a folder of its own.

        :returns: the path of the configuration.
        """
        for folder in ("lists/partial", "cache/archives/partial", "packages"):
            (apt / folder).mkdir(parents=True)
        (apt / "status").touch()
        (apt / "sources.list").write_text(
            f"deb [signed-by={KEYRING}] {mirror} {self.release} main\n"
        )
        configuration = apt / "apt.conf"
        configuration.write_text(
            f'Dir::Etc::sourcelist "{apt}/sources.list";\n'
            'Dir::Etc::sourceparts "/dev/null";\n'
            'Dir::Etc::preferences "/dev/null";\n'
            'Dir::Etc::preferencesparts "/dev/null";\n'
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
        return str(configuration)

    def _mirror(self) -> str:
        """Return where this host takes Debian's packages from."""
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
            f"{self.purpose} comes from Debian's packages, and apt knows no mirror of Debian"
            " here; `apt-get update` may help"
        )

    def _run(self, *command: str, at: Path | None = None, **environment: str) -> str:
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
                f"{self.purpose} comes from Debian's packages, and {command[0]} is not here"
            ) from None
        if done.returncode:
            raise LabError(
                f"{command[0]} failed for {self.purpose}: {done.stderr[-1000:]}".rstrip()
            )
        return done.stdout
