# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The listing of a container: lazy, in order, page by page until an empty page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

Page = list[dict[str, Any]]


class Entry(NamedTuple):
    """One object as its container's listing shows it.

    :param size: bytes; of an SLO its whole length at Swift, its manifest's at Ceph RGW; of a DLO
        those of the manifest object's own body.
    :param hash: MD5 of the bytes in hex; of an SLO that of its manifest.
    :param last_modified: ISO 8601 in UTC by the server's clock, changed by PUT and by POST.
    :param slo_etag: MD5 of the segments' joined MD5s, where the server tells it (Swift 2.19 on).
    """

    name: str
    size: int
    hash: str
    content_type: str
    last_modified: str
    slo_etag: str = ""


class ListingError(MigrationError):
    """A listing that cannot be trusted: nothing may be concluded from what it lacks."""


def listing(fetch: Callable[[str], Page], what: str = "container") -> Iterator[Entry]:
    """Yield every entry of a listing in the order of names.

    Only an empty page ends it: Ceph RGW sends short ones before (ceph/ceph#33864), and a copier
    that took a short page for the last lost objects (ncw/swift#167).  Names compare as Python
    strings, which is the order of their UTF-8 bytes.

    :param fetch: gives the page of entries that follow a marker.
    :param what: names the container in an error.
    :raises ListingError: a name that does not follow the one before it; a row that is no object.
    """
    marker = ""
    page = fetch(marker)
    while page:
        for row in page:
            entry = _entry(row)
            if entry.name <= marker:
                raise out_of_order(what, entry.name, marker)
            marker = entry.name
            yield entry
        del page, row  # before the next one takes as much memory
        page = fetch(marker)


def _entry(row: dict[str, Any]) -> Entry:
    try:
        return Entry(
            row["name"],
            row["bytes"],
            row["hash"],
            row.get("content_type", ""),
            # Ceph RGW ends it with a "Z", Swift does not: as texts they must compare as times.
            row["last_modified"].removesuffix("Z"),
            row.get("slo_etag", "").strip('"'),
        )
    except (AttributeError, KeyError):
        raise not_a_listing() from None


def rows(page: bytes) -> Page:
    """The rows of a page as the server sent it.

    :raises ListingError: it is not JSON, or its rows are no objects.
    """
    try:
        found: Page = json.loads(page) if page else []
        names = [row["name"] for row in found]
    except (ValueError, TypeError, KeyError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise not_a_listing()
    return found


def not_a_listing() -> ListingError:
    """The error that says that a page is something else."""
    return ListingError("what the server sent as a page of a listing is not a listing")


def out_of_order(what: str, name: str, before: str) -> ListingError:
    """The error that says that a name does not follow the one before it."""
    return ListingError(
        f"the listing of {what} is not in order: {name!r} came after {before!r}",
        remedy="Nothing was deleted. If it comes again, ask the server's admin",
    )
