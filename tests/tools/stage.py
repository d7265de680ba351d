# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One make target, run as a part of a whole, and what came of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / ".cache" / "junit"
# Molecule draws a line in front of what its verifier writes.
PYTEST_SUMMARY = re.compile(r"^[\s│=]*(\d+ (?:failed|passed|skipped|error).*) in [\d.]+s")
# A green stage of these that ran no test would prove nothing.
COUNTED = (
    "unit",
    "integration",
    "molecule",
    "test-ceph",
    "test-ceph-18",
    "test-containers",
    "test-old-swift",
    "test-pages",
)
COLOURLESS = {"ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1", "PY_COLORS": "0"}
# How pytest, Ansible, molecule and the linters begin a line that tells of a failure.
FAILURE = re.compile(r"[\s│]*(FAILED |ERROR |fatal: |\[ERROR\]|CRITICAL|E  +\S|\S+:\d+: )")
# So many of these lines, of so many characters, are repeated in the summary.
REPEATED = 3
WIDTH = 240
# No test of this project may be skipped.
BAD = ("failed", "error", "errors", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True)
class Stage:
    """The outcome of one make target.

    :param status: what make exited with; 0 also for one that was left out and may be.
    :param tests: what pytest counted; empty for a target that is one test as a whole.
    :param left_out: why it was not run; empty when it was.
    :param report: what pytest tells of each test, if that came to be.
    :param told: the last lines that told of a failure.
    :param begun: seconds from the begin of the whole to this one's.
    """

    name: str
    status: int
    seconds: float = 0.0
    tests: Counter[str] = field(default_factory=Counter)
    left_out: str = ""
    report: Path | None = None
    told: tuple[str, ...] = ()
    begun: float = 0.0

    @property
    def counts(self) -> tuple[int, int]:
        """How many tests passed, how many did not."""
        if self.left_out:
            return 0, int(self.status != 0)
        if not self.tests:
            return (0, 1) if self.status or self.name in COUNTED else (1, 0)
        failed = sum(self.tests[word] for word in BAD)
        return self.tests["passed"], failed or (1 if self.status else 0)

    @property
    def failed(self) -> bool:
        return self.counts[1] > 0

    def __str__(self) -> str:
        outcome = "FAILED" if self.failed else "ok"
        if self.left_out:
            outcome = "FAILED  left out" if self.failed else "left out"
            return f"{self.name:16}{outcome}: {self.left_out}; to run it: make {self.name}"
        tests = ", ".join(f"{number} {word}" for word, number in self.tests.items())
        line = f"{self.name:16}{outcome:8}{self.seconds:7.1f} s  {tests}".rstrip()
        return "\n    ".join([line, *self.told] if self.failed else [line])


class Stages:
    """Runs make targets, several at once from several threads; their output goes to this program's.

    :param reports: a folder for what pytest tells of each test.
    :param prefixed: whether each line of the output begins with the target's name.
    """

    def __init__(self, reports: Path = REPORTS, *, prefixed: bool = False) -> None:
        self._reports = reports
        self._prefixed = prefixed
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, name: str) -> Stage:
        """Run a target; one that :meth:`stop` ended has failed."""
        print(f"\n--- {name}", flush=True)
        begun = time.monotonic()
        tests: Counter[str] = Counter()
        told: deque[str] = deque(maxlen=REPEATED)
        report = self._reports / f"{name}.xml"
        report.unlink(missing_ok=True)
        with self._start(name, report) as process:
            assert process.stdout is not None
            prefix = f"{name} | " if self._prefixed else ""
            for line in process.stdout:
                print(f"{prefix}{line}", end="", flush=True)
                tests += pytest_counts(line)
                if FAILURE.match(line):
                    told.append(line.strip()[:WIDTH])
            with self._lock:  # before its number may be another process's
                self._running.discard(process)
        seconds = time.monotonic() - begun
        reported = report if report.exists() else None
        return Stage(name, process.returncode, seconds, tests, report=reported, told=tuple(told))

    def stop(self, number: int) -> None:
        """Send a signal to all that the targets have started, and let no other target go on."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                os.killpg(process.pid, number)

    def _start(self, name: str, report: Path) -> subprocess.Popen[str]:
        with self._lock:
            process = subprocess.Popen(
                ["make", "--no-print-directory", name],
                env=os.environ | COLOURLESS | reporting(name, report),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                process_group=0,
            )
            self._running.add(process)
            if self._stopped:
                os.killpg(process.pid, signal.SIGTERM)
        return process


def reporting(name: str, report: Path) -> dict[str, str]:
    """The environment in which pytest writes its report; molecule starts it more than once."""
    if name not in COUNTED or name == "molecule":
        return {}
    return {"PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} '--junitxml={report}'"}


def pytest_counts(line: str) -> Counter[str]:
    """Return what the last line that pytest writes tells; nothing for any other line."""
    match = PYTEST_SUMMARY.match(re.sub(r"\x1b\[[\d;]*m", "", line))
    found = re.findall(r"(\d+) (\w+)", match[1]) if match else []
    return Counter({word: int(number) for number, word in found})


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


Run = Callable[[str], Stage]
Obstacle = Callable[[str], str]
