# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One page of a listing as JSON: its first and its last name, and its rows before an end.  Pure."""

from __future__ import annotations

import json

from .listing import rows

HEAD = 32 * 1024
"""Bytes that hold the first row of a page: a name has 1,024 at most, a content type some more."""


def ends(page: bytes, what: str = "container") -> tuple[str, str] | None:
    """The first and the last name of a page, mostly without parsing what is between them.

    :param what: names the container in an error.
    :raises ListingError: the page is no listing.
    """
    if not page.strip(b" \n[]"):
        return None
    try:
        # Within a string a quote is escaped: this can only be where a row begins.
        tail = json.loads(b"[" + page[page.rindex(b'{"') :])
        head, _length = json.JSONDecoder().raw_decode(page[:HEAD].decode(errors="ignore"), 1)
        first, last = head["name"], tail[0]["name"]
    except (ValueError, TypeError, KeyError):
        first = last = None
    if isinstance(first, str) and isinstance(last, str):
        return first, last
    found = rows(page, what)
    return (found[0]["name"], found[-1]["name"]) if found else None


def within(page: bytes, end: str, what: str = "container") -> bytes:
    """A page without the rows from ``end`` on; a server is not relied on to leave them out.

    :param what: names the container in an error.
    :raises ListingError: the page is no listing.
    """
    names = ends(page, what) if end else None
    if names is None or names[1] < end:
        return page
    return json.dumps([row for row in rows(page, what) if row["name"] < end]).encode()
