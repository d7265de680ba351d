# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What differs between what two sides gave of one object: size, MD5, headers.  Pure."""

from __future__ import annotations

import re

from .._migration.listing_pair import Both
from .._swift.object_headers import carried_headers, expired, is_large
from .._swift.object_reading import Digest
from .._swift.object_time import is_older
from .._transport.http_messages import Response
from .finding import SIDES, Finding, Fingerprint, Sides, Verdict

PLAIN_ETAG = re.compile(r"[0-9a-f]{32}")


def announced(head: Response) -> Digest:
    """What an answer says of the bytes, without reading them."""
    size = head.number("content-length")
    return Digest(head, size, head.headers.get("etag", "").strip('"'))


def compare(name: str, source: Digest, destination: Digest, shown: Both) -> Finding:
    """Compare what both sides gave.

    :param shown: their entries in the listings: a side may give an older version than it lists.
    """
    older = Sides.NEITHER
    for side, digest, entry in zip(SIDES, (source, destination), shown, strict=True):
        if entry is not None and digest.response.status == 200 and is_older(digest.response, entry):
            older |= side
    return _compared(name, source, destination)._replace(older=older)


def _compared(name: str, source: Digest, destination: Digest) -> Finding:
    prints = tuple(
        None if digest.response.status == 404 else Fingerprint(digest.size, digest.md5)
        for digest in (source, destination)
    )
    if prints == (None, None):
        return Finding(Verdict.GONE, name)
    if None in prints:
        verdict = Verdict.EXTRA if prints[0] is None else Verdict.MISSING
        over = expired(destination.response if prints[0] is None else source.response)
        return Finding(verdict, name, (), prints[0], prints[1], expired=over)
    what = tuple(_differences(source, destination))
    told = tuple(announced(digest.response) for digest in (source, destination))
    if is_large(source.response) and told[0].md5 == told[1].md5:
        prints = tuple(Fingerprint(digest.size, digest.md5) for digest in told)
    verdict = Verdict.DIFFER if what else Verdict.MATCH
    return Finding(verdict, name, what, prints[0], prints[1])


def _differences(source: Digest, destination: Digest) -> list[str]:
    found = []
    if source.size != destination.size:
        found.append("bytes")
    if source.md5 != destination.md5:
        found.append("hash")
    return found + different_headers(source.response, destination.response)


def different_headers(source: Response, destination: Response) -> list[str]:
    """The names of the headers that belong to an object and differ."""
    ours, theirs = carried_headers(source), carried_headers(destination)
    return [header for header in sorted({*ours, *theirs}) if ours.get(header) != theirs.get(header)]


def is_undecided(finding: Finding, source: Response, destination: Response) -> bool:
    """Whether ETags differ that need not be the MD5 of the bytes."""
    plain = all(
        not is_large(head) and PLAIN_ETAG.fullmatch(head.headers.get("etag", ""))
        for head in (source, destination)
    )
    return not plain and "hash" in finding.what


def is_damaged(digest: Digest) -> bool:
    """Whether the bytes do not have the MD5 that the ETag of a plain object is."""
    response = digest.response
    etag = response.headers.get("etag", "")
    plain = response.status == 200 and not is_large(response) and PLAIN_ETAG.fullmatch(etag)
    return bool(plain) and etag != digest.md5
