# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The proof that two containers are equal: a file that can be kept and checked again."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .._own_file import replace_own
from .._version import VERSION
from .._who import who
from .finding import LOST_STATUS, Finding, Fingerprint, Sides, Verdict, names

SAMPLE = 20
"""Differences that a result and a proof hold; a report takes all of them."""

FAULTS = frozenset(
    {Verdict.DIFFER, Verdict.MISSING, Verdict.EXTRA, Verdict.UNREADABLE, Verdict.ERROR}
)
"""The verdicts that make two containers unequal, unless some of them are not to count."""

_UNSEEN = frozenset(
    {Verdict.GONE, Verdict.EXPIRED, Verdict.UNREADABLE, Verdict.ACCEPTED, Verdict.ERROR}
)
"""The verdicts about what could not be looked at."""


class SideProof:
    """Totals of one side, and a digest over all its objects in the order of their names.

    The digest is the SHA-256 of the lines ``name NUL bytes NUL MD5 newline``, in UTF-8.
    """

    def __init__(self) -> None:
        self.objects = 0
        self.bytes = 0
        self._sha256 = hashlib.sha256()

    def add(self, name: str, fingerprint: Fingerprint) -> None:
        """Add the object that follows in the order of names."""
        self.objects += 1
        self.bytes += fingerprint.size
        self._sha256.update(f"{name}\0{fingerprint.size}\0{fingerprint.md5}\n".encode())

    def result(self, *, whole: bool) -> dict[str, Any]:
        """What is known of this side.

        :param whole: every object was added.  Of a part there is no digest.
        """
        known: dict[str, Any] = {"objects": self.objects, "bytes": self.bytes}
        return {**known, "sha256": self._sha256.hexdigest()} if whole else known


class Proof:
    """What was compared and what came of it.

    :param asked: the options that decide what was looked at.
    :param counting: the verdicts that make the containers unequal.
    :ivar done: whether every name was compared; until then nothing is proved.
    :ivar problem: why nothing is proved though no name is at fault, as when the comparison ended
        before that; "" if there is no such thing.
    :ivar sampled: of how many objects more than their entries in the listings is compared so far.
    :ivar sample_size: how many of these there will be, once the listings have been read; 0 before,
        and where a share of all is looked at while they are read.
    :ivar phase: of the migration that fills the destination, "" without one.
    :ivar since: ISO 8601 by the destination's clock; what was changed there since is set aside. ""
        when nothing is.
    :ivar deleted: the first names that only the source has any more.
    :ivar accepted: all that was accepted as unreadable.
    :ivar dangling: the first symlinks that lead to nothing at the source, and match.
    :ivar damaged: how many objects are remembered as damaged at the destination.
    :ivar repairable: how many names make the containers unequal that another copy puts right.
    """

    def __init__(self, asked: dict[str, Any], counting: Collection[Verdict] = FAULTS) -> None:
        self._asked = asked
        self._counting = frozenset(counting)
        self._begun = _now()
        self._by = who()
        self.done = False
        self.problem = ""
        self.phase = self.since = ""
        self.damaged = 0
        self.clear()

    def clear(self) -> None:
        """Forget all counts, before everything is counted again."""
        self.source, self.destination = SideProof(), SideProof()
        self.objects = {verdict.value: 0 for verdict in Verdict}
        self.sampled = self.sample_size = self.repairable = 0
        self.differences: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.accepted: list[dict[str, Any]] = []
        self._dangling = 0
        self.dangling: list[str] = []

    def add(self, finding: Finding, *, closer: bool = False) -> None:
        """Count one name; names must come in order.

        :param closer: headers or content were looked at, not the listings alone.
        """
        self._count(finding)
        self.sampled += closer and finding.verdict not in _UNSEEN
        if finding.dangling:
            self._dangling += 1
            if len(self.dangling) < SAMPLE:
                self.dangling.append(finding.name)
        for side, fingerprint in (
            (self.source, finding.source),
            (self.destination, finding.destination),
        ):
            if fingerprint is not None:
                side.add(finding.name, fingerprint)

    def correct(self, finding: Finding) -> None:
        """Count a name that was counted as a match and has been looked at more closely."""
        self.sampled += finding.verdict not in _UNSEEN
        if finding.verdict is not Verdict.MATCH:
            self.objects[Verdict.MATCH.value] -= 1
            self._count(finding)

    def _count(self, finding: Finding) -> None:
        self.objects[finding.verdict.value] += 1
        if finding.verdict is Verdict.DELETED and len(self.deleted) < SAMPLE:
            self.deleted.append(finding.name)
        if finding.verdict is Verdict.ACCEPTED:
            self.accepted.append(line(finding))
        if finding.verdict in self._counting:
            self.repairable += _is_repairable(finding)
            if len(self.differences) < SAMPLE:
                self.differences.append(line(finding))

    @property
    def faults(self) -> dict[str, int]:
        """How many names have each of the verdicts that count, without those that none has."""
        return {
            verdict: number
            for verdict, number in self.objects.items()
            if number and Verdict(verdict) in self._counting
        }

    @property
    def unequal(self) -> int:
        """How many names make the containers unequal so far."""
        return sum(self.faults.values())

    @property
    def equal(self) -> bool:
        """Whether every name was compared and none makes the containers unequal."""
        return self.done and not self.unequal and not self.problem

    @property
    def complete(self) -> bool:
        """Whether every name of both containers was compared, not only names with a prefix."""
        return self.done and not self._asked.get("prefix")

    def notice(self, source: str, destination: str) -> str:
        """What was set aside, what was accepted, and symlinks to nothing, in a sentence each.

        :param source: the container's name.  :param destination: likewise.
        """
        written, deleted = (
            self.objects[verdict.value] for verdict in (Verdict.WRITTEN, Verdict.DELETED)
        )
        told = []
        if written:
            told.append(f"the application has written {written} objects to '{destination}'")
        if deleted:
            told.append(
                f"{deleted} objects of '{source}' have gone from there: the application has "
                f"deleted them, or they are lost. The first is {self.deleted[0]}"
            )
        since = [f"Since the proof of {self.since}, {' and '.join(told)}."] if told else []
        lost = (
            [
                f"{len(self.accepted)} objects cannot be read, which was accepted. "
                f"The first is {self.accepted[0]['name']}."
            ]
            if self.accepted
            else []
        )
        dangling = (
            [
                f"{self._dangling} symlinks lead to nothing at the source, and are the same at the "
                f"destination. The first is {self.dangling[0]}."
            ]
            if self.dangling
            else []
        )
        return " ".join(since + lost + dangling)

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        return {
            "objects": self.objects,
            "source": self.source.result(whole=self.done),
            "destination": self.destination.result(whole=self.done),
            "sampled": self.sampled,
            "differences": self.differences,
            "phase": self.phase,
            "since": self.since,
            "deleted": self.deleted,
            "accepted": self.accepted,
            "dangling": self.dangling,
            "damaged": self.damaged,
        }

    def write(self, path: str, compared: Mapping[str, Mapping[str, str]]) -> None:
        """Write the file, mode 0600, at once or not at all.

        :param compared: what identifies the source's and the destination's container and server,
            as far as known.
        :raises MigrationError: it cannot be written.
        """
        result = self.result()
        for side, known in compared.items():
            result[side] = {**known, **result[side]}
        content = {
            "equal": self.equal,
            "complete": self.complete,
            "problem": self.problem,
            "collection": VERSION,
            "begun": self._begun,
            "ended": _now(),
            "by": self._by,
            **self._asked,
            **result,
        }
        target = Path(path)
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_own(target, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise MigrationError(
                f"cannot write {path}: {error.strerror}",
                option="proof",
                remedy="Name a file that can be written on the host that runs the module",
            ) from None


def line(finding: Finding) -> dict[str, Any]:
    """A finding as a result and a report show it."""
    told: dict[str, Any] = {
        "name": finding.name,
        "outcome": finding.verdict.value,
        "what": list(finding.what),
    }
    if finding.withheld:
        told["side"] = " and ".join(names(finding.withheld))
    if finding.lost:
        told["status"] = LOST_STATUS
    return told


def _is_repairable(finding: Finding) -> bool:
    """Whether the source has what the destination lacks."""
    if finding.verdict is Verdict.UNREADABLE:
        return Sides.SOURCE not in finding.withheld
    return finding.verdict in (Verdict.DIFFER, Verdict.MISSING)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
