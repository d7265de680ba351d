# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an application knows of its files, beside what both containers list.  Pure.

A listing cannot tell which files there must be: only the application can.  Both are in the order
of names, so that they are merged in constant memory.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._migration.listing_pair import Both


class Stage(enum.Enum):
    """What the new container has to hold."""

    COPYING = "copying"
    """Nothing yet."""
    COPIED = "copied"
    """What the old one holds."""
    PROVED = "proved"
    """What the old one held at the proof.  Either may have got more since, until CUBE is switched or
    all is copied and proved once more."""
    IN_USE = "in-use"
    """What the application knows, which has written and deleted there since."""


class Fate(enum.Enum):
    """What has become of one name."""

    FOUND = "found"
    """The application knows it, and it is there."""
    NOT_COPIED = "not_copied"
    """It is in the old container only, as nothing was copied yet."""
    LOST = "lost"
    """It is in the old container only: lost by the migration, or in the new container since."""
    MISSING = "missing"
    """It is in neither: lost before the migration, or in the new container since the cutover."""
    UNLISTED = "unlisted"
    """The old container gives it and does not list it: no migration copies it."""
    NEW_ONLY = "new_only"
    """It is in the new container only, before the cutover, which deletes it there."""
    JUST_GONE = "just_gone"
    """It is not where it should be, and was there in the look before: the application deletes it."""
    DELETED = "deleted"
    """The application does not know it, and has deleted it since the cutover."""
    UNKNOWN = "unknown"
    """The application does not know it, and it is there."""


TOLD = (Fate.LOST, Fate.UNLISTED, Fate.NEW_ONLY, Fate.MISSING)
"""What is told with its names."""

CHANGED = "changed"
"""What a name is that the application would ask for in another form."""

MOST = 20
"""How many names of a kind are kept."""

MOST_ASKED = 1000
"""How many names that a listing lacks are asked for one by one, as a listing may lack some."""


Ask = Callable[[str], tuple[bool, bool]]
"""Tells whether the old and the new container give an object when they are asked for it."""


class Place(NamedTuple):
    """Where a name is: does the application know it, do the old and the new container list it?"""

    name: str
    known: bool
    old: bool
    new: bool


def places(names: Iterable[str], listings: Iterable[Both]) -> Iterator[Place]:
    """Merge the names that an application knows with both listings.

    :param names: in order, each once.  :param listings: likewise.
    """
    left, right = iter(names), iter(listings)
    name, both = next(left, None), next(right, None)
    while name is not None or both is not None:
        listed = None if both is None else _name(both)
        if name is not None and (listed is None or name < listed):
            yield Place(name, known=True, old=False, new=False)
            name = next(left, None)
        elif both is not None and listed is not None:
            known = listed == name
            yield Place(listed, known, both.source is not None, both.destination is not None)
            both = next(right, None)
            if known:
                name = next(left, None)


def fate(place: Place, stage: Stage) -> Fate:
    """What has become of a name."""
    if not place.known:
        gone = stage is Stage.IN_USE and not place.new
        return Fate.DELETED if gone else Fate.UNKNOWN
    if place.new:
        may_be_new = stage in (Stage.PROVED, Stage.IN_USE)
        return Fate.FOUND if place.old or may_be_new else Fate.NEW_ONLY
    if place.old:
        return Fate.NOT_COPIED if stage in (Stage.COPYING, Stage.PROVED) else Fate.LOST
    return Fate.MISSING


@dataclass
class Catalogue:
    """Counts what has become of each name.

    :ivar stage: what the new container has to hold.
    :ivar is_changed: whether the application asks for a name in another form, and so for another
        file.
    :ivar ask: asks for what a listing lacks.
    :ivar was_told: whether the look before has told of a name; asked in the order of names.
    :ivar write: takes a line about each name that is told.
    :ivar changed: how many of the known names are asked for in another form.
    :ivar names: the first names of each kind that is told, and of the changed ones.
    """

    stage: Stage
    is_changed: Callable[[str], bool] = lambda _name: False
    ask: Ask = lambda _name: (False, False)
    was_told: Callable[[str], bool] = lambda _name: True
    write: Callable[[dict[str, Any]], None] = lambda _line: None
    counts: dict[Fate, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    changed: int = 0
    names: dict[str, list[str]] = field(
        default_factory=lambda: {kind: [] for kind in (*(each.value for each in TOLD), CHANGED)}
    )
    _asked: int = 0

    def take(self, found: Iterable[Place]) -> None:
        """Count names."""
        for place in found:
            what = fate(place, self.stage)
            if what in TOLD:
                what = self._by_name(place, what)
            if what in TOLD and not self.was_told(place.name):
                what = Fate.JUST_GONE
            self.counts[what] += 1
            if what in TOLD:
                self._tell(what.value, place.name)
            if place.known and self.is_changed(place.name):
                self.changed += 1
                self._tell(CHANGED, place.name)

    def _by_name(self, place: Place, what: Fate) -> Fate:
        """What has become of a name that a listing lacks, by what both containers give."""
        if self._asked == MOST_ASKED:
            return what
        self._asked += 1
        old, new = self.ask(place.name)
        better = fate(place._replace(old=old or place.old, new=new or place.new), self.stage)
        if better in (Fate.NOT_COPIED, Fate.LOST) and not place.old:
            return Fate.LOST if self.stage is Stage.IN_USE else Fate.UNLISTED
        return better

    @property
    def known(self) -> int:
        """How many names the application knows."""
        return sum(self.counts.values()) - self.unknown

    @property
    def unknown(self) -> int:
        """How many names stand in a container only."""
        return self.counts[Fate.UNKNOWN] + self.counts[Fate.DELETED]

    @property
    def is_of_another(self) -> bool:
        """Whether so many names are missing that these are the names of another container."""
        return self.counts[Fate.MISSING] * 2 > self.known

    def _tell(self, kind: str, name: str) -> None:
        self.write({"name": name, "fate": kind})
        if len(self.names[kind]) < MOST:
            self.names[kind].append(name)


def _name(both: Both) -> str:
    entry = both.source or both.destination
    if entry is None:
        raise ValueError("a name that neither listing shows")
    return entry.name
