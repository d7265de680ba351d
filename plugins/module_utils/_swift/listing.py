# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The listing of a container: lazy, in order, page by page until an empty page."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .._errors import MigrationError
from .._transport.json_answer import read_json
from .symlink import OF_A_VERSION

Page = list[dict[str, Any]]

WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")
"""How Swift and Ceph RGW write a time, but for the "Z" at its end there."""

SWIFT_TIME = 26
"""Characters of a time as Swift writes it."""

DIGITS = re.compile(r"[0-9]{1,18}")

MOST_BYTES = 10**18
"""From here on no size is believed: 18 digits fit into 64 bits, with which all others count."""

read_time = datetime.datetime.fromisoformat

MAX_VALUE = 100
"""Characters of a wrong value that are told."""


class ListedObject(NamedTuple):
    """One object as its container's listing shows it.

    :param size: bytes; of an SLO its whole length at Swift, its manifest's at Ceph RGW; of a DLO
        those of the manifest object's own body.
    :param hash: MD5 of the bytes in hex; of an SLO the MD5 of its manifest.
    :param last_modified: ISO 8601 in UTC by the server's clock, changed by PUT and by POST.
    :param slo_etag: MD5 of the segments' joined MD5s, where the server tells it (Swift 2.19 on).
    :param symlink: the path that a symlink leads to; "" for any other object.  The symlink
        itself is empty, as its size and hash show.
    """

    name: str
    size: int
    hash: str
    content_type: str
    last_modified: str
    slo_etag: str = ""
    symlink: str = ""

    @property
    def version(self) -> str:
        """Tells this version of the object from others, those with other metadata among them."""
        return f"{self.hash} {self.last_modified}"


class ListingError(MigrationError):
    """A listing that cannot be trusted: nothing may be concluded from what it lacks."""


def listing(fetch: Callable[[str], Page], what: str = "container") -> Iterator[ListedObject]:
    """Yield every entry of a listing in the order of names.

    Only an empty page ends it: Ceph RGW sends short ones before (ceph/ceph#33864), and a copier
    that took a short page for the last lost objects (ncw/swift#167).  Names compare as Python
    strings, which is the order of their UTF-8 bytes.

    :param fetch: gives the page of entries that follow a marker.
    :param what: names the container in an error.
    :raises ListingError: a name that does not follow the one before it; a row that is no object, or
        whose values are not those of one.
    """
    marker = ""
    page = fetch(marker)
    while page:
        for row in page:
            entry = _entry(row, what)
            if entry.name <= marker:
                raise out_of_order(what, entry.name, marker)
            marker = entry.name
            yield entry
        del page, row  # before the next one takes as much memory
        page = fetch(marker)


def _entry(row: dict[str, Any], what: str) -> ListedObject:
    try:
        name, size, hash_, text = row["name"], row["bytes"], row["hash"], row["last_modified"]
        content_type, slo_etag = row.get("content_type", ""), row.get("slo_etag", "")
        symlink = row.get("symlink_path", "")
        is_usual = (
            name
            and hash_
            and name.isascii()
            and hash_.isascii()
            and content_type.isascii()
            and slo_etag.isascii()
            and symlink.isascii()
            and size.__class__ is int  # a bool is an instance, too
            and 0 <= size < MOST_BYTES
            and len(text) == SWIFT_TIME
            and text[10] == "T"
            and read_time(text).tzinfo is None
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        is_usual = False
    if not is_usual:
        return _unusual(row, what)
    etag = slo_etag and slo_etag.strip('"').lower()
    if symlink and OF_A_VERSION in symlink:
        symlink = ""
    # What calling the class does, in a third of the time.
    return tuple.__new__(
        ListedObject, (name, size, hash_.lower(), content_type, text, etag, symlink)
    )


def _unusual(row: dict[str, Any], what: str) -> ListedObject:
    """The entry for a row that needs a look at each value."""
    for field in ("name", "hash"):
        if not (isinstance(row.get(field), str) and row[field]):
            raise _wrong(row, field, what)
    for field in ("content_type", "slo_etag", "symlink_path"):
        if not isinstance(row.get(field), str | None):
            raise _wrong(row, field, what)
    for field in ("name", "hash", "content_type", "slo_etag", "symlink_path"):
        _check_text(row, field, what)
    return ListedObject(
        row["name"],
        _number(row, what),
        row["hash"].lower(),
        row.get("content_type") or "",
        _moment(row, what),
        (row.get("slo_etag") or "").strip('"').lower(),
        "" if OF_A_VERSION in (symlink := row.get("symlink_path") or "") else symlink,
    )


def _check_text(row: dict[str, Any], field: str, what: str) -> None:
    """See that a value is text: JSON may hold half of a surrogate pair, which nothing can write."""
    try:
        (row.get(field) or "").encode()
    except UnicodeEncodeError:
        raise _wrong(row, field, what) from None


def _number(row: dict[str, Any], what: str) -> int:
    """The bytes, which may come as text."""
    value = row.get("bytes")
    if isinstance(value, str) and DIGITS.fullmatch(value):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST_BYTES:
        raise _wrong(row, "bytes", what)
    return value


def _moment(row: dict[str, Any], what: str) -> str:
    """When it was last changed, in UTC, as Swift writes it."""
    try:
        # Ceph RGW ends it with a "Z", Swift does not: as texts they must compare as times.
        text: str = row["last_modified"].removesuffix("Z")
        moment = datetime.datetime.fromisoformat(text)
        if WRITTEN.fullmatch(text):
            return text
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    except (AttributeError, KeyError, ValueError, OverflowError):
        raise _wrong(row, "last_modified", what) from None
    return moment.isoformat(timespec="microseconds")


def _wrong(row: dict[str, Any], field: str, what: str) -> ListingError:
    value = json.dumps(row[field])[:MAX_VALUE] if field in row else "nothing"
    of = "" if field == "name" else f" of {row['name']!r}"
    return ListingError(
        f"the listing of {what} has {value} as '{field}'{of}",
        remedy="Nothing was deleted. Ask the server's admin what that object is",
    )


def rows(page: bytes, what: str = "container") -> Page:
    """The rows of a page as the server sent it.

    :param what: names the container in an error.
    :raises ListingError: it is not JSON, or its rows have no names.
    """
    try:
        found: Page = read_json(page) if page else []
    except ValueError:
        raise _not_a_listing(what) from None
    if not isinstance(found, list):
        raise _not_a_listing(what)
    try:
        if {type(row["name"]) for row in found} <= {str}:
            return found
    except (TypeError, KeyError):
        pass  # the first that is wrong is told below
    for row in found:
        if not isinstance(row, dict):
            raise _not_a_listing(what)
        if not isinstance(row.get("name"), str):
            raise _wrong(row, "name", what)
    return found


def _not_a_listing(what: str) -> ListingError:
    return ListingError(f"what the server sent as a page of the listing of {what} is not a listing")


def out_of_order(what: str, name: str, before: str) -> ListingError:
    """The error that says that a name does not follow the one before it."""
    return ListingError(
        f"the listing of {what} is not in order: {name!r} came after {before!r}",
        remedy="Nothing was deleted. If it comes again, ask the server's admin",
    )
