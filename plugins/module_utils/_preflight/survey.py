# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one pass over the source's listing shows of all objects.  Pure.

Memory does not grow with their number.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .._cube.django_name import django_name
from .._swift.listing import ListedObject
from .._swift.name_probe import FORMS, SUSPECT, Form
from .reservoir import Reservoir

FOLDER = "application/directory"
"""The content type of a folder's marker."""

CLASSES = 65
"""Classes of sizes.  Class N has the sizes of N binary digits: 0, 1, 2 to 3, 4 to 7, ..."""

SAMPLED = 128
"""Objects of each class that are kept, to be copied: of few, a server would give the most from its
memory."""

LOOKED_AT = 16
"""How many of these are looked at more closely."""

RECENT_DAYS = 7
"""Days before the survey in which the changes of each hour are counted."""

HOUR = len("2026-11-29T15")
"""Characters of a listing's time that tell the hour."""

FIRST = 20
"""Names of one kind that are kept."""


class Amount(NamedTuple):
    """Objects and their bytes."""

    objects: int = 0
    bytes: int = 0


class Named:
    """A count of objects, and the first of their names."""

    def __init__(self) -> None:
        self.objects = 0
        self.names: list[str] = []

    def add(self, name: str) -> None:
        """Count one."""
        self.objects += 1
        if len(self.names) < FIRST:
            self.names.append(name)


class Survey:
    """Counts what a listing shows.

    :param now: the server's time, as its listings write times.
    :param name_limit: bytes of a name that the destination takes.
    :param size_limit: bytes that it takes in one PUT.
    :param seed: decides which objects are sampled.
    :ivar longest: the object with the longest name, None if there are no objects.
    :ivar largest: the largest one, likewise.
    :ivar empty: those without bytes that are neither folders nor symlinks; a dynamic large object
        may look like one.
    :ivar large: static large objects, where the listing shows them.
    :ivar over_size: others that the destination does not take in one PUT.
    :ivar too_long: names that it does not take.
    :ivar changed_names: names that django-storages changes.
    :ivar forms: for each form of names that a proxy may change, how many have it.
    """

    def __init__(self, now: str, name_limit: int, size_limit: int, seed: int = 0) -> None:
        self._since = _days_before(now, RECENT_DAYS)
        self._now = now
        self._name_limit, self._size_limit = name_limit, size_limit
        self._objects, self._bytes = [0] * CLASSES, [0] * CLASSES
        self._samples = [
            Reservoir[ListedObject](SAMPLED, seed * CLASSES + place) for place in range(CLASSES)
        ]
        self._hours: dict[str, list[int]] = {}
        self.longest: ListedObject | None = None
        self.largest: ListedObject | None = None
        self.empty, self.symlinks = Named(), Named()
        self.large, self.over_size = Named(), Named()
        self.too_long, self.changed_names = Named(), Named()
        self.forms: dict[Form, Named] = {}

    def read(self, entries: Iterable[ListedObject]) -> None:
        """Count each entry of a listing."""
        # This is done a million times: names of the loop are looked up faster than attributes.
        objects, sizes, samples = self._objects, self._bytes, self._samples
        due = [sample.due for sample in samples]
        since, hours, suspect = self._since, self._hours, SUSPECT.search
        longest, largest, limit = 0, -1, self._size_limit
        for entry in entries:
            name, size, _hash, content_type, changed, slo_etag, symlink = entry
            place = size.bit_length()
            objects[place] += 1
            sizes[place] += size
            if objects[place] == due[place]:
                samples[place].take(entry)
                due[place] = samples[place].due
            length = len(name) if name.isascii() else len(name.encode())
            if length > longest:
                longest, self.longest = length, entry
            if length > self._name_limit:
                self.too_long.add(name)
            if size > largest:
                largest, self.largest = size, entry
            if changed >= since:
                counted = hours.get(changed[:HOUR]) or hours.setdefault(changed[:HOUR], [0, 0])
                counted[0] += 1
                counted[1] += size
            if suspect(name):
                self._look_at_name(name)
            if slo_etag:
                self.large.add(name)
            elif size > limit:
                self.over_size.add(name)
            elif symlink:
                self.symlinks.add(name)
            elif not size and content_type != FOLDER:
                self.empty.add(name)

    def _look_at_name(self, name: str) -> None:
        if django_name(name) != name:
            self.changed_names.add(name)
        for form in FORMS:
            if form.pattern.search(name):
                self.forms.setdefault(form, Named()).add(name)

    @property
    def total(self) -> Amount:
        """All objects and their bytes, as the listing shows these."""
        return Amount(sum(self._objects), sum(self._bytes))

    @property
    def name_length(self) -> int:
        """Bytes of the longest name."""
        return len(self.longest.name.encode()) if self.longest else 0

    def classes(self) -> Iterator[tuple[Amount, list[ListedObject]]]:
        """Each class of sizes that has objects: how much it has, and a sample of it."""
        for objects, size, sample in zip(self._objects, self._bytes, self._samples, strict=True):
            if objects:
                yield Amount(objects, size), sample.items

    def looked_at(self) -> list[ListedObject]:
        """A sample of all classes, with the longest name and the largest object."""
        sample = [entry for _amount, entries in self.classes() for entry in entries[:LOOKED_AT]]
        sample += [entry for entry in (self.longest, self.largest) if entry is not None]
        return list(dict.fromkeys(sample))

    def changes(self, hours: int) -> list[Amount]:
        """What was changed in each of the hours before the survey, the last one first.

        What was deleted or changed again is not among it.

        :param hours: of the clock; the one that has just begun counts with the one before.
        """
        last = datetime.datetime.fromisoformat(self._now)
        names = [_hour(last - datetime.timedelta(hours=number)) for number in range(hours + 1)]
        counted = [Amount(*self._hours.get(name, (0, 0))) for name in names]
        later = [Amount(*each) for name, each in self._hours.items() if name > names[0]]
        first = [*later, *counted[:2]]
        joined = Amount(sum(each.objects for each in first), sum(each.bytes for each in first))
        return [joined, *counted[2:]]

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module returns it."""
        return {
            **self.total._asdict(),
            "longest_name": self.name_length,
            "largest": self.largest.size if self.largest else 0,
            "empty": self.empty.objects,
            "large": self.large.objects,
            "symlinks": self.symlinks.objects,
            "changed_names": self.changed_names.objects,
            "sizes": [
                {"below": 1 << place, "objects": self._objects[place], "bytes": self._bytes[place]}
                for place in range(CLASSES)
                if self._objects[place]
            ],
        }


def _days_before(moment: str, days: int) -> str:
    then = datetime.datetime.fromisoformat(moment) - datetime.timedelta(days=days)
    return then.isoformat(timespec="microseconds")


def _hour(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:HOUR]
