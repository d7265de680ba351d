# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the destination's server counts, after a copy, what was copied to it or was there."""

from __future__ import annotations

import time
from collections.abc import Callable

from .._errors import MigrationError
from .._migration.listing_pair import stat_of
from .._swift.container import Container
from .._swift.container_stat import ContainerStat

TRIES, PAUSE = 6, 2.0
"""How often a server is asked that counts too few, and the seconds in between: it may be late."""

Counts = dict[str, int]
"""``objects`` and ``bytes`` of a container, as its server counts them."""


def counts(stat: ContainerStat) -> Counts:
    """What a HEAD of a container tells of its size."""
    return {"objects": stat.objects, "bytes": stat.size}


def check_arrival(
    destination: Container,
    due: int,
    gone: Callable[[int], int],
    sleep: Callable[[float], None] = time.sleep,
) -> Counts:
    """See that the destination's server counts all objects that are known to be there.

    It may count more: somebody else's objects, those outside of a prefix, at a Ceph RGW the parts
    of unfinished uploads.

    :param due: how many objects were found or put there.
    :param gone: tells how many of so many that it lacks have expired since.
    :raises MigrationError: it counts fewer, asked again for ten seconds.
    """
    for left in reversed(range(TRIES)):
        stat = stat_of(destination)
        missing = max(0, due - stat.objects)
        missing -= gone(missing) if missing else 0
        if not (missing and left):
            break
        sleep(PAUSE)
    if missing:
        raise MigrationError(
            f"'{destination.name}' holds {stat.objects:,} objects, {missing:,} fewer "
            "than were found there and put there",
            option="destination.container",
            remedy="Run again. If some are missing then as well, something deletes them there",
        )
    return counts(stat)
