# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program that is run before another one: it takes over the environment of a running process.

An exec in a container may be given less than the container's first process.  It is sent as text, as
:mod:`storage_probe` is, and under the same limits.
"""

from __future__ import annotations

import os


def adopt(process: str) -> None:
    """Take over what a process was started with; keep what there is if it cannot be read.

    :param process: its ``/proc/PID/environ``.
    """
    try:
        with open(process, "rb") as file:  # noqa: PTH123
            content = file.read()
    except OSError:
        return
    for line in content.split(b"\0"):
        name, sign, value = line.partition(b"=")
        if sign:
            os.environb[name] = value
