# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The headers of an object: which belong to it, and what they tell of it."""

from __future__ import annotations

import re
import time
from urllib.parse import unquote

from .._errors import MigrationError
from .._transport.header import whole_number
from .._transport.http_messages import Response

CARRIED_HEADERS = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "x-delete-at",
        "x-robots-tag",
    }
)
"""Headers, apart from metadata, that Swift stores with an object (its ``allowed_headers``)."""

EXPIRY = "x-delete-at"

DLO_MANIFEST = "x-object-manifest"
"""Names the container of a dynamic large object's segments, and what their names begin with."""

META = "x-object-meta-"

INVENTED_HEADERS = frozenset({"x-object-meta-static-large-object"})
"""Ceph RGW invents it on an SLO (measured)."""

MD5 = re.compile("[0-9a-f]{32}")
"""A plain object's ETag.  What S3 took in parts has another one at Ceph RGW (measured)."""

CLOCKS = 60
"""Seconds by which a server's clock may be ahead of this host's."""


def carried_headers(response: Response) -> dict[str, str]:
    """The headers of an object that belong to it and go with it.

    :raises HeaderError: its time of deletion is no number.
    """
    headers = response.headers
    if EXPIRY in headers:
        response.number(EXPIRY)
    return {
        name: value
        for name, value in headers.items()
        if name in CARRIED_HEADERS or (name.startswith(META) and name not in INVENTED_HEADERS)
    }


def is_large(response: Response) -> bool:
    """Whether a GET or HEAD answered for a large object (SLO or DLO)."""
    headers = response.headers
    static = headers.get("x-static-large-object", "").lower() == "true"
    return static or DLO_MANIFEST in headers


def pointed_at(response: Response) -> tuple[str, str]:
    """The container of a dynamic large object's segments, and what their names begin with."""
    container, _slash, prefix = unquote(response.headers[DLO_MANIFEST]).partition("/")
    return container, prefix


def length_of(response: Response) -> int:
    """An object's bytes.

    :raises MigrationError: the answer does not tell.
    """
    if "content-length" not in response.headers:
        raise MigrationError(f"an answer of {response.status} has no content-length")
    return response.number("content-length")


def same_object(source: Response, destination: Response) -> bool:
    """Whether two answers show the same ETag, the same headers and the same kind."""
    found = source.status == destination.status == 200
    return found and _identity(source) == _identity(destination)


def _identity(head: Response) -> tuple[dict[str, str], str, bool]:
    return carried_headers(head), head.etag, is_large(head)


def unchanged(before: Response, after: Response) -> bool:
    """Whether two answers of one server show the same object, which nothing changed in between."""
    return same_object(before, after) and _version(before) == _version(after)


def _version(response: Response) -> tuple[str, str]:
    """When the object was last changed, and where its segments are if it is a dynamic large one."""
    headers = response.headers
    # Last-Modified has whole seconds only.
    moment = headers.get("x-timestamp") or headers.get("last-modified", "")
    return moment, headers.get(DLO_MANIFEST, "")


def expired(response: Response) -> bool:
    """Whether the object's time of deletion has come, as far as clocks can tell."""
    moment = whole_number(response.headers.get(EXPIRY, ""))
    return moment is not None and moment <= time.time() + CLOCKS
