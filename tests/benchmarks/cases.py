# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The cases: what is copied or compared, by whom, and what must have come of it."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from tests.benchmarks.bench import CLOCK_SECONDS, FEW, SIDES, Bench
from tests.benchmarks.contestants import (
    FAST_RIVAL,
    FLOOR,
    LISTING,
    RIVAL,
    SYNCER,
    Contestant,
    Pair,
)
from tests.benchmarks.logins import Logins, distant
from tests.benchmarks.preflight_cases import Predicted, Surveyed
from tests.benchmarks.process import BenchmarkError, Command, Measured
from tests.benchmarks.status_case import Looked
from tests.servers.credentials import SOURCE_ACCOUNT

BULKY = 1 << 20
"""Bytes of an object from which copies are deleted at once: few requests, much room."""
DAY = 86_400.0


class Case(Protocol):
    """Something to measure."""

    @property
    def name(self) -> str: ...

    def title(self, bench: Bench) -> str:
        """Say what it is, with the numbers of this scale."""

    def run(self, bench: Bench) -> None:
        """Measure every contestant in every round.

        :raises BenchmarkError: one did not do what it was to do.
        """


@dataclass(frozen=True)
class Copies:
    """Copying into an empty container.

    :param size: of one object, in bytes.
    :param round_trip: in seconds, between contestants and both servers.
    :param concurrency: None for each contestant's own choice.
    """

    name: str
    objects: int
    size: int
    contestants: tuple[Contestant, ...] = (SYNCER, RIVAL, FLOOR)
    concurrency: int | None = 16
    round_trip: float = 0.0

    def title(self, bench: Bench) -> str:
        objects, size = bench.scaled(self.objects, self.size)
        most = f"{self.concurrency} at once" if self.concurrency else "everybody's own defaults"
        way = f", {self.round_trip * 1000:.0f} ms round trip" if self.round_trip else ""
        return f"{objects:,} objects of {size:,} bytes, {most}{way}"

    def run(self, bench: Bench) -> None:
        objects, size = bench.scaled(self.objects, self.size)
        source = bench.fill(objects, size)
        with self._logins(bench) as logins:
            for number, contestant in bench.turns(self.contestants):
                new = container(self.name, contestant, number)
                bench.client("destination").put_container(new)
                command = contestant.command(Pair(logins, source, new, self.concurrency))
                amount = (objects, objects * size)
                bench.measure(self.name, contestant.name, number, command, amount)
                bench.expect_equal(source, new)
                if size >= BULKY:
                    bench.empty(new)
                else:
                    bench.copies[source, contestant.name] = new

    @contextlib.contextmanager
    def _logins(self, bench: Bench) -> Iterator[Logins]:
        if self.round_trip:
            with distant(bench.lab, self.round_trip) as logins:
                yield logins
        else:
            yield bench.near


@dataclass(frozen=True)
class Noop:
    """A second run over objects that each contestant has copied itself."""

    name: str
    objects: int
    size: int
    contestants: tuple[Contestant, ...] = (SYNCER, RIVAL, LISTING)

    def title(self, bench: Bench) -> str:
        objects, size = bench.scaled(self.objects, self.size)
        return f"nothing to do for {objects:,} objects of {size:,} bytes, everybody's own defaults"

    def run(self, bench: Bench) -> None:
        objects, size = bench.scaled(self.objects, self.size)
        source = bench.fill(objects, size)
        copying = [each for each in self.contestants if each is not LISTING]
        copies = {each.name: self._copy(bench, source, each) for each in copying}
        copies[LISTING.name] = copies[SYNCER.name]
        logs = [bench.lab.access_log(side) for side in SIDES]
        before = [bench.fingerprint("destination", copy, dated=True) for copy in copies.values()]
        for number, contestant in bench.turns(self.contestants):
            pair = Pair(bench.near, source, copies[contestant.name], concurrency=None)
            command, amount = contestant.command(pair), (objects, objects * size)
            marks = [(log, log.mark()) for log in logs]
            took = bench.measure(self.name, contestant.name, number, command, amount)
            expect_kept(contestant, took, objects)
            if contestant is SYNCER and any(log.object_requests(mark) for log, mark in marks):
                raise BenchmarkError("swift_sync asked for objects though it had nothing to do")
        after = [bench.fingerprint("destination", copy, dated=True) for copy in copies.values()]
        if before != after:
            raise BenchmarkError("a run that had nothing to do changed something")

    def _copy(self, bench: Bench, source: str, contestant: Contestant) -> str:
        if (source, contestant.name) not in bench.copies:
            new = container(self.name, contestant, 0)
            bench.client("destination").put_container(new)
            bench.run(contestant.command(Pair(bench.near, source, new)))
            bench.expect_equal(source, new)
            bench.copies[source, contestant.name] = new
        return bench.copies[source, contestant.name]


@dataclass(frozen=True)
class Wide:
    """A run over two long listings that are equal; there are no objects behind them."""

    name: str
    entries: int

    def title(self, bench: Bench) -> str:
        return f"nothing to do for {self._number(bench):,} entries"

    def run(self, bench: Bench) -> None:
        number_of_entries = self._number(bench)
        pair = Pair(bench.near, "wide", "wide", concurrency=None)
        bench.client("source").put_container(pair.source)
        bench.client("destination").put_container(pair.destination)
        bench.run(SYNCER.command(pair))  # the migration begins: what comes later is its work
        time.sleep(CLOCK_SECONDS)
        now = time.time()
        entries, project = number_of_entries, bench.lab.description["project_id"]
        bench.add_rows("source", SOURCE_ACCOUNT, pair.source, entries, now - DAY)
        bench.add_rows("destination", f"AUTH_{project}", pair.destination, entries, now)
        bench.expect_equal(pair.source, pair.destination)
        amount = (number_of_entries, bench.fingerprint("source", pair.source).bytes)
        for number, contestant in bench.turns((SYNCER, LISTING)):
            command = contestant.command(pair)
            took = bench.measure(self.name, contestant.name, number, command, amount)
            expect_kept(contestant, took, number_of_entries)

    def _number(self, bench: Bench) -> int:
        return bench.scaled(self.entries, 0)[0]


@dataclass(frozen=True)
class Planning:
    """The plan alone, without servers: two synthetic listings of which 1 % differs."""

    name: str
    entries: int

    def title(self, bench: Bench) -> str:
        number = self._number(bench)
        return f"{number:,} against {number:,} synthetic entries, 1 % different"

    def run(self, bench: Bench) -> None:
        entries = self._number(bench)
        program = [sys.executable, "-m", "tests.benchmarks.plan_program", str(entries)]
        for number, name in bench.turns((self.name,)):
            took = bench.measure(self.name, name, number, Command(program), (entries, 0))
            actions = json.loads(took.output)
            different = sum(count for action, count in actions.items() if action != "keep")
            if different != entries // 400 * 4:
                raise BenchmarkError(f"the plan of {entries} entries is {actions}")

    def _number(self, bench: Bench) -> int:
        return bench.scaled(self.entries, 0)[0] // 400 * 400


def expect_kept(contestant: Contestant, took: Measured, objects: int) -> None:
    """Let a contestant's own count prove that it compared everything and found it equal.

    :raises BenchmarkError: it tells another number; rclone tells none.
    """
    if contestant.kept is None:
        return
    counts = contestant.kept(took.output)
    if set(counts) != {objects}:
        raise BenchmarkError(f"{contestant.name} saw {counts} of {objects} objects: {took.output}")


def container(case: str, contestant: Contestant, number: int) -> str:
    """Name a new container after who is to fill it."""
    who = contestant.name.replace(", ", "-")
    return f"{case}-{who}-{number}"


def with_objects(case: Case, objects: int | None) -> Case:
    """The case with another number of objects, if it is one of copying many; else as it is."""
    if objects is None or not isinstance(case, Copies | Predicted) or case.objects < FEW:
        return case
    return replace(case, objects=objects)


def beside(case: Case, other: Contestant) -> Case:
    """The case for swift_sync and another contestant only; a case of neither kind as it is."""
    if isinstance(case, Copies | Noop):
        return replace(case, contestants=(SYNCER, other))
    return case


CASES: tuple[Case, ...] = (
    Copies("small", 5000, 4 << 10, (SYNCER, RIVAL, FAST_RIVAL, FLOOR)),
    Copies("medium", 1000, 512 << 10),
    Copies("large", 4, 256 << 20),
    Copies("many", 20_000, 4 << 10, (SYNCER,)),
    Copies("at-once", 16, 256 << 20, (SYNCER,)),
    Copies("distant", 1000, 64 << 10, concurrency=None, round_trip=0.040),
    Copies("crowded", 400, 1 << 20, (SYNCER,), concurrency=64, round_trip=0.040),
    Noop("noop", 5000, 4 << 10),
    Wide("wide", 100_000),
    Planning("plan", 1_000_000),
    Surveyed("survey", 1_000_000),
    Looked("status", 1_000_000),
    Predicted("predicted", 5000, 4 << 10),
    Predicted("predicted-bytes", 500, 512 << 10),
)
