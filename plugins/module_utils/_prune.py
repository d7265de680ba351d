# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When deletes at the destination are allowed."""

from __future__ import annotations

import threading

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def most_deletes(max_delete: str, objects: int) -> int:
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


COUNTED = 0.9
"""Share of the objects that the source's server counts that its listing must have shown."""


class Allowance:
    """What ``max_delete`` leaves for the segments of dynamic large objects.  For all threads.

    :param most: deletes in all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._mutex = threading.Lock()
        self.taken = 0

    def take(self, number: int) -> None:
        """Take so many deletes.

        :raises MigrationError: not so many are left.
        """
        with self._mutex:
            if self.taken + number > self._most:
                raise MigrationError(
                    f"{number} segments of the destination are not in the source, {self.taken} "
                    f"were deleted before, {self._most} may be",
                    option="max_delete",
                    remedy="None of these was deleted. If they are to be, raise it",
                )
            self.taken += number


def allow_deletes(
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
    if source < counted * COUNTED:
        raise MigrationError(
            f"the source's listing shows {source} objects, its server counts {counted}",
            option="prune",
            remedy="None was deleted. Run again; if it stays so, ask the server's admin",
        )
    limit = most_deletes(max_delete, destination) - deleted
    if extra > limit:
        raise MigrationError(
            f"{extra} objects of the destination are not in the source, more than the {limit} "
            f"that '{max_delete}' allows to delete",
            option="max_delete",
            remedy="None was deleted. See in check and diff mode which they are, then raise it",
        )
