# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The plan: what must happen so that the destination holds what the source holds.  Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .._swift.listing import ListedObject, read_time

PARAMETER = re.compile(r"\s*;\s*")


class Action(enum.Enum):
    """What is to be done with one name."""

    COPY = "copy"
    REPLACE = "replace"
    REFRESH = "refresh"
    DELETE = "delete"
    KEEP = "keep"


class Step(NamedTuple):
    """One name and what is to be done with it.

    :param entry: the source's, or for DELETE the destination's.
    :param existing: the destination's, if there is one.
    """

    action: Action
    entry: ListedObject
    existing: ListedObject | None = None


@dataclass(frozen=True)
class ChangeDetection:
    """Decides from two entries of the same name whether the copy is still good.

    :param margin: seconds by which a copy must be younger than the source's object, each by its own
        server's clock, to hold what was last changed there; infinite if nobody knows.
    :param since: ISO 8601 by the destination's clock; what was last changed before is not this
        migration's work, and what its listing does not show may differ.
    :param used: from when to when somebody else wrote to the destination, in the same way.
    :param proved_equal: tells of a pair that only requests can prove equal (a large object, a change
        within the clocks' uncertainty) whether that was done before.
    """

    margin: float = 0.0
    since: str = ""
    used: tuple[str, str] | None = None
    proved_equal: Callable[[ListedObject, ListedObject], bool] = lambda source, destination: False

    def decide(self, source: ListedObject, destination: ListedObject) -> Action:
        """REPLACE for other bytes, REFRESH for what the source changed after it was copied.

        REFRESH for a symlink: what it leads to may change without a listing showing that.
        """
        if source.symlink or destination.symlink:
            return Action.REFRESH if source.symlink else Action.REPLACE
        if not same_content(source, destination):
            return Action.KEEP if self.proved_equal(source, destination) else Action.REPLACE
        if same_type(source, destination) and self._older(source, destination):
            return Action.KEEP
        return Action.KEEP if self.proved_equal(source, destination) else Action.REFRESH

    def _older(self, source: ListedObject, destination: ListedObject) -> bool:
        # A POST changes nothing in a listing but the time: a copy made later holds it.
        if not self._made_by_this_migration(destination):
            return False
        if self.margin <= 0 and source.last_modified < destination.last_modified:
            return True
        gap = read_time(destination.last_modified) - read_time(source.last_modified)
        return gap.total_seconds() > self.margin

    def _made_by_this_migration(self, destination: ListedObject) -> bool:
        moment = destination.last_modified
        if self.used is not None and self.used[0] <= moment <= self.used[1]:
            return False
        return moment >= self.since


def same_content(source: ListedObject, destination: ListedObject) -> bool:
    """Whether the two hold the same bytes as far as listings can tell."""
    if source.size != destination.size:
        return False
    if source.slo_etag or destination.slo_etag:
        return source.slo_etag == destination.slo_etag
    return source.hash == destination.hash


def same_type(source: ListedObject, destination: ListedObject) -> bool:
    """Whether both listings show the same content type.

    Swift shows ``text/plain;charset=utf-8`` for ``text/plain; charset=utf-8``.  Ceph RGW shows what
    it was sent, but only what follows the last comma (both measured).
    """
    if source.content_type == destination.content_type:
        return True
    at_source, at_destination = (
        PARAMETER.sub(";", entry.content_type.strip()) for entry in (source, destination)
    )
    return at_destination in (at_source, at_source.rpartition(",")[2].strip())


def plan(
    source: Iterable[ListedObject],
    destination: Iterable[ListedObject],
    compare: Callable[[ListedObject, ListedObject], Action],
) -> Iterator[Step]:
    """Merge two sorted listings into steps, one for each name and in their order."""
    left, right = iter(source), iter(destination)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if a is not None and (b is None or a.name < b.name):
            yield Step(Action.COPY, a)
            a = next(left, None)
        elif b is not None and (a is None or b.name < a.name):
            yield Step(Action.DELETE, b, b)
            b = next(right, None)
        elif a is not None and b is not None:
            yield Step(compare(a, b), a, b)
            a, b = next(left, None), next(right, None)
