# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which deletes at the destination are allowed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from .._errors import MigrationError
from .plan import Step


def parse_max_delete(max_delete: str, objects: int) -> int:
    """How many deletes ``max_delete`` allows at a destination of so many objects.

    :raises MigrationError: it is neither a count nor a percentage.
    """
    number = max_delete.strip().removesuffix("%").strip()
    if not (number.isascii() and number.isdecimal()):
        raise MigrationError(
            f"'{max_delete}' is neither a count nor a percentage",
            option="max_delete",
            remedy="Write for example 100 or 5%",
        )
    return objects * int(number) // 100 if max_delete.rstrip().endswith("%") else int(number)


MIN_LISTED_SHARE = 0.9
"""Share of the objects that the source's server counts that its listing must have shown."""


class SegmentDeletes:
    """Allows deletes of dynamic large objects' segments, and counts them.  For all threads.

    :param prune: whether any may.
    :param may_delete: asked about each.
    :param most: how many may in all; asked when the first is to be deleted.
    """

    def __init__(
        self, *, prune: bool, may_delete: Callable[[Step], bool], most: Callable[[], int]
    ) -> None:
        self.prune = prune
        self._may_delete, self._most = may_delete, most
        self._mutex = threading.Lock()
        self._taken = 0

    def names(self, what: str, extra: Iterable[Step], listed: int) -> list[str]:
        """The segments to delete: the destination has them, the source's object does not.

        :param what: the object.
        :param extra: the steps to delete them.
        :param listed: how many segments of it the source lists.
        :raises MigrationError: none may be deleted, or not so many.
        """
        names = [step.entry.name for step in extra if not self.prune or self._may_delete(step)]
        if names and not self.prune:
            raise MigrationError(
                f"the destination has a segment '{names[0]}' of the dynamic large object '{what}' "
                "that the source has not",
                option="prune",
                remedy="Set prune to delete it; until then the object would have other bytes",
            )
        if names and not listed:
            raise MigrationError(
                f"the source lists no segment of the dynamic large object '{what}', the "
                f"destination {len(names)}",
                option="prune",
                remedy="None was deleted. Check the segments' container at the source",
            )
        self._reserve(len(names))
        return names

    def give_back(self, number: int) -> None:
        """Count that so many segments were not deleted after all: a later try counts them anew."""
        with self._mutex:
            self._taken -= number

    def _reserve(self, number: int) -> None:
        with self._mutex:
            if number and self._taken + number > self._most():
                raise MigrationError(
                    f"{number} segments of the destination are not in the source, {self._taken} "
                    f"were deleted before, {self._most()} may be",
                    option="max_delete",
                    remedy="None of these was deleted. If they are to be, raise it",
                )
            self._taken += number


def refuse_suspicious_deletes(
    extra: int,
    max_delete: str,
    *,
    source: int,
    destination: int,
    counted: int = 0,
    deleted: int = 0,
) -> None:
    """Refuse deletes that look like a mistake; both listings must have been read to their ends.

    :param extra: objects of the destination that the source's listing lacks.
    :param source: objects in the source's listing.
    :param destination: objects in the destination's listing.
    :param counted: objects that the source's server counts, where that is comparable.
    :param deleted: segments that were deleted before.
    :raises MigrationError: the source is empty, its listing looks incomplete, or there are more
        than ``max_delete`` allows.
    """
    if not source:
        raise MigrationError(
            f"the source's listing is empty, the destination has {destination} objects",
            option="prune",
            remedy="None was deleted. Check source.container and prefix",
        )
    if source < counted * MIN_LISTED_SHARE:
        raise MigrationError(
            f"the source's listing shows {source} objects, its server counts {counted}",
            option="prune",
            remedy="None was deleted. Run again; if it stays so, ask the server's admin",
        )
    limit = parse_max_delete(max_delete, destination) - deleted
    if extra > limit:
        raise MigrationError(
            f"{extra} objects of the destination are not in the source, more than the {limit} "
            f"that '{max_delete}' allows to delete",
            option="max_delete",
            remedy="None was deleted. See in check and diff mode which they are, then raise it",
        )
