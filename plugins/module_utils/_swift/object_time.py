# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When an object was last changed, as its listing and its own headers tell it.  Pure.

Both times come from the same write, by the clock of the same server.
"""

from __future__ import annotations

import datetime
import math

from .._transport.http_messages import Response, moment
from .listing import ListedObject

PRECISION = 0.001
"""Seconds by which a listing and a HEAD may tell the time of the same write differently."""

EPOCH = datetime.datetime.fromisoformat("1970-01-01")

LINK = frozenset({"x-symlink-target", "content-location"})
"""Headers of a symlink: its listing has the link's time, an answer to a GET the target's."""


def listed_at(entry: ListedObject) -> float:
    """When a listing says that an object was changed, in seconds since 1970."""
    found = datetime.datetime.fromisoformat(entry.last_modified)
    return found.timestamp() if found.tzinfo else (found - EPOCH).total_seconds()


def changed_at(response: Response) -> tuple[float, float]:
    """When an answer says so, and how many seconds that may be too late."""
    try:
        return float(response.headers.get("x-timestamp", "")), PRECISION
    except ValueError:
        # Swift rounds it up to a whole second.
        return moment(response.headers.get("last-modified", "")) or -math.inf, 1.0


def is_older(response: Response, listed: ListedObject) -> bool:
    """Whether a server gives an earlier version of an object than the one its listing shows.

    A listing may be late.  It is never early: what it shows was stored.
    """
    headers = response.headers
    if not headers.get("x-timestamp") or not listed.last_modified:
        return False
    changed, precision = changed_at(response)
    is_before = math.isfinite(changed) and changed < listed_at(listed) - precision
    return is_before and LINK.isdisjoint(headers)
