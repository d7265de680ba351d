# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was written to the destination while a run goes on, which the run does not delete.

A proxy that changes names may have put an object of this run in the place of an older one.
"""

from __future__ import annotations

import datetime
import math
import time

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._http import Response, moment
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing import Entry

FIRST_PAGE = 1000
"""Objects that a listing shows in one page, which is read before the first object is written."""

PRECISION = 0.001
"""Seconds by which a listing and a HEAD may tell the time of the same write differently."""


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

    def check(self, listed: Entry, head: Response) -> None:
        """See that an object is none that was written since the run began.

        :param listed: how the run's listing shows it.
        :param head: what the destination answers to HEAD now.
        :raises RecentError: it is one.
        """
        shown = _seconds(listed.last_modified)
        written, precision = _written(head)
        if shown >= self._seconds or written > shown + precision:
            raise RecentError(
                f"the destination's '{listed.name}' was written while this run went on, though "
                "the source has no such object: it was not deleted",
                remedy="See that nothing between changes names and that nothing else writes "
                "there. The next run deletes it if the source still lacks it",
            )

    def is_before(self, listed: Entry) -> bool:
        """Whether an object was listed with a time before the run's begin."""
        return _seconds(listed.last_modified) < self._seconds


def _seconds(last_modified: str) -> float:
    found = datetime.datetime.fromisoformat(last_modified)
    return (found if found.tzinfo else found.replace(tzinfo=datetime.UTC)).timestamp()


def _written(head: Response) -> tuple[float, float]:
    """When an object was written, in seconds since 1970, and how precisely that is known."""
    told = head.headers.get("x-timestamp", "")
    try:
        return float(told), PRECISION
    except ValueError:
        # Swift rounds it up to a whole second.
        return moment(head.headers.get("last-modified", "")) or -math.inf, 1.0
