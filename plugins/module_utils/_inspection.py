# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object of both sides looked at: what differs, by listing, by HEAD, or by reading it."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import NamedTuple

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container import (
    Container,
    Digest,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._http import Response
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing import Entry
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._object_headers import (
    carried_headers,
    expired,
    is_large,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._plan import (
    same_content,
    same_type,
)

LOST_STATUS = 404
"""What a server answers that does not have an object."""

PLAIN_ETAG = re.compile(r"[0-9a-f]{32}")


class Verdict(enum.Enum):
    """How the comparison of one name ended."""

    MATCH = "match"
    DIFFER = "differ"
    MISSING = "missing"
    EXTRA = "extra"
    WRITTEN = "written"
    DELETED = "deleted"
    GONE = "gone"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    ACCEPTED = "accepted"
    ERROR = "error"


class Sides(enum.Flag):
    """One side, both or none."""

    NEITHER = 0
    SOURCE = enum.auto()
    DESTINATION = enum.auto()
    BOTH = SOURCE | DESTINATION


class Fingerprint(NamedTuple):
    """What identifies the bytes of one side's object.

    :param size: bytes.
    :param md5: MD5 of the bytes in hex; of a large object that of its segments' MD5s.
    """

    size: int
    md5: str


class Finding(NamedTuple):
    """What was found about one name.

    :param what: what differs, or why it could not be compared.
    :param source: None where that side has no such object.  :param destination: likewise.
    :param damaged: the bytes of a side do not have the MD5 of their ETag.
    :param expired: a side shows that the object's time of deletion has come.
    :param lost: the sides whose listing shows the object, and which do not give it.
    """

    verdict: Verdict
    name: str
    what: tuple[str, ...] = ()
    source: Fingerprint | None = None
    destination: Fingerprint | None = None
    damaged: bool = False
    expired: bool = False
    lost: Sides = Sides.NEITHER


def by_listing(source: Entry | None, destination: Entry | None) -> Finding | None:
    """Compare two entries; None when listings cannot decide.

    They cannot when a name is on one side only (a listing may be late, or show what has expired),
    when either may be a large object, or when they differ.  A dynamic large object is listed as
    the bytes of its manifest, which is empty as a rule.  Content types that differ need not be
    others: Swift lists ``text/plain; foo`` as ``text/plain;foo=`` (measured).
    """
    if source is None or destination is None or not same_content(source, destination):
        return None
    if not source.size or not destination.size or not same_type(source, destination):
        return None
    return Finding(Verdict.MATCH, source.name, (), listed(source), listed(destination))


class Inspection:
    """Asks both sides about objects.  For one thread.

    :param has_expired: whether the time at which an object of the source was to expire was seen
        while it could be read, and has come.
    """

    def __init__(
        self,
        source: Container,
        destination: Container,
        has_expired: Callable[[str, str], bool] = lambda _name, _hash: False,
    ) -> None:
        self._source, self._destination = source, destination
        self._has_expired = has_expired

    def heads(self, name: str, shown: Sides = Sides.NEITHER) -> Finding:
        """Compare by a HEAD on each side; read both where that cannot decide.

        :param shown: whose listing has shown it.
        :returns: ERROR when a side cannot be asked.
        :raises MigrationError: no other object would fare better, as when a login is refused.
        """
        return self._surely(name, self._ask, shown)

    def contents(self, name: str, shown: Sides = Sides.NEITHER) -> Finding:
        """Compare by reading both to their ends, their headers included.

        :param shown: whose listing has shown it.
        :returns: ERROR when a side cannot be read.
        :raises MigrationError: no other object would fare better, as when a login is refused.
        """
        return self._surely(name, self._read, shown)

    def _surely(self, name: str, look: Callable[[str], Finding], shown: Sides) -> Finding:
        """Look, and once more if that is in doubt: a server may not find an object for a moment."""
        try:
            finding = look(name)
            if not self._lost(finding, shown):
                return finding
            finding = look(name)
            lost = self._lost(finding, shown)
        except MigrationError as error:
            if error.fatal:
                raise
            return Finding(Verdict.ERROR, name, (str(error),))
        return self._not_given(finding, lost) if lost else finding

    def _lost(self, finding: Finding, shown: Sides) -> Sides:
        """The sides that do not find what their listing has shown, and still shows."""
        lost = Sides.NEITHER
        for found, which, side in (
            (finding.source, Sides.SOURCE, self._source),
            (finding.destination, Sides.DESTINATION, self._destination),
        ):
            if found is None and which in shown and side.find(finding.name) is not None:
                lost |= which
        return lost

    def _not_given(self, finding: Finding, lost: Sides) -> Finding:
        """What it means that a listing shows what its server does not give.

        What has expired and what is lost look the same (measured with Swift 2.38): it needs the
        copy of the other side, or somebody who saw the time before, to tell them apart.
        """
        listed = self._source.find(finding.name) if Sides.SOURCE in lost else None
        was_seen = listed is not None and self._has_expired(listed.name, listed.hash)
        if finding.expired or was_seen:
            return finding._replace(verdict=Verdict.EXPIRED, lost=lost)
        what = tuple(
            f"{side}: its listing shows it, but it answers {LOST_STATUS}, asked twice"
            for side in names(lost)
        )
        return finding._replace(verdict=Verdict.UNREADABLE, what=what, lost=lost)

    def why_unreadable(self, name: str) -> str:
        """Read the source's object to its end, and tell why that cannot be done; "" if it can.

        :raises MigrationError: no other object would fare better, as when a login is refused.
        """
        try:
            status = self._source.digest(name).response.status
        except MigrationError as error:
            if error.fatal:
                raise
            return str(error)
        return f"source: it answers {status}" if status == LOST_STATUS else ""

    def _ask(self, name: str) -> Finding:
        here, there = (
            side.request("HEAD", name, accept=(404,)) for side in (self._source, self._destination)
        )
        finding = _compare(name, _announced(here), _announced(there))
        if finding.verdict is Verdict.DIFFER and _undecided(finding, here, there):
            return self._read(name)
        return finding

    def _read(self, name: str) -> Finding:
        here, there = (side.digest(name) for side in (self._source, self._destination))
        damaged = tuple(
            f"{side}: bytes do not have the MD5 of their ETag"
            for side, digest in (("source", here), ("destination", there))
            if _damaged(digest)
        )
        finding = _compare(name, here, there)
        if not damaged:
            return finding
        what = (*finding.what, *damaged)
        return finding._replace(verdict=Verdict.DIFFER, what=what, damaged=True)


def names(sides: Sides) -> list[str]:
    """What the sides are called."""
    called = ((Sides.SOURCE, "source"), (Sides.DESTINATION, "destination"))
    return [name for side, name in called if side in sides]


def listed(entry: Entry) -> Fingerprint:
    """What a listing says of an object's bytes."""
    return Fingerprint(entry.size, entry.slo_etag or entry.hash)


def _announced(head: Response) -> Digest:
    """What an answer says of the bytes, without reading them."""
    size = head.number("content-length")
    return Digest(head, size, head.headers.get("etag", "").strip('"'))


def _compare(name: str, here: Digest, there: Digest) -> Finding:
    prints = tuple(
        None if digest.response.status == 404 else Fingerprint(digest.size, digest.md5)
        for digest in (here, there)
    )
    if prints == (None, None):
        return Finding(Verdict.GONE, name)
    if None in prints:
        verdict = Verdict.EXTRA if prints[0] is None else Verdict.MISSING
        over = expired(there.response if prints[0] is None else here.response)
        return Finding(verdict, name, (), prints[0], prints[1], expired=over)
    what = tuple(_differences(here, there))
    announced = tuple(_announced(digest.response) for digest in (here, there))
    if is_large(here.response) and announced[0].md5 == announced[1].md5:
        prints = tuple(Fingerprint(digest.size, digest.md5) for digest in announced)
    verdict = Verdict.DIFFER if what else Verdict.MATCH
    return Finding(verdict, name, what, prints[0], prints[1])


def _differences(here: Digest, there: Digest) -> list[str]:
    found = []
    if here.size != there.size:
        found.append("bytes")
    if here.md5 != there.md5:
        found.append("hash")
    ours, theirs = carried_headers(here.response), carried_headers(there.response)
    found += [
        header for header in sorted({*ours, *theirs}) if ours.get(header) != theirs.get(header)
    ]
    return found


def _undecided(finding: Finding, here: Response, there: Response) -> bool:
    """Whether ETags differ that need not be the MD5 of the bytes."""
    plain = all(
        not is_large(head) and PLAIN_ETAG.fullmatch(head.headers.get("etag", ""))
        for head in (here, there)
    )
    return not plain and "hash" in finding.what


def _damaged(digest: Digest) -> bool:
    response = digest.response
    etag = response.headers.get("etag", "")
    plain = response.status == 200 and not is_large(response) and PLAIN_ETAG.fullmatch(etag)
    return bool(plain) and etag != digest.md5
