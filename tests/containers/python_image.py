# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An image to build on, made of the Python that runs the tests: no image registry is needed.

It has what images of Python have and the role's Dockerfile asks for: ``python`` with pip on the
path.  It has no shell, and wheels instead of a way to PyPI.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pip

from tests.containers.engine import Engine

IMAGE = "swift-migration-python"
WHEELS = "/wheels"
HOME = "/python"
NEEDLESS = {"__pycache__", "test", "idlelib", "tkinter", "site-packages", "EXTERNALLY-MANAGED"}


def make(engine: Engine, wheels: Path) -> None:
    """Import the image.

    :param wheels: a folder, which it has as `WHEELS`.
    """
    standard = Path(sysconfig.get_path("stdlib"))
    program = Path(sys.executable).resolve()
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.add(program, f"{HOME}/bin/python", filter=_ordinary)
        archive.add(standard, f"{HOME}/lib/{standard.name}", filter=_ordinary)
        archive.add(Path(pip.__path__[0]), f"{HOME}/pip/pip", filter=_ordinary)
        archive.add(wheels, WHEELS, filter=_ordinary)
        for library in _libraries([program, *standard.glob("lib-dynload/*.so")]):
            is_loader = library.name.startswith("ld-")
            there = str(library) if is_loader else f"{HOME}/lib/{library.name}"
            archive.add(library.resolve(), there, filter=_ordinary)
    environment = {
        "PATH": f"{HOME}/bin",
        "PYTHONHOME": HOME,
        "PYTHONPATH": f"{HOME}/pip",
        "LD_LIBRARY_PATH": f"{HOME}/lib",
    }
    changes = [f"--change=ENV {name}={value}" for name, value in environment.items()]
    engine.docker("import", *changes, "-", IMAGE, stdin=content.getvalue())


def _ordinary(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what is needless, and let everybody read the rest."""
    if Path(member.name).name in NEEDLESS or "/config-" in member.name:
        return None
    member.uid = member.gid = 0
    member.mode |= 0o555 if member.isdir() or member.mode & 0o100 else 0o444
    return member


def _libraries(programs: list[Path]) -> list[Path]:
    """Return the shared libraries that these need, with those that they need themselves."""
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    return sorted({Path(path) for path in re.findall(r"^\s+(?:\S+ => )?(/\S+) \(", told, re.M)})
