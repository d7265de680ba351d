# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run did: counts, bytes and seconds in memory, the full lists in a file."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Collection, Iterable
from typing import Any

from .._errors import MigrationError
from .._history import rclone_words
from .._history.run_history import RunHistory
from .._printable import printable
from .._swift.listing import ListedObject
from .json_lines import JsonLinesFile
from .outcome import Kind, Outcome
from .plan import Action, Step
from .symlink_counts import SymlinkCounts

SAMPLE = 20
"""Failures, and names of a diff, that a result holds; a file takes all of them."""

CONFLICT = "conflict"
"""What a count of a rollback is called: changed on both sides, left as it is on both."""

ACCEPT = (
    "Look for them in the object store's own files and quarantine; what is lost for good can be "
    "accepted by name with accept_unreadable"
)

COPY_COUNTS = ("copied", "replaced", "refreshed")

COUNT_OF_ACTION = {Action.COPY: "copied", Action.REPLACE: "replaced", Action.REFRESH: "refreshed"}

COUNTS = (
    "copied",
    "replaced",
    "refreshed",
    "deleted",
    "extra",
    "unlisted",
    "kept",
    "vanished",
    "expired",
    "unreadable",
    "failed",
)


class Stage(enum.Enum):
    """What a run is busy with."""

    COPYING = "copying"
    LARGE_OBJECTS = "large objects"
    POSTPONED = "postponed objects"
    DELETING = "deleting"


class Report:
    """Counts of one run.  For all its threads.

    :param path: file that receives one JSON line for each object that was not simply kept, mode
        0600, or None.
    :param counts: what is counted.
    :ivar counted: what both servers count, after the last write if there was any; None when they
        were not asked.
    :ivar stopped: whether the run was asked to stop before its end.
    :ivar estimate_error: by how many seconds the time left was told wrong, on average.
    :ivar accept: names of objects that may be listed and not readable.
    :ivar accepted: how many of these there were.
    :ivar symlinks: what became of those.
    :param history: told each object, and what became of it.
    :param side: whose objects are read, as the user calls it: ``source`` or ``destination``.
    """

    def __init__(
        self,
        path: str | None = None,
        counts: Iterable[str] = COUNTS,
        side: str = "source",
        history: RunHistory | None = None,
    ) -> None:
        self.objects = dict.fromkeys(counts, 0)
        self._side = side
        self._history = history or RunHistory()
        self.accept: Collection[str] = ()
        self.accepted = 0
        self.bytes_copied = 0
        self.bytes_kept = 0
        self.stage = Stage.COPYING
        self.source = {"objects": 0, "bytes": 0}
        self.destination = {"objects": 0, "bytes": 0}
        self.segments = {"copied": 0, "bytes": 0, "deleted": 0}
        self.counted: dict[str, dict[str, int]] | None = None
        self.failures: list[dict[str, str]] = []
        self.unreadable: list[dict[str, Any]] = []
        self.unlisted: list[str] = []
        self.symlinks = SymlinkCounts()
        self.conflicts: list[dict[str, str]] = []
        self.changes: list[str] = []
        self.notice = ""
        self.stopped = False
        self.estimate_error: float | None = None
        self.state_written = False
        self._list = JsonLinesFile(path)
        self._mutex = threading.Lock()
        self._started = time.monotonic()
        self._bytes_plain = 0

    def enter(self, stage: Stage) -> None:
        """Note that the run goes on with something else."""
        self.stage = stage

    def add(
        self, action: Action, outcome: Outcome, seconds: float = 0.0, *, is_large: bool = False
    ) -> None:
        """Count one object worked on.

        :param seconds: that it took.  :param is_large: whether its bytes were counted as segments.
        """
        if seconds:
            self._history.worked(outcome.name, outcome.size, seconds)
        with self._mutex:
            self._add(action, outcome, seconds)
            if outcome.kind is Kind.COPIED and not is_large:
                self._bytes_plain += outcome.size

    def _add(self, action: Action, outcome: Outcome, seconds: float) -> None:
        kind = outcome.kind.value
        if outcome.kind is Kind.COPIED:
            kind = COUNT_OF_ACTION[action]
            self.bytes_copied += outcome.size
        self.objects[kind] += 1
        self._tell(outcome.name, kind, outcome.size, seconds, outcome.reason)
        if outcome.kind is Kind.KEPT:
            return
        if outcome.kind is Kind.FAILED and len(self.failures) < SAMPLE:
            self.failures.append({"name": outcome.name, "reason": outcome.reason})
        if outcome.kind is Kind.UNREADABLE:
            self._add_unreadable(outcome)
        if outcome.kind is Kind.UNLISTED and len(self.unlisted) < SAMPLE:
            self.unlisted.append(outcome.name)
        if kind in (*COPY_COUNTS, "deleted") and len(self.changes) < SAMPLE:
            self.changes.append(f"{kind} {outcome.name}")
        self._list.write(
            {"outcome": kind, "name": outcome.name, "bytes": outcome.size, "reason": outcome.reason}
        )

    def _tell(
        self, name: str, kind: str, size: int, seconds: float = 0.0, reason: str = ""
    ) -> None:
        """Put a line into the list of the run's objects.

        :param kind: what it is counted as.
        """
        word = rclone_words.of_copy(kind, back=self._side == "destination")
        self._history.objects.add(name, word, kind, size, seconds, reason)

    def _add_unreadable(self, outcome: Outcome) -> None:
        accepted = outcome.name in self.accept
        self.accepted += accepted
        found = {
            "name": outcome.name,
            "side": self._side,
            "reason": outcome.reason,
            "accepted": accepted,
        }
        # What is not accepted comes first, as it makes the run fail.
        others = [each for each in self.unreadable if each["accepted"]]
        new = [each for each in self.unreadable if not each["accepted"]]
        (others if accepted else new).append(found)
        self.unreadable = [*new, *others][:SAMPLE]

    def add_conflict(self, name: str, reason: str) -> None:
        """Count one object that was changed on both sides."""
        with self._mutex:
            self.objects[CONFLICT] += 1
            self._tell(name, CONFLICT, 0, reason=reason)
            if len(self.conflicts) < SAMPLE:
                self.conflicts.append({"name": name, "reason": reason})
            self._list.write({"outcome": CONFLICT, "name": name, "bytes": 0, "reason": reason})

    def compared(self, step: Step) -> None:
        """Count one step of the plan: the sizes of both sides, and what needs nothing."""
        if step.action is not Action.DELETE:
            self.source["objects"] += 1
            self.source["bytes"] += step.entry.size
            self._history.listed(step.entry.size)
        if step.existing is not None:
            self.destination["objects"] += 1
            self.destination["bytes"] += step.existing.size
        if step.action is Action.KEEP:
            with self._mutex:
                self.objects["kept"] += 1
                self.bytes_kept += step.entry.size
                self._tell(step.entry.name, "kept", step.entry.size)

    def left(self, entry: ListedObject) -> None:
        """Tell of an object of the destination that the source does not have, and that stays."""
        self._tell(entry.name, "extra", entry.size)

    def add_segment(self, size: int) -> None:
        """Count one segment of a large object, of ``size`` bytes, that was copied."""
        with self._mutex:
            self.segments["copied"] += 1
            self.segments["bytes"] += size

    def add_deleted_segment(self) -> None:
        """Count one segment of a dynamic large object that was deleted."""
        with self._mutex:
            self.segments["deleted"] += 1

    @property
    def finished(self) -> int:
        """How many objects of the source are done with, the failed ones among them."""
        objects = self.objects
        ended = (*COPY_COUNTS, "kept", "vanished", "expired", "unreadable", "failed")
        return sum(objects[kind] for kind in ended)

    @property
    def lacking(self) -> int:
        """How many objects the destination lacks, without those that the user accepts as lost."""
        return self.objects["failed"] + self.objects["unreadable"] - self.accepted

    @property
    def there(self) -> int:
        """How many objects are known to be at the destination in the end, at least."""
        objects = self.objects
        others = objects["kept"] + objects["extra"] + objects["unlisted"]
        return self.moved + others - self.segments["deleted"]

    @property
    def moved(self) -> int:
        """How many objects were copied, replaced and refreshed."""
        return sum(self.objects[kind] for kind in COPY_COUNTS)

    @property
    def bytes_moved(self) -> int:
        """Bytes copied so far; a large object's bytes count as its segments arrive."""
        return self._bytes_plain + self.segments["bytes"]

    @property
    def changed(self) -> bool:
        """Whether the destination was, or in check mode would be, changed."""
        segments = self.segments["copied"] + self.segments["deleted"]
        touched = self.moved + self.objects["deleted"] + segments
        return self.state_written or touched > 0

    def raise_for_failures(self) -> None:
        """Raise when objects failed, or could not be read and were not accepted as lost.

        :raises MigrationError: how many, and the first of them.
        """
        lost = self.objects["unreadable"] - self.accepted
        parts = []
        if self.failures:
            first = self.failures[0]
            parts.append(
                f"{self.objects['failed']} objects were not copied. "
                f"The first is {first['name']}: {first['reason']}"
            )
        if lost:
            named = self.unreadable[0]
            parts.append(
                f"{lost} objects are listed but not readable. "
                f"The first is {named['name']}: {named['reason']}"
            )
        if parts:
            raise MigrationError(
                ". ".join(part.rstrip(".") for part in parts),
                remedy=ACCEPT if lost else None,
            )

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        seconds = time.monotonic() - self._started
        return {
            "changed": self.changed,
            "stopped": self.stopped,
            "objects": self.objects,
            "bytes_copied": self.bytes_copied,
            "segments": self.segments,
            "source": self.source,
            "destination": self.destination,
            "counted": self.counted,
            "seconds": round(seconds, 3),
            "estimate_error": self.estimate_error,
            "objects_per_second": round(self.moved / seconds, 1) if seconds else 0.0,
            "failures": self.failures,
            "unreadable": self.unreadable,
            "unlisted": self.unlisted,
            "symlinks": self.symlinks.result(),
            "notice": ". ".join(filter(None, [self.notice, self.symlinks.notice()])),
            "report": self._list.path,
            **self._history.result(),
        }

    def diff(self) -> dict[str, str]:
        """The changes as Ansible's diff mode shows them: a sample of names, and how many more."""
        total = self.moved + self.objects["deleted"]
        lines = [f"{printable(line)}\n" for line in sorted(self.changes)]
        if total > len(lines):
            lines.append(f"and {total - len(lines)} more\n")
        return {"prepared": "".join(lines)}

    def open(self) -> None:
        """Begin the file.

        :raises MigrationError: it cannot be written.
        """
        self._list.open()

    def close(self) -> None:
        """Finish the file."""
        self._list.close()
