# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One pass over both listings: each name is examined, the names of a sample more closely."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Protocol

from .._migration.listing_pair import Both
from .._swift.listing import ListedObject
from .examination import Examination
from .finding import Finding, Sides, Verdict
from .options import CompareOptions, Level
from .ordered_findings import in_order
from .proof import Proof
from .sample import Sample

Submit = Callable[[Callable[[], Finding]], Future[Finding]]


class Tell(Protocol):
    """Is told a finding."""

    def __call__(self, finding: Finding, *, again: bool = False) -> None:
        """Take it.

        :param again: whether the name was told before, as a match.
        """


class ComparisonPass:
    """Examines every name once.

    :param submit: lets a thread make a finding.
    :param tell: told each finding, in no order.
    :param proof: counts them.
    """

    def __init__(
        self,
        options: CompareOptions,
        submit: Submit,
        examination: Examination,
        proof: Proof,
        tell: Tell,
    ) -> None:
        self._submit, self._examination = submit, examination
        self._proof, self._tell = proof, tell
        self._closer = options.level is not Level.LISTING
        self._sample = Sample(options.sample, options.seed)

    def read(self, names: Iterable[Both]) -> None:
        """Examine the names of both listings as they come.

        :raises MigrationError: no object can be asked for any more.
        """
        for (both, late, closer), finding in in_order(self._looked(names)):
            self._tell(finding)
            self._proof.add(finding, closer=closer)
            if self._closer and not closer and finding.verdict is Verdict.MATCH:
                self._sample.offer(finding.name, _mark(both, late))

    def look_closer(self) -> None:
        """Look more closely at names that turned out to be in the sample only after the listings.

        :raises MigrationError: no object can be asked for any more.
        """
        self._proof.sample_size = len(self._sample)
        look = self._examination.look_closer
        for _name, finding in in_order(
            (name, self._submit(functools.partial(look, name, *_marked(name, mark), None)))
            for name, mark in self._sample.rest()
        ):
            self._tell(finding, again=True)
            self._proof.correct(finding)

    def _looked(
        self, names: Iterable[Both]
    ) -> Iterator[tuple[tuple[Both, Sides, bool], Finding | Future[Finding]]]:
        """Yield entries, who changed them, whether they are looked at closely, and findings."""
        examination = self._examination
        for both in names:
            name, late = _name(both), examination.late(*both)
            listed = examination.by_listing(*both, late)
            drawn = self._closer and self._sample.has(name)
            if drawn or examination.is_doubtful(name):
                large = listed is None and _may_be_large(both)
                look = functools.partial(
                    examination.look_closer, name, both, late, listed, is_large=large
                )
                yield (both, late, True), self._submit(look)
            else:
                look = functools.partial(examination.look, name, both, late)
                yield (both, late, False), listed or self._submit(look)


def _name(both: Both) -> str:
    return next(entry.name for entry in both if entry is not None)


def _mark(both: Both, late: Sides) -> str:
    """What a closer look at a name needs to know of its entries."""
    shown = [(entry.last_modified, entry.symlink) if entry is not None else None for entry in both]
    return json.dumps([late.value, *shown])


def _marked(name: str, mark: str) -> tuple[Both, Sides]:
    late, *shown = json.loads(mark)
    entries = (
        None if of is None else ListedObject(name, 0, "", "", of[0], symlink=of[1]) for of in shown
    )
    return Both(*entries), Sides(late)


def _may_be_large(both: Both) -> bool:
    """Whether both sides have it and it is not empty: an empty one is read as quickly."""
    source, destination = both
    return bool(source and destination and (source.size or destination.size))
