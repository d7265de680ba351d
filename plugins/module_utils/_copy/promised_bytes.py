# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a GET's answer promises of an object's bytes: their MD5, and how many they are."""

from __future__ import annotations

from .._errors import MigrationError
from .._swift.container import Digest
from .._swift.listing import Entry
from .._swift.object_headers import MD5, is_large, unchanged
from .._transport.http_client import Response


class NoMd5Error(MigrationError):
    """The ETag of the object is not, or may not be, the MD5 of its bytes."""


class LengthUnknownError(MigrationError):
    """The GET does not tell the object's length, and the entry is of another version."""


def promised_md5(got: Response, read: Digest | None) -> str:
    """The MD5 that the bytes must have: the ETag, or where that is none, that of a first reading.

    :raises NoMd5Error: they have to be read first.
    """
    etag = _etag(got)
    if MD5.fullmatch(etag) and not is_large(got):
        return etag
    if read is None or not unchanged(got, read.response):
        raise NoMd5Error(f"the ETag {etag} is not the MD5 of the bytes")
    return read.md5


def promised_length(got: Response, entry: Entry, read: Digest | None, md5: str) -> int:
    """Bytes of the object: as the GET tells, or else what is known of the bytes with this MD5.

    :raises LengthUnknownError: nobody does.
    """
    if "content-length" in got.headers:
        return got.number("content-length")
    if read is not None and read.md5 == md5:
        return read.size
    if entry.hash == md5:
        return entry.size
    raise LengthUnknownError(
        f"the source sent no content-length for '{entry.name}', and its listing shows another "
        f"version: the ETag is {md5}, the listing has {entry.hash}",
        remedy="Run again when the source's listing shows the new version",
    )


def _etag(got: Response) -> str:
    if "etag" not in got.headers:
        raise MigrationError("the source sent no etag, without which nothing can be verified")
    return got.etag.lower()
