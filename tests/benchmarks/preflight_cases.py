# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a preflight costs, and whether what it predicts comes true."""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.bench import Bench, say
from tests.benchmarks.contestants import SYNCER, Pair, preflight
from tests.benchmarks.process import BenchmarkError, Command
from tests.servers.credentials import SOURCE_ACCOUNT

DAY = 86_400.0
MOST = 1.2
"""How much longer a survey may take than the listing alone."""

OFF = 0.3
"""By how much of it the time of a copy may be missed."""

LISTED = "listing alone"
SURVEYED = "survey"


@dataclass(frozen=True)
class Surveyed:
    """A survey of a long listing, and the listing alone; there are no objects behind it."""

    name: str
    entries: int

    def title(self, bench: Bench) -> str:
        return f"a survey of {bench.scaled(self.entries, 0)[0]:,} entries"

    def run(self, bench: Bench) -> None:
        entries = bench.scaled(self.entries, 0)[0]
        bench.client("source").put_container(self.name)
        bench.add_rows("source", SOURCE_ACCOUNT, self.name, entries, time.time() - DAY)
        seconds: dict[str, list[float]] = {LISTED: [], SURVEYED: []}
        program = [sys.executable, "-m", "tests.benchmarks.survey_program"]
        for number, kind in bench.turns((LISTED, SURVEYED)):
            what = [str(bench.near.lab), self.name, "survey" if kind == SURVEYED else "plain"]
            command = Command([*program, *what])
            took = bench.measure(self.name, kind, number, command, (entries, 0))
            found = json.loads(took.output)
            if found["objects"] != entries:
                raise BenchmarkError(f"the {kind} shows {found['objects']} of {entries} entries")
            seconds[kind].append(found["seconds"])
        ratio = statistics.median(seconds[SURVEYED]) / statistics.median(seconds[LISTED])
        say(f"{self.name}: {ratio:.2f} times the time of the listing alone")
        if ratio > MOST:
            raise BenchmarkError(f"a survey takes {ratio:.2f} times as long as the listing alone")


@dataclass(frozen=True)
class Predicted:
    """A preflight, and then the copy whose time it predicts.

    :param size: of one object, in bytes.
    """

    name: str
    objects: int
    size: int

    def title(self, bench: Bench) -> str:
        objects, size = bench.scaled(self.objects, self.size)
        return f"the time of {objects:,} objects of {size:,} bytes predicted"

    def run(self, bench: Bench) -> None:
        objects, size = bench.scaled(self.objects, self.size)
        source = bench.fill(objects, size)
        missed = []
        for number, _name in bench.turns((self.name,)):
            new = f"{self.name}-{number}"
            bench.client("destination").put_container(new)
            pair = Pair(bench.near, source, new, concurrency=None)
            amount = (objects, objects * size)
            looked = bench.measure(self.name, "preflight", number, preflight(pair), amount)
            expected = first_copy(json.loads(looked.output))
            took = bench.measure(self.name, SYNCER.name, number, SYNCER.command(pair), amount)
            bench.expect_equal(source, new)
            say(
                f"{self.name}: predicted {expected['seconds']:.1f} s ({expected['low']:.1f} to "
                f"{expected['high']:.1f}), it took {took.wall:.1f} s"
            )
            missed.append(expected["seconds"] / took.wall - 1)
        if abs(statistics.median(missed)) > OFF:
            raise BenchmarkError(f"the time was missed by {statistics.median(missed):+.0%}")


def first_copy(result: dict[str, Any]) -> dict[str, float]:
    """The time that a preflight predicts.

    :raises BenchmarkError: it measured nothing.
    """
    bad = [check for check in result["checks"] if check["verdict"] == "failure"]
    found: dict[str, float] | None = result["forecast"]["first_copy"]
    if bad or found is None:
        raise BenchmarkError(f"the preflight fails: {bad}")
    return found
