# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How fast swift_sync is, beside rclone and beside a bare loop over libcurl: `make bench`.

Everybody in turn, on the same servers. Tells medians, and what they are to reach.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pycurl
from swiftclient.exceptions import ClientException

from tests.benchmarks.bench import FEW, Bench, say
from tests.benchmarks.cases import CASES, Case, beside, with_objects
from tests.benchmarks.contestants import RCLONE, other_version
from tests.benchmarks.process import BenchmarkError
from tests.benchmarks.results import Results, Run
from tests.benchmarks.table import report
from tests.benchmarks.targets import judge
from tests.servers import Lab, LabError
from tests.servers.settings import Settings

CACHE = Path(__file__).parents[2] / ".cache"


class Record:
    """Everything measured so far, in a file after each run, so that a broken-off one is not lost.

    :param facts: what else the file tells, of the machine and the options.
    """

    def __init__(self, path: Path, facts: dict[str, Any]) -> None:
        self.results = Results()
        self.titles: dict[str, str] = {}
        self.failures: list[str] = []
        self._path = path
        self._facts = facts

    def add(self, run: Run) -> None:
        self.results.runs.append(run)
        say(
            f"{run.case}, round {run.round}, {run.contestant}: {run.wall:.2f} s, "
            f"{run.rate:,.0f} objects/s, CPU {run.cpu:.2f} s, servers' CPU {run.server_cpu:.2f} s, "
            f"peak {run.peak / 1e6:.0f} MB"
        )
        self.write()

    def fail(self, reason: str) -> None:
        self.failures.append(reason)
        say(f"failed: {reason}")
        self.write()

    def report(self) -> str:
        return report(self.results, self.titles, self._facts["scale"])

    def write(self) -> None:
        told = {
            **self._facts,
            "cases": self.titles,
            "failures": self.failures,
            "targets": [asdict(verdict) for verdict in judge(self.results)],
            "runs": [asdict(run) for run in self.results.runs],
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(told, indent=1) + "\n")
        self._path.with_suffix(".md").write_text(self.report())


def facts(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the figures depend on."""
    asked = subprocess.run([RCLONE, "version"], capture_output=True, text=True, check=True)
    return {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "libcurl": pycurl.version,
        "rclone": asked.stdout.splitlines()[0],
        "source": "Swift 2.17.1" if options.old_source else "Swift 2.38.3",
        "rounds": options.rounds,
        "scale": options.scale,
    }


def run(lab: Lab, cases: Sequence[Case], options: argparse.Namespace, record: Record) -> None:
    """Run the cases on a new lab, which is gone afterwards; one that fails does not end the others.

    :raises LabError: the servers failed.
    """
    lab.destroy()
    say("starting the servers")
    with lab:
        bench = Bench(lab, options.rounds, options.scale, record.add)
        for case in cases:
            record.titles[case.name] = case.title(bench)
            say(f"{case.name}: {case.title(bench)}")
            try:
                case.run(bench)
            except (BenchmarkError, ClientException) as error:
                record.fail(f"{case.name}: {error}")
    if not record.failures:
        lab.destroy()


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Take SIGTERM for Ctrl-C, so that the servers are stopped."""
    raise KeyboardInterrupt


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--case", action="append", choices=names, help="only this; may be repeated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="of the cases' sizes; 0.02 for a first look"
    )
    parser.add_argument(
        "--objects", type=int, help="copied by a case of many objects, instead of its own number"
    )
    parser.add_argument(
        "--beside",
        type=Path,
        metavar="CHECKOUT",
        help="run swift_sync beside that of another checkout only",
    )
    parser.add_argument(
        "--old-source",
        action="store_true",
        help="copy from Swift 2.17.1 on Python 2.7, not from the release of the destination",
    )
    parser.add_argument("--json", type=Path, default=CACHE / "benchmarks.json")
    parser.add_argument("--state", type=Path, default=CACHE / "benchmarks")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.scale <= 0 or (options.objects or FEW) < FEW:
        parser.error("there must be a round to run, and something to copy")
    return options


def main() -> int:
    options = parse()
    chosen = [case for case in CASES if not options.case or case.name in options.case]
    cases = [with_objects(case, options.objects) for case in chosen]
    if options.beside:
        other = other_version(options.beside.resolve())
        cases = [beside(case, other) for case in cases]
    signal.signal(signal.SIGTERM, interrupt)
    options.state.parent.mkdir(parents=True, exist_ok=True)
    lab = Lab(options.state, settings=Settings(old_source=options.old_source))
    record = Record(options.json, facts(options))
    status = 0
    with options.state.with_name(options.state.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"bench: another one is running in {options.state}", file=sys.stderr)
            return 1
        try:
            run(lab, cases, options, record)
        except LabError as error:
            record.fail(str(error))
        except KeyboardInterrupt:
            print("bench: interrupted; the servers are stopped", file=sys.stderr)
            status = 130
    if record.results.runs:
        print(f"\n{record.report()}\nRaw figures: {options.json}")
    if record.failures:
        told = "\n".join(record.failures)
        print(f"\nbench: {told}\nThe servers' logs: {lab.state.log}", file=sys.stderr)
        return status or 1
    return status


if __name__ == "__main__":
    sys.exit(main())
