# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Processes that are measured: a contestant's from begin to end, and the servers' CPU time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ("LANG", "LC_ALL", "PATH", "TMPDIR")
LIMIT_SECONDS = 3600.0
TICKS = os.sysconf("SC_CLK_TCK")


class BenchmarkError(Exception):
    """A contestant failed, or did not do what it was measured for."""


@dataclass(frozen=True)
class Command:
    """What to run.

    :param given: its standard input.  :param checkout: whose code it finds.
    """

    arguments: list[str]
    given: str = ""
    checkout: Path = ROOT


@dataclass(frozen=True)
class Measured:
    """What one process took, with its children.

    :param wall: seconds.  :param cpu: seconds, user and system.  :param peak: bytes of memory.
    :param output: what it printed.
    """

    wall: float
    cpu: float
    peak: int
    output: str


def measure(command: Command, scratch: Path) -> Measured:
    """Run a command with nothing of the user's own environment.

    :param scratch: folder for the figures, and the command's home.
    :raises BenchmarkError: it failed, with the end of what it printed, or it does not end.
    """
    figures = scratch / "figures.json"
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {
        "HOME": str(scratch),
        "PYTHONPATH": f"{command.checkout / '.collections'}:{command.checkout}",
    }
    timing = [sys.executable, "-I", "-S", str(Path(__file__).with_name("timing.py"))]
    with subprocess.Popen(
        [*timing, str(figures), *command.arguments],
        cwd=command.checkout,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(command.given, LIMIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise BenchmarkError(f"{command.arguments} did not end") from error
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise BenchmarkError(f"{command.arguments[0]}: {output[-2000:]}{errors[-2000:]}")
    return Measured(**json.loads(figures.read_text()), output=output)


def cpu_below(parent: int) -> float:
    """CPU seconds that all descendants of a process have taken so far (proc(5), ``stat``)."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue  # it has just ended
        number = int(path.parent.name)
        fields = text.rpartition(")")[2].split()
        children[int(fields[1])].append(number)
        ticks[number] = sum(map(int, fields[11:15]))  # its own, and of children that ended
    total, waiting = 0, list(children[parent])
    while waiting:
        number = waiting.pop()
        total += ticks[number]
        waiting += children[number]
    return total / TICKS
