# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run of ``playbooks/migrate.yml`` costs that has nothing to do.

``python -m tests.benchmarks.plays [--beside CHECKOUT]`` runs it in turn with this version and with
that of another checkout, on the same servers, and tells the median of the seconds, the lines that
were printed, the tasks and the modules that were run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.process import KEPT, ROOT, BenchmarkError
from tests.dataset import dataset
from tests.dataset.client import Account
from tests.dataset.upload import Uploader
from tests.servers import Lab
from tests.servers.temporary import temporary_lab

SOURCE = "users"


@dataclass(frozen=True)
class Play:
    """What one run of the playbook took.

    :param seconds: from the begin of the command to its end.
    :param lines: that it printed, the empty ones among them.
    :param tasks: that were begun on a host, the skipped ones among them.
    :param modules: tasks of these that ran a module on the mover or on the controller.
    """

    seconds: float
    lines: int
    tasks: int
    modules: int


class Migration:
    """The playbook of one checkout, with a home and a state of its own.

    :param lab: the servers, whose source has been filled.
    :param container: name of the container that it fills.
    """

    def __init__(self, checkout: Path, lab: Lab, container: str) -> None:
        self._checkout = checkout
        self._home = lab.state.root / container
        self._home.mkdir()
        given = {
            "swift_migration_destination_container": container,
            "migrate_data_state_dir": str(self._home / "state"),
        }
        self._command = [
            str(Path(sys.executable).parent / "ansible-playbook"),
            "--inventory=inventories/demo",
            f"--extra-vars={json.dumps(given)}",
            "playbooks/migrate.yml",
        ]
        self._environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "HOME": str(self._home),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callbacks")),
            "SWIFT_MIGRATION_LAB": str(lab.state.root),
            "TALLY": str(self._home / "tally.json"),
        }

    def run(self) -> Play:
        """Run it once.

        :raises BenchmarkError: it failed; with what it printed.
        """
        begun = time.monotonic()
        done = subprocess.run(
            self._command,
            cwd=self._checkout,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begun
        if done.returncode:
            raise BenchmarkError(done.stdout)
        self.printed = done.stdout
        counts = json.loads((self._home / "tally.json").read_text())
        return Play(seconds, len(done.stdout.splitlines()), **counts)


def measure(lab: Lab, checkouts: list[Path], objects: int, rounds: int) -> list[list[Play]]:
    """Run the playbook of each checkout in turn, after two runs that copy and learn.

    :returns: the rounds of each.
    """
    Uploader(Account.source(lab.description), SOURCE).run(dataset(1, objects, 0.02, SOURCE))
    migrations = [Migration(path, lab, f"copy-{number}") for number, path in enumerate(checkouts)]
    for migration in migrations:
        migration.run()
        migration.run()
    plays: list[list[Play]] = [[] for _migration in migrations]
    for _round in range(rounds):
        for migration, done in zip(migrations, plays, strict=True):
            done.append(migration.run())
    for migration in migrations:
        print(migration.printed)
    return plays


def tell(checkout: Path, plays: list[Play]) -> str:
    """Say in one line what the runs of a checkout took."""
    seconds = ", ".join(f"{play.seconds:.1f}" for play in plays)
    last = plays[-1]
    return (
        f"{checkout.name}: {median(play.seconds for play in plays):.1f} s ({seconds}), "
        f"{last.lines} lines, {last.tasks} tasks, {last.modules} modules"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.plays", description=__doc__)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT")
    parser.add_argument("--objects", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    checkouts = [*([options.beside.resolve()] if options.beside else []), ROOT]
    with temporary_lab() as lab:
        for checkout, plays in zip(
            checkouts, measure(lab, checkouts, options.objects, options.rounds), strict=True
        ):
            print(tell(checkout, plays))


if __name__ == "__main__":
    main()
