# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Run make targets one after the other, all of them, and sum up what came of it."""

from __future__ import annotations

import argparse
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

# Molecule draws a line in front of what its verifier writes.
PYTEST_SUMMARY = re.compile(r"^[\s│=]*(\d+ (?:failed|passed|skipped|error).*) in [\d.]+s")
# A green stage of these that ran no test would prove nothing.
COUNTED = ("unit", "integration", "molecule", "test-ceph", "test-containers")
COLOURLESS = {"ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1", "PY_COLORS": "0"}
# No test of this project may be skipped.
BAD = ("failed", "error", "errors", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True)
class Stage:
    """The outcome of one make target.

    :param tests: what pytest counted; empty for a target that is one test as a whole.
    """

    name: str
    status: int
    seconds: float
    tests: Counter[str]

    @property
    def counts(self) -> tuple[int, int]:
        """How many tests passed, how many did not."""
        if not self.tests:
            return (0, 1) if self.status or self.name in COUNTED else (1, 0)
        failed = sum(self.tests[word] for word in BAD)
        return self.tests["passed"], failed or (1 if self.status else 0)

    @property
    def failed(self) -> bool:
        return self.counts[1] > 0

    def __str__(self) -> str:
        tests = ", ".join(f"{number} {word}" for word, number in self.tests.items())
        outcome = "FAILED" if self.failed else "ok"
        return f"{self.name:16}{outcome:8}{self.seconds:7.1f} s  {tests}".rstrip()


def pytest_counts(line: str) -> Counter[str]:
    """Return what the last line that pytest writes tells; nothing for any other line."""
    match = PYTEST_SUMMARY.match(re.sub(r"\x1b\[[\d;]*m", "", line))
    found = re.findall(r"(\d+) (\w+)", match[1]) if match else []
    return Counter({word: int(number) for number, word in found})


def run(name: str) -> Stage:
    """Run one make target; its output goes to this program's."""
    print(f"\n--- {name}", flush=True)
    begun = time.monotonic()
    tests: Counter[str] = Counter()
    with subprocess.Popen(
        ["make", "--no-print-directory", name],
        env=os.environ | COLOURLESS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:

        def stop(number: int, _frame: object) -> NoReturn:
            process.terminate()
            process.wait()
            sys.exit(128 + number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            tests += pytest_counts(line)
    return Stage(name, process.returncode, time.monotonic() - begun, tests)


def obstacle(name: str) -> str:
    """Return why a make target cannot be run here, as ``can-`` and its name tells; or nothing.

    Where that fails, nothing is known against the target, and it will tell itself.
    """
    asked = subprocess.run(
        ["make", "--no-print-directory", f"can-{name}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return "" if asked.returncode else asked.stdout.strip()


def summary(stages: Iterable[Stage]) -> list[str]:
    """Return one line a stage, and a last one with the number of tests."""
    stages = list(stages)
    passed, failed = (sum(column) for column in zip(*(s.counts for s in stages), strict=True))
    seconds = sum(stage.seconds for stage in stages)
    return [*map(str, stages), f"{passed} passed, {failed} failed in {seconds:.1f} s"]


def main(
    arguments: list[str],
    run: Callable[[str], Stage] = run,
    obstacle: Callable[[str], str] = obstacle,
) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", metavar="TARGET")
    parser.add_argument("--if-possible", action="append", default=[], metavar="TARGET")
    parser.add_argument(
        "--start-within",
        type=float,
        default=math.inf,
        metavar="SECONDS",
        help="start no target of --if-possible later than that",
    )
    given = parser.parse_args(arguments)
    stages = [run(name) for name in given.names]
    left_out = {}
    for name in given.if_possible:
        spent = sum(stage.seconds for stage in stages)
        if spent > given.start_within:
            left_out[name] = f"{spent:.0f} s were spent before it"
        elif why := obstacle(name):
            left_out[name] = why
        else:
            stages.append(run(name))
    *lines, last = summary(stages)
    lines += [f"{name:16}left out: {why}; to run it: make {name}" for name, why in left_out.items()]
    print("\n" + "\n".join([*lines, last]), flush=True)
    return 1 if any(stage.failed for stage in stages) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
