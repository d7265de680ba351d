# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Virtual environments of what tests run against, from PyPI, with every package pinned."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.state import locked

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class VirtualEnvironment:
    """Packages in a directory of their own.

    :param path: the directory.
    :param requirements: what is asked for.
    :param constraints: every package that this brings, with its version.
    """

    path: Path
    requirements: Path
    constraints: Path

    @classmethod
    def named(cls, name: str, path: Path) -> VirtualEnvironment:
        """Return the one of ``requirements/<name>.txt`` and ``<name>-constraints.txt``."""
        directory = ROOT / "requirements"
        return cls(path, directory / f"{name}.txt", directory / f"{name}-constraints.txt")

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    def ensure(self) -> None:
        """Install what is not installed yet; quick when all is.

        :raises LabError: when Python has no venv module or a package cannot be had.
        """
        with locked(self.path.with_name(self.path.name + ".lock")):
            if self.is_installed():
                return
            what = f"{self.requirements.stem} into {self.path}"
            print(f"installing {what}", file=sys.stderr, flush=True)
            shutil.rmtree(self.path, ignore_errors=True)
            run(
                [sys.executable, "-m", "venv", str(self.path)],
                "cannot make a virtual environment; on Debian and Ubuntu install python3-venv",
            )
            run(
                [
                    *(str(self.python), "-m", "pip", "install"),
                    *("--quiet", "--disable-pip-version-check", "--only-binary=:all:"),
                    *(f"--requirement={self.requirements}", f"--constraint={self.constraints}"),
                ],
                f"cannot install {what}",
            )

    def is_installed(self) -> bool:
        """Whether the environment holds every package in the version that is pinned."""
        pins = set(re.findall(r"^([\w.-]+)==(\S+)", self.constraints.read_text(), re.MULTILINE))
        installed = {
            (name, version)
            for path in self.path.glob("lib/python*/site-packages/*.dist-info")
            for name, _dash, version in [path.stem.partition("-")]
        }
        return {(_normal(name), version) for name, version in pins} <= {
            (_normal(name), version) for name, version in installed
        }


def run(command: list[str], complaint: str, **environment: str) -> None:
    """Run a command whose output matters only when it fails.

    :raises LabError: with the complaint and the end of the output.
    """
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    if done.returncode:
        raise LabError(f"{complaint}\n{done.stdout[-2000:]}".rstrip())


def _normal(name: str) -> str:
    """Spell a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
