# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Processes that do not outlive the one that wants them."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def dying_with(parent: int) -> Callable[[], None]:
    """Return a ``preexec_fn`` for a child of the process ``parent``."""

    def prepare() -> None:
        die_with_parent()
        if os.getppid() != parent:  # it ended before prctl
            os._exit(1)

    return prepare


def naming(directory: Path) -> dict[int, str]:
    """Return the running processes, by number, whose command lines name a file in a directory."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"{directory}/" in command:  # a process that has ended has no command line
            found[int(entry.name)] = command
    return found
