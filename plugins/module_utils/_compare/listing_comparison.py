# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What listings alone tell of one name on both sides.  Pure."""

from __future__ import annotations

import hashlib

from .._migration.plan import same_content, same_type
from .._swift.listing import ListedObject
from .finding import Finding, Fingerprint, Verdict

OF_NOTHING = hashlib.md5(b"", usedforsecurity=False).hexdigest()
"""With bytes, Ceph RGW lists a static large object so (measured)."""


def by_listing(source: ListedObject | None, destination: ListedObject | None) -> Finding | None:
    """Compare two entries; None when listings cannot decide.

    They cannot when a name is on one side only (a listing may be late, or show what has expired),
    when either may be a large object, whose segments are listed elsewhere, or when they differ.  A
    dynamic large object is listed as the bytes of its manifest, which is empty as a rule.  Content
    types that differ need not be others: Swift lists ``text/plain; foo`` as ``text/plain;foo=``
    (measured).
    """
    if source is None or destination is None or not same_content(source, destination):
        return None
    if _may_be_large(source) or _may_be_large(destination) or not same_type(source, destination):
        return None
    return Finding(Verdict.MATCH, source.name, (), listed(source), listed(destination))


def listed(entry: ListedObject) -> Fingerprint:
    """What a listing says of an object's bytes."""
    return Fingerprint(entry.size, entry.slo_etag or entry.hash)


def _may_be_large(entry: ListedObject) -> bool:
    return not entry.size or bool(entry.slo_etag) or entry.hash == OF_NOTHING
