# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a GET's answer promises of an object's bytes: their MD5, and how many they are."""

from __future__ import annotations

from typing import NamedTuple

from .._errors import MigrationError
from .._swift.listing import ListedObject
from .._swift.object_headers import MD5, is_large, unchanged
from .._swift.object_reading import Digest
from .._transport.http_messages import Response


class LengthUnknownError(MigrationError):
    """The GET does not tell the object's length, and the entry is of another version."""


class PromisedBytes(NamedTuple):
    """What the bytes of an object must be.

    :param size: their number.  :param md5: in hex.
    """

    size: int
    md5: str


def promised_bytes(
    got: Response, entry: ListedObject, read: Digest | None = None
) -> PromisedBytes | None:
    """What a GET's answer promises; if its ETag is no MD5, what a first reading has shown.

    :param entry: how the object is listed.
    :param read: what came when it was read before, which counts for the same version only.
    :returns: None if it must be read first.
    :raises LengthUnknownError: nobody tells the number of bytes.
    :raises MigrationError: the answer has no ETag.
    """
    md5 = _etag(got)
    if not MD5.fullmatch(md5) or is_large(got):
        if read is None or not unchanged(got, read.response):
            return None
        md5 = read.md5
    return PromisedBytes(_length(got, entry, read, md5), md5)


def _length(got: Response, entry: ListedObject, read: Digest | None, md5: str) -> int:
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
