# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Protects what others write to the destination during a run: the run does not delete it.

A proxy that changes names may have put an object of this run in the place of an older one.
"""

from __future__ import annotations

import math
import time

from .._errors import MigrationError
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.object_time import changed_at, listed_at
from .._transport.http_messages import Response

FIRST_PAGE = 1000
"""Objects that a listing shows in one page, which is read before the first object is written."""


class RecentError(MigrationError):
    """An object that would have been deleted was written while the run went on."""


class Begin:
    """When a run began, by the destination's clock.

    :param stat: the destination's answer to the first HEAD of the run; None where it has none yet.
    """

    def __init__(self, stat: ContainerStat | None) -> None:
        # A Date header leaves a second in doubt.  What was listed before the first write cannot be
        # of this run, so the doubt goes against a delete only where later pages may show it.
        early, late = stat.clock if stat is not None else (-math.inf, math.inf)
        pages = stat is not None and stat.objects > FIRST_PAGE and math.isfinite(early)
        self._seconds = time.time() + (early if pages else late)

    def check(self, listed: ListedObject, head: Response) -> None:
        """Refuse an object that was written since the run began.

        :param listed: how the run's listing shows it.
        :param head: what the destination answers to HEAD now.
        :raises RecentError: it is one.
        """
        shown = listed_at(listed)
        written, precision = changed_at(head)
        if shown >= self._seconds or written > shown + precision:
            raise RecentError(
                f"the destination's '{listed.name}' was written while this run went on, though "
                "the source has no such object: it was not deleted",
                remedy="See that nothing between changes names and that nothing else writes "
                "there. The next run deletes it if the source still lacks it",
            )

    def is_before(self, listed: ListedObject) -> bool:
        """Whether an object was listed with a time before the run's begin."""
        return listed_at(listed) < self._seconds
