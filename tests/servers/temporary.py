# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Labs that are there as long as somebody needs them.

``python -m tests.servers.temporary COMMAND...`` runs a command, and whatever it starts, on one lab,
which the environment variable SWIFT_MIGRATION_LAB names. Where that names a lab already, the
command runs on that one. With ``--old-source`` before the command the lab is a new one in any case,
whose source is the old Swift.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers.errors import LabError
from tests.servers.lab import Lab
from tests.servers.process import dying_with
from tests.servers.settings import Settings
from tests.servers.virtual_environment import ROOT

VARIABLE = "SWIFT_MIGRATION_LAB"
LABS = ROOT / ".cache" / "labs"
STARTING_SECONDS = 3600.0
"""Age of the files from which on they belong to no lab that starts just now."""


@contextmanager
def temporary_lab(settings: Settings | None = None, labs: Path = LABS) -> Iterator[Lab]:
    """Start a lab of its own, and leave nothing of it.

    :param settings: None for the defaults.
    :param labs: where its files are meanwhile; those of labs that were killed are removed.
    """
    labs.mkdir(parents=True, exist_ok=True)
    for left in labs.iterdir():
        if time.time() - left.stat().st_mtime > STARTING_SECONDS and not Lab(left).running():
            Lab(left).destroy()
    lab = Lab(labs / uuid.uuid4().hex[:8], settings=settings)
    try:
        with lab:
            yield lab
    finally:
        lab.destroy()


@contextmanager
def common_lab() -> Iterator[Lab]:
    """Give the lab that SWIFT_MIGRATION_LAB names, or else a temporary one.

    :raises LabError: when the lab that is named does not run.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        with temporary_lab() as lab:
            yield lab
        return
    lab = Lab(named)
    if not lab.running():
        raise LabError(
            f"{VARIABLE}: no lab runs in {named}. Start it: python -m tests.servers up "
            f"--state {named}"
        )
    yield lab


def run(command: Sequence[str], settings: Settings | None = None) -> int:
    """Run a command on a lab; return its exit status as a shell gives it.

    :param settings: of a lab of its own; None for the common one.
    """
    with temporary_lab(settings) if settings else common_lab() as lab:
        process: subprocess.Popen[bytes] | None = None
        told: list[int] = []

        def stop(number: int, _frame: object) -> None:
            told.append(number)
            if process is not None:
                process.send_signal(number)

        usual = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
        # The terminal sends this one to the command as well, which tidies up first.
        usual[signal.SIGINT] = signal.signal(signal.SIGINT, lambda _number, _frame: None)
        try:
            environment = os.environ | {VARIABLE: str(lab.state.root)}
            process = subprocess.Popen(command, env=environment, preexec_fn=dying_with(os.getpid()))
            for number in told:
                process.send_signal(number)
            status = process.wait()
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def main(command: Sequence[str]) -> int:
    old = list(command[:1]) == ["--old-source"]
    command = command[old:]
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(command, Settings(old_source=True) if old else None)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
