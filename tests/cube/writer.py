# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Keeps writing through the application, and proves that nothing of it was lost."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.cube.api import Api
from tests.cube.daemon import Daemon
from tests.cube.deployment import Deployment
from tests.cube.ledger import Ledger
from tests.cube.verification import verify
from tests.cube.writing import Writing
from tests.servers.errors import LabError
from tests.servers.virtual_environment import ROOT

SHOWN = 20
PAUSE_SECONDS = 1.0


def daemon(state: Path, pause: float = PAUSE_SECONDS) -> Daemon:
    """Return the writer as a process that goes on when this one ends.

    :param pause: seconds that each of its threads waits after each write, about.
    """
    options = ("--state", str(state), "--pause", str(pause))
    command = (sys.executable, "-m", "tests.cube.writer", "run", *options)
    return Daemon("writer", state, command, {**os.environ, "PYTHONPATH": str(ROOT)})


@contextlib.contextmanager
def waiting(state: Path, pause: float = PAUSE_SECONDS) -> Iterator[None]:
    """Let the writer wait, for example while everything is read back.

    :param pause: see :func:`daemon`.
    :raises LabError: it has ended, so that nobody has used the application.
    """
    writer = daemon(state, pause)
    if not writer.pid:
        raise LabError(f"the writer has ended; see {writer.log}")
    writer.stop()
    yield
    writer.start()


def write(deployment: Deployment, threads: int, operations: int | None, pause: float) -> None:
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    pause = pause if operations is None else 0
    writing = Writing(Api(deployment.url), Ledger(deployment.ledger), threads, pause)
    writing.run(told, operations)
    print(", ".join(f"{number} {what}" for what, number in sorted(writing.outcomes.items())))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cube.writer", description=__doc__)
    parser.add_argument("command", choices=["run", "start", "stop", "verify"])
    parser.add_argument("--state", type=Path, required=True, help="directory of the deployment")
    parser.add_argument("--threads", type=int, default=3)
    parser.add_argument("--operations", type=int, help="of each thread; without end if not given")
    parser.add_argument("--pause", type=float, default=PAUSE_SECONDS, help="seconds, without end")
    options = parser.parse_args()
    deployment = Deployment(options.state)
    if options.command == "run":
        write(deployment, options.threads, options.operations, options.pause)
    elif options.command == "start":
        daemon(deployment.state).start()
    elif options.command == "stop":
        daemon(deployment.state).stop()
    else:
        found = verify(deployment)
        for fault in sorted(found.faults)[:SHOWN]:
            print(fault)
        print(found)
        return 1 if found.faults or not found.files else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
