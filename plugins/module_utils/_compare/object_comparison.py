# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object of both sides looked at: what differs, by listing, by HEAD, or by reading it."""

from __future__ import annotations

import functools
import hashlib
import operator
import re
from collections.abc import Callable

from .._errors import MigrationError
from .._migration.listing_pair import Both
from .._migration.plan import same_content, same_type
from .._swift.container import Container, Digest
from .._swift.listing import ListedObject
from .._swift.object_headers import carried_headers, expired, is_large
from .._swift.object_time import is_older
from .._swift.stored_segments import StoredSegments
from .._transport.http_messages import (
    Response,
)
from .._transport.resumption import BreaksOffError
from .finding import LOST_STATUS, SIDES, Finding, Fingerprint, Sides, Verdict, names
from .segment_pair import SegmentPair

OF_NOTHING = hashlib.md5(b"", usedforsecurity=False).hexdigest()
"""With bytes, Ceph RGW lists a static large object so (measured)."""

PLAIN_ETAG = re.compile(r"[0-9a-f]{32}")

UNLISTED = Both(None, None)
"""No listing has shown the object."""


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


def _is_later(one: ListedObject, other: ListedObject) -> bool:
    return one.last_modified > other.last_modified


def _may_be_large(entry: ListedObject) -> bool:
    return not entry.size or bool(entry.slo_etag) or entry.hash == OF_NOTHING


class ObjectComparison:
    """Asks both sides about objects.  For one thread.

    :param has_expired: whether the time at which an object of the source was to expire was seen
        while it could be read, and has come.
    """

    def __init__(
        self,
        source: Container,
        destination: Container,
        has_expired: Callable[[ListedObject], bool] = lambda _listed: False,
    ) -> None:
        self._source, self._destination = source, destination
        self._has_expired = has_expired
        self._segments = SegmentPair(source, destination)

    def heads(self, name: str, shown: Both = UNLISTED, *, closely: bool = False) -> Finding:
        """Compare by a HEAD on each side; read both where that cannot decide.

        Of a large object, look whether its segments are there.  One whose source does not tell
        where they are is read.

        :param shown: how the listings have shown it.
        :param closely: ask for each segment, too.
        :returns: ERROR when a side cannot be asked.
        :raises MigrationError: every other object would fail as well, as when a login is refused.
        """
        return self._look_again_if_doubtful(
            name, functools.partial(self._ask, closely=closely), shown
        )

    def contents(self, name: str, shown: Both = UNLISTED, *, is_large: bool = False) -> Finding:
        """Compare by reading both to their ends, their headers included.

        :param shown: how the listings have shown it.
        :param is_large: it is likely a large object, whose segments are looked for first: to read
            one that lacks some takes minutes.
        :returns: ERROR when a side cannot be read.
        :raises MigrationError: every other object would fail as well, as when a login is refused.
        """
        look = self._look_and_read if is_large else self._read
        return self._look_again_if_doubtful(name, look, shown)

    def _look_again_if_doubtful(
        self, name: str, look: Callable[[str, Both], Finding], shown: Both
    ) -> Finding:
        """Look, and look again when in doubt: a server may not find an object for a moment."""
        try:
            finding = look(name, shown)
            if not (finding.older or self._lost(finding, shown)):
                return finding
            finding = look(name, shown)
            lost = self._lost(finding, shown)
        except MigrationError as error:
            if error.fatal:
                raise
            return Finding(Verdict.ERROR, name, (str(error),))
        if lost:
            return self._not_given(finding, lost, shown.destination)
        return _not_as_listed(finding, shown) if finding.older else finding

    def _lost(self, finding: Finding, shown: Both) -> Sides:
        """The sides that do not find what their listing has shown, and still shows."""
        lost = Sides.NEITHER
        found = (finding.source, finding.destination)
        for which, given, entry, side in zip(
            SIDES, found, shown, (self._source, self._destination), strict=True
        ):
            if given is None and entry is not None and side.find(finding.name) is not None:
                lost |= which
        return lost

    def _not_given(self, finding: Finding, lost: Sides, copy: ListedObject | None) -> Finding:
        """The finding when a listing shows an object that its server does not give.

        What has expired and what is lost look the same (measured with Swift 2.38): it needs the
        copy of the other side, or somebody who saw the time before, to tell them apart.  A copy
        tells nothing of what the source has been told since: a POST may take the time back.

        :param copy: how the destination's listing has shown it.
        """
        listed = self._source.find(finding.name) if Sides.SOURCE in lost else None
        was_seen = listed is not None and self._has_expired(listed)
        changed = listed is not None and copy is not None and _is_later(listed, copy)
        if was_seen or (finding.expired and not changed):
            return finding._replace(verdict=Verdict.EXPIRED, lost=lost)
        what = tuple(
            f"{side}: its listing shows it, but it answers {LOST_STATUS}, asked twice"
            for side in names(lost)
        )
        return finding._replace(verdict=Verdict.UNREADABLE, what=what, lost=lost)

    def why_unreadable(self, name: str) -> str:
        """Read the source's object to its end, and tell why that cannot be done; "" if it can.

        :raises MigrationError: every other object would fail as well, as when a login is refused.
        """
        try:
            status = self._source.digest(name).response.status
        except MigrationError as error:
            if error.fatal:
                raise
            return str(error)
        return f"source: it answers {status}" if status == LOST_STATUS else ""

    def _ask(self, name: str, shown: Both, *, closely: bool) -> Finding:
        source, destination = self._heads(name)
        finding = _compare(name, _announced(source), _announced(destination), shown)
        broken = self._broken(finding, source, destination, closely=closely)
        if broken is not None:
            return broken
        undecided = finding.verdict is Verdict.DIFFER and _undecided(finding, source, destination)
        same = finding.verdict is Verdict.MATCH
        if undecided or (same and self._segments.hidden):
            finding = self._read(name, shown)
        if finding.verdict is Verdict.DIFFER and {"bytes", "hash"} & {*finding.what}:
            return finding._replace(
                what=(*finding.what, *self._segments.others(source, destination))
            )
        return finding

    def _look_and_read(self, name: str, shown: Both) -> Finding:
        source, destination = self._heads(name)
        finding = _compare(name, _announced(source), _announced(destination), shown)
        return self._broken(finding, source, destination, closely=False) or self._read(name, shown)

    def _heads(self, name: str) -> tuple[Response, Response]:
        source, destination = self._source, self._destination
        return (
            source.request("HEAD", name, accept=(404,)),
            destination.request("HEAD", name, accept=(404,)),
        )

    def _broken(
        self, finding: Finding, source: Response, destination: Response, *, closely: bool
    ) -> Finding | None:
        """What is found of a large object that lacks segments; None of every other object."""
        asked = functools.partial(
            self._segments.faults, finding.name, source, destination, closely=closely
        )
        faults = asked() and asked()  # a server may not find an object for a moment
        if not faults:
            return None
        broken = functools.reduce(operator.or_, faults)
        # Other differences say nothing: an object that was cut anew has another ETag in any case.
        what = tuple(f"{names(side)[0]}: {fault}" for side in faults for fault in faults[side])
        return finding._replace(verdict=Verdict.UNREADABLE, what=what, broken=broken)

    def _read(self, name: str, shown: Both) -> Finding:
        digests, broken = [], Finding(Verdict.UNREADABLE, name)
        for side, container in (
            (Sides.SOURCE, self._source),
            (Sides.DESTINATION, self._destination),
        ):
            try:
                digests.append(container.digest(name))
            except BreaksOffError as error:
                what = (*broken.what, f"{names(side)[0]}: {error.message}")
                broken = broken._replace(what=what, broken=broken.broken | side)
        if broken.broken:
            return broken
        source, destination = digests
        if is_large(source.response):
            StoredSegments(self._source).check_reach(name, source.response)
        damaged = Sides.NEITHER
        for side, digest in ((Sides.SOURCE, source), (Sides.DESTINATION, destination)):
            if _damaged(digest):
                damaged |= side
        finding = _compare(name, source, destination, shown)
        if not damaged:
            return finding
        told = (f"{side}: bytes do not have the MD5 of their ETag" for side in names(damaged))
        what = (*finding.what, *told)
        return finding._replace(verdict=Verdict.DIFFER, what=what, damaged=damaged)


def listed(entry: ListedObject) -> Fingerprint:
    """What a listing says of an object's bytes."""
    return Fingerprint(entry.size, entry.slo_etag or entry.hash)


def _announced(head: Response) -> Digest:
    """What an answer says of the bytes, without reading them."""
    size = head.number("content-length")
    return Digest(head, size, head.headers.get("etag", "").strip('"'))


def _not_as_listed(finding: Finding, shown: Both) -> Finding:
    """The finding when a server gives an earlier version than its listing shows.

    Its disk has gone back to that version, and the one that is listed is lost.
    """
    older = tuple(
        f"{names(side)[0]}: its listing shows it as changed at {entry.last_modified}, but it gives "
        "an older version, asked twice"
        for side, entry in zip(SIDES, shown, strict=True)
        if side in finding.older and entry is not None
    )
    what = (*finding.what, *older) if finding.broken else older
    return finding._replace(verdict=Verdict.UNREADABLE, what=what)


def _compare(name: str, source: Digest, destination: Digest, shown: Both) -> Finding:
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
    announced = tuple(_announced(digest.response) for digest in (source, destination))
    if is_large(source.response) and announced[0].md5 == announced[1].md5:
        prints = tuple(Fingerprint(digest.size, digest.md5) for digest in announced)
    verdict = Verdict.DIFFER if what else Verdict.MATCH
    return Finding(verdict, name, what, prints[0], prints[1])


def _differences(source: Digest, destination: Digest) -> list[str]:
    found = []
    if source.size != destination.size:
        found.append("bytes")
    if source.md5 != destination.md5:
        found.append("hash")
    ours, theirs = carried_headers(source.response), carried_headers(destination.response)
    found += [
        header for header in sorted({*ours, *theirs}) if ours.get(header) != theirs.get(header)
    ]
    return found


def _undecided(finding: Finding, source: Response, destination: Response) -> bool:
    """Whether ETags differ that need not be the MD5 of the bytes."""
    plain = all(
        not is_large(head) and PLAIN_ETAG.fullmatch(head.headers.get("etag", ""))
        for head in (source, destination)
    )
    return not plain and "hash" in finding.what


def _damaged(digest: Digest) -> bool:
    response = digest.response
    etag = response.headers.get("etag", "")
    plain = response.status == 200 and not is_large(response) and PLAIN_ETAG.fullmatch(etag)
    return bool(plain) and etag != digest.md5
