# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Run one command and write what it took: a program of its own, and a small one.

A new process begins with its parent's peak memory as its own (exec(2) keeps ``ru_maxrss``), so the
parent must be smaller than anything that is measured.

Usage: python -I -S timing.py FILE PROGRAM [ARGUMENT...]
"""

from __future__ import annotations

import os
import sys
import time

path, *command = sys.argv[1:]
begun = time.monotonic()
child = os.posix_spawn(command[0], command, os.environ)
_child, status, used = os.wait4(child, 0)
wall = time.monotonic() - begun
cpu = used.ru_utime + used.ru_stime
with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not small
    # Linux counts the peak in KiB: getrusage(2).
    file.write(f'{{"wall": {wall}, "cpu": {cpu}, "peak": {used.ru_maxrss * 1024}}}')
sys.exit(os.waitstatus_to_exitcode(status) and 1)
