# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What all cases need: a filled source, measured runs, and proof of what arrived."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from tests.benchmarks.logins import Logins
from tests.benchmarks.process import BenchmarkError, Command, Measured, cpu_below, measure
from tests.benchmarks.results import Run
from tests.dataset.client import Account, Client
from tests.dataset.sample import sample
from tests.dataset.upload import Uploader
from tests.servers import Lab

ROWS = Path(__file__).parents[1] / "servers" / "programs" / "container_rows.py"

SETTLE_SECONDS = 30.0
"""How long a server may take to list what it has stored."""

QUIET_SECONDS, QUIET_CORES, QUIET_WAIT = 0.3, 0.2, 3.0
"""Servers are quiet when they take less than a fifth of a core for so long; how long to wait."""

CLOCK_SECONDS = 5.0
"""More than what HTTP's dates, in whole seconds, leave uncertain of two servers' clocks, and the
two seconds that a copy may take."""

FEW = 100
"""Objects below which a case is one of large objects, and its scale that of their size."""

Side = Literal["source", "destination"]
SIDES: tuple[Side, ...] = ("source", "destination")
Turn = TypeVar("Turn")


class Fingerprint(NamedTuple):
    """What a listing shows; equal ones list equal objects."""

    objects: int
    bytes: int
    digest: str


class Bench:
    """A running lab, and how often and how large everything is to be.

    :param scale: factor of the cases' sizes; 1 for the real ones.
    :param record: told each run when it is over.
    :ivar home: the home directory of all that is measured.
    """

    def __init__(self, lab: Lab, rounds: int, scale: float, record: Callable[[Run], None]) -> None:
        self.lab = lab
        self.rounds = rounds
        self.scale = scale
        self.near = Logins(lab.state.creds)
        self.copies: dict[tuple[str, str], str] = {}
        self._record = record
        self.home = lab.state.root / "scratch"
        self.home.mkdir()
        self._filled: set[str] = set()

    def scaled(self, objects: int, size: int) -> tuple[int, int]:
        """Fewer objects where there are many, smaller ones where there are few."""
        if objects >= FEW:
            return max(10, round(objects * self.scale)), size
        return objects, max(1, round(size * self.scale))

    def turns(self, contestants: Sequence[Turn]) -> Iterator[tuple[int, Turn]]:
        """Yield everybody once a round, counted from 1; another one is first each time."""
        for number in range(self.rounds):
            first = number % len(contestants)
            for contestant in (*contestants[first:], *contestants[:first]):
                yield number + 1, contestant

    def client(self, side: Side) -> Client:
        """Return a new connection: a token may not live as long as a benchmark."""
        account = Account.source if side == "source" else Account.destination
        return Client(account(self.lab.description))

    def fill(self, objects: int, size: int) -> str:
        """Return a container of the source with so many objects; fill it the first time.

        As a CUBE's they have no ``X-Object-Meta-Mtime``.
        """
        container = f"{objects}-of-{size}"
        if container not in self._filled:
            say(f"filling the source with {objects:,} objects of {size:,} bytes")
            names = (f"data/{number:06}.bin" for number in range(objects))
            uploader = Uploader(Account.source(self.lab.description), container)
            uploader.run(sample(name, "noise", size) for name in names)
            found = self.fingerprint("source", container)
            if (found.objects, found.bytes) != (objects, objects * size):
                raise BenchmarkError(f"the source lists {found} instead of {objects} objects")
            self._filled.add(container)
            time.sleep(CLOCK_SECONDS)  # a copy is to be younger without a doubt
        return container

    def add_rows(
        self, side: Side, account: str, container: str, number: int, moment: float
    ) -> None:
        """Let a container list so many objects; there are none behind the entries.

        :param moment: when they were changed last, in seconds since the epoch.
        :raises BenchmarkError: the database of the container cannot be written.
        """
        cluster = self.lab.state.cluster(side)
        where = [str(cluster / "etc"), str(cluster / "devices" / "sdb1"), account, container]
        command = [str(self.lab.installation.python), str(ROWS), *where, str(number), str(moment)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise BenchmarkError(f"{ROWS.name}: {ran.stderr[-2000:]}")

    def run(self, command: Command) -> Measured:
        """Run a command without recording it."""
        return measure(command, self.home)

    def measure(
        self, case: str, contestant: str, number: int, command: Command, size: tuple[int, int]
    ) -> Measured:
        """Run a command and record what it took.

        :param number: of the round.
        :param size: objects and bytes that it copies or compares.
        """
        servers = self.lab.running()
        self._wait_for_quiet(servers)
        before = cpu_below(servers)
        took = self.run(command)
        server_cpu = cpu_below(servers) - before
        run = Run(case, contestant, number, took.wall, took.cpu, took.peak, server_cpu, *size)
        self._record(run)
        return took

    def fingerprint(self, side: Side, container: str, *, dated: bool = False) -> Fingerprint:
        """Read a listing.

        :param dated: whether the digest covers the objects' times too.
        """
        digest = hashlib.sha256()
        objects = size = 0
        for entry in self.client(side).listing(container):
            objects += 1
            size += entry["bytes"]
            shown = (entry["name"], entry["bytes"], entry["hash"], entry["content_type"])
            digest.update(repr((shown, entry["last_modified"] if dated else "")).encode())
        return Fingerprint(objects, size, digest.hexdigest())

    def expect_equal(self, source: str, destination: str) -> None:
        """Compare two listings.

        :raises BenchmarkError: they differ.
        """
        wanted = self.fingerprint("source", source)
        deadline = time.monotonic() + SETTLE_SECONDS
        while (found := self.fingerprint("destination", destination)) != wanted:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"{destination} lists {found}, the source {wanted}")
            time.sleep(1)

    def _wait_for_quiet(self, servers: int) -> None:
        # What one contestant leaves to do (updates of accounts, deletes) is not the next one's.
        deadline = time.monotonic() + QUIET_WAIT
        while time.monotonic() < deadline:
            before = cpu_below(servers)
            time.sleep(QUIET_SECONDS)
            if cpu_below(servers) - before < QUIET_CORES * QUIET_SECONDS:
                return

    def empty(self, container: str) -> None:
        """Delete every object of a container of the destination."""
        client = self.client("destination")
        for entry in list(client.listing(container)):
            client.delete(container, entry["name"])


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)
