# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether a listing was whole: how many objects it showed, and how many its server counts.  Pure.

A listing that ends early looks like one of a smaller container.  Nothing but the server's own
count, which a HEAD of the container gives, tells the two apart.
"""

from __future__ import annotations

from .container_stat import ContainerStat
from .listing import ListingError

CHURN = 10
"""Objects that a listing may lack, at least, of a container that changed while it was read."""

CHURN_SHARE = 1000
"""Of so many objects it may lack one, where that is more than ``CHURN``."""


UPLOADS, UPLOADS_SHARE = 100, 10
"""The same for a Ceph RGW, which counts the parts of unfinished uploads, too (measured)."""


class IncompleteListingError(ListingError):
    """A listing shows fewer objects than its server counts."""


def allowance(before: ContainerStat, after: ContainerStat, *, ceph: bool = False) -> int:
    """How many objects a listing may lack of what its server counts.

    None of a container whose objects and bytes were the same before and after it was read.  Of
    another one, what was deleted before its page came is counted and not shown; how much that is,
    nobody knows, as new objects may make up for it.  A Ceph RGW counts more than objects, so that
    its listings are only known to be whole within a tenth.

    :param before: what the server counted before the listing was read.  :param after: thereafter.
    :param ceph: whether the server is a Ceph RGW.
    """
    counted = min(before.objects, after.objects)
    if ceph:
        return max(UPLOADS, counted // UPLOADS_SHARE)
    if (before.objects, before.size) == (after.objects, after.size):
        return 0
    return max(CHURN, counted // CHURN_SHARE)


def lacking(shown: int, before: ContainerStat, after: ContainerStat, *, ceph: bool = False) -> int:
    """How many objects a listing lacks, 0 if no more than it may.

    More than the server counts is no fault: objects may have been deleted meanwhile.

    :param shown: how many it shows.
    :param before: what the server counted before the listing was read.  :param after: thereafter.
    :param ceph: whether the server is a Ceph RGW.
    """
    missing = min(before.objects, after.objects) - shown
    return missing if missing > allowance(before, after, ceph=ceph) else 0


def check_listing(
    shown: int, before: ContainerStat, after: ContainerStat, what: str, *, ceph: bool = False
) -> None:
    """See that a whole listing, not one of a prefix, was whole.

    :param shown: how many objects it shows.
    :param before: what the server counted before the listing was read.  :param after: thereafter.
    :param what: names the container in an error.
    :param ceph: whether the server is a Ceph RGW.
    :raises IncompleteListingError: it lacks more than it may, with both numbers.
    """
    if lacking(shown, before, after, ceph=ceph):
        counted = min(before.objects, after.objects)
        raise IncompleteListingError(
            f"the listing of {what} shows {shown:,} objects, its server counts {counted:,}",
            remedy="Run again. If both numbers stay as they are, the server's database of this "
            "container is damaged: its administrator can repair it",
        )
