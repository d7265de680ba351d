# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Run make targets, all of them, and sum up what came of it.

Several run at once when asked to: each that ends makes room for the next in the order given.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from tests.tools.durations import slowest
from tests.tools.stage import Obstacle, Run, Stage, Stages, obstacle

SLOWEST = 30


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", metavar="TARGET")
    parser.add_argument("--at-once", type=int, default=1, metavar="NUMBER")
    parser.add_argument(
        "--if-possible",
        action="append",
        default=[],
        metavar="TARGET",
        help="leave this one of the targets out where it cannot be run",
    )
    parser.add_argument(
        "--start-within",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="leave out what would start later than that",
    )
    parser.add_argument(
        "--complete",
        action="store_true",
        help="fail when a target is left out",
    )
    parser.add_argument(
        "--but",
        action="append",
        default=[],
        metavar="TARGET",
        help="this one may be left out all the same",
    )
    return parser.parse_args(arguments)


def summary(stages: Iterable[Stage], seconds: float) -> list[str]:
    """Return one line a stage, and a last one with the number of tests.

    :param seconds: from the first one's begin to the last one's end.
    """
    stages = list(stages)
    passed, failed = (sum(column) for column in zip(*(s.counts for s in stages), strict=True))
    spent = sum(stage.seconds for stage in stages)
    return [
        *map(str, stages),
        f"{'together':16}{'':8}{spent:7.1f} s",
        f"{passed} passed, {failed} failed in {seconds:.1f} s",
    ]


def time_line(stages: Iterable[Stage]) -> list[str]:
    """Return when each stage that was run began and ended, in the order in which they began."""
    ran = [stage for stage in stages if not stage.left_out]
    return [
        f"{stage.begun:7.1f} to {stage.begun + stage.seconds:7.1f} s  {stage.name}"
        for stage in sorted(ran, key=lambda stage: stage.begun)
    ]


def run_all(given: argparse.Namespace, run: Run, obstacle: Obstacle) -> list[Stage]:
    """Run the targets, and give them back in the order given."""
    begun = time.monotonic()

    def left_out(name: str) -> str:
        spent = time.monotonic() - begun
        if spent > given.start_within:
            return f"{spent:.0f} s were spent before it"
        return obstacle(name) if name in given.if_possible else ""

    def outcome(name: str) -> Stage:
        if why := left_out(name):
            wrong = given.complete and name not in given.but
            return Stage(name, 1 if wrong else 0, left_out=why)
        since = time.monotonic() - begun
        return dataclasses.replace(run(name), begun=since)

    with ThreadPoolExecutor(given.at_once) as lanes:
        futures = [lanes.submit(outcome, name) for name in given.names]
        try:
            return [future.result() for future in futures]
        except SystemExit:
            lanes.shutdown(wait=True, cancel_futures=True)
            raise


def main(arguments: list[str], run: Run | None = None, obstacle: Obstacle = obstacle) -> int:
    given = options(arguments)
    stages = Stages(prefixed=given.at_once > 1)

    def stop(number: int, _frame: object) -> NoReturn:
        stages.stop(number)
        sys.exit(128 + number)

    if run is None:
        run = stages.run
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
    begun = time.monotonic()
    done = run_all(given, run, obstacle)
    if lines := slowest((stage.report for stage in done if stage.report), SLOWEST):
        print("\n" + "\n".join(["The slowest tests:", *lines]))
    print("\n" + "\n".join(["When each stage ran:", *time_line(done)]))
    print("\n" + "\n".join(summary(done, time.monotonic() - begun)), flush=True)
    return 1 if any(stage.failed for stage in done) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
