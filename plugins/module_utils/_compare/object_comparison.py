# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object of both sides looked at: what differs, by listing, by HEAD, or by reading it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable

from .._errors import MigrationError
from .._migration.listing_pair import Both
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import is_large
from .._swift.stored_segments import StoredSegments
from .._transport.http_messages import Response
from .._transport.resumption import BreaksOffError
from .digest_comparison import announced, compare, is_damaged, is_undecided
from .finding import LOST_STATUS, SIDES, Finding, Sides, Verdict, names
from .segment_pair import SegmentPair
from .symlink_pair import Look, SymlinkPair

UNLISTED = Both(None, None)
"""No listing has shown the object."""


def _is_later(one: ListedObject, other: ListedObject) -> bool:
    return one.last_modified > other.last_modified


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
        self._symlinks = SymlinkPair(source, destination, has_expired)

    def heads(self, name: str, shown: Both = UNLISTED, *, closely: bool = False) -> Finding:
        """Compare by a HEAD on each side; read both where that cannot decide.

        Of a large object, look whether its segments are there.  One whose source does not tell
        where they are is read.

        :param shown: how the listings have shown it.
        :param closely: ask for each segment, too.
        :returns: ERROR when a side cannot be asked.
        :raises MigrationError: every other object would fail as well, as when a login is refused.
        """
        look = functools.partial(self._ask, closely=closely)
        return self._look_again_if_doubtful(name, self._with_symlinks(look, shown), shown)

    def contents(self, name: str, shown: Both = UNLISTED, *, is_large: bool = False) -> Finding:
        """Compare by reading both to their ends, their headers included.

        :param shown: how the listings have shown it.
        :param is_large: it is likely a large object, whose segments are looked for first: to read
            one that lacks some takes minutes.
        :returns: ERROR when a side cannot be read.
        :raises MigrationError: every other object would fail as well, as when a login is refused.
        """
        look = self._look_and_read if is_large else self._read
        return self._look_again_if_doubtful(name, self._with_symlinks(look, shown), shown)

    def _with_symlinks(self, look: Look, shown: Both) -> Look:
        """Look at a symlink itself where both sides have one, and at what it leads to elsewhere.

        The target of one that was copied as a symlink is compared under its own name.

        :param look: looks at what a name leads to.
        """
        if self._symlinks.are_in(shown):
            return functools.partial(self._symlinks.compare, look)
        return look

    def _look_again_if_doubtful(self, name: str, look: Look, shown: Both) -> Finding:
        """Look, and look again when in doubt: a server may not find an object for a moment."""
        try:
            finding = look(name, shown)
            if finding.lost or not (finding.older or self._lost(finding, shown)):
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
        finding = compare(name, announced(source), announced(destination), shown)
        broken = self._broken(finding, source, destination, closely=closely)
        if broken is not None:
            return broken
        undecided = finding.verdict is Verdict.DIFFER and is_undecided(finding, source, destination)
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
        finding = compare(name, announced(source), announced(destination), shown)
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
            if is_damaged(digest):
                damaged |= side
        finding = compare(name, source, destination, shown)
        if not damaged:
            return finding
        told = (f"{side}: bytes do not have the MD5 of their ETag" for side in names(damaged))
        what = (*finding.what, *told)
        return finding._replace(verdict=Verdict.DIFFER, what=what, damaged=damaged)


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
