# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A real shell, to compare with."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

# It has no commands but its own, nothing to read, and no other variables.
SHELL = 'set -a; exec 3>&1 </dev/null >/dev/null 2>&1; source "$0"; exec /usr/bin/env -0 >&3'


def in_a_shell(text: str) -> dict[str, str]:
    """What bash has in its environment after a program."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        ended = subprocess.run(
            ["/bin/bash", "--norc", "--noprofile", "-c", SHELL, file.name],
            env={"HOME": str(Path.home()), "PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=True,
        )
    pairs = (entry.partition("=") for entry in ended.stdout.decode().split("\0") if entry)
    return {name: value for name, _sign, value in pairs if name.startswith("OS_")}
