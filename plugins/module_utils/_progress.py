# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How far a run is, in a small file that others may read while it goes on.

It is worked out from the run's own counts, by a thread that looks at them now and then: the threads
that copy know nothing of it.  It holds no secret and no name of an object.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._concurrency import UNIT
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._report import Report, Stage

SUFFIX = ".progress"
"""What the name of the file ends with, beside the journal."""

PAUSE = 2.0
"""Seconds between two states of the file."""

STALE = 30.0
"""Seconds after which a file that says that its run goes on is not believed any more."""

STATES = 16
"""How many of the last states the rates are taken from: half a minute."""

FEW = 3
"""States without which no time is estimated."""


class Total(NamedTuple):
    """What there is in all, as far as it is known before the listing has been read.

    :param objects: a number, or None.  :param size: bytes, or None.
    """

    objects: int | None = None
    size: int | None = None


class _Mark(NamedTuple):
    moment: float
    objects: int
    size: int
    work: float


class Progress:
    """Tells how far a run is.  For one thread.

    :param report: the run's counts.
    :param containers: the names of the source's and the destination's container.
    :param total: what the source's server counts.
    :param concurrency: gives how many objects may be copied at once now.
    :param clock: seconds since 1970.
    """

    def __init__(
        self,
        report: Report,
        containers: tuple[str, str],
        total: Total,
        concurrency: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._report = report
        self._containers = containers
        self._total = total
        self._concurrency = concurrency
        self._clock = clock
        self._started = clock()
        self._marks: deque[_Mark] = deque(maxlen=STATES)

    def state(self, *, done: bool = False) -> dict[str, Any]:
        """What is known now; rates are those since the states that were asked for before.

        An object is done when it needs nothing more: it was copied, was right already, is gone, or
        has failed.  Bytes of a large object count as its segments arrive.  The seconds left are
        None while they are unknown, and may grow.

        :param done: whether the run has ended.
        :returns: the phase ("listing" while there was nothing to copy, then as in ``Stage``), and
            counts: a flat dictionary for JSON, of less than 2 KB.
        """
        report, now = self._report, self._clock()
        finished, moved = report.finished, report.bytes_moved
        objects, size = self._totals()
        work = finished + (report.bytes_kept + moved) / UNIT
        self._marks.append(_Mark(now, finished, moved, work))
        first = self._marks[0]
        seconds = now - first.moment
        pace = (work - first.work) / seconds if seconds > 0 else 0.0
        left = None
        if objects is not None and size is not None and pace > 0 and len(self._marks) >= FEW:
            rest = objects - finished + max(0, size - report.bytes_kept - moved) / UNIT
            left = round(rest / pace)
        return {
            "containers": list(self._containers),
            "process": os.getpid(),
            "phase": self._phase(),
            "objects_total": objects,
            "objects_compared": report.source["objects"],
            "objects_done": finished,
            "objects_copied": report.moved,
            "objects_deleted": report.objects["deleted"],
            "objects_failed": report.objects["failed"],
            "bytes_total": size,
            "bytes_compared": report.source["bytes"],
            "bytes_copied": moved,
            "objects_per_second": _rate(finished - first.objects, seconds),
            "bytes_per_second": _rate(moved - first.size, seconds),
            "concurrency": self._concurrency(),
            "started": round(self._started, 3),
            "written": round(now, 3),
            "seconds_left": 0 if done else left,
            "done": done,
        }

    def _phase(self) -> str:
        stage = self._report.stage
        return "listing" if stage is Stage.COPYING and not self._report.moved else stage.value

    def _totals(self) -> tuple[int | None, int | None]:
        listed = self._report.source
        if self._report.stage is not Stage.COPYING:  # the listing has been read to its end
            return listed["objects"], listed["bytes"]
        objects, size = self._total
        return (
            None if objects is None else max(objects, listed["objects"]),
            None if size is None else max(size, listed["bytes"]),
        )


class ProgressFile:
    """A file that tells how far a run is, from the begin of a ``with`` block to its end.

    It is replaced as a whole, mode 0600.  That it cannot be written is no error: the run matters.
    It stays afterwards, and says that the run has ended.

    :param pause: seconds between two states of it.
    """

    def __init__(self, path: Path, progress: Progress, pause: float = PAUSE) -> None:
        self._path = path
        self._progress = progress
        self._pause = pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, daemon=True)

    def __enter__(self) -> ProgressFile:
        """Write it, and keep it up to date from now on."""
        self._write(done=False)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Write that the run has ended."""
        self._ended.set()
        self._thread.join()
        self._write(done=True)

    def _keep_up(self) -> None:
        while not self._ended.wait(self._pause):
            self._write(done=False)

    def _write(self, *, done: bool) -> None:
        text = json.dumps(self._progress.state(done=done)) + "\n"
        new = self._path.with_name(f"{self._path.name}.new")
        with contextlib.suppress(OSError):
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            new.replace(self._path)


def _rate(amount: int, seconds: float) -> float:
    return round(amount / seconds, 1) if seconds > 0 else 0.0
