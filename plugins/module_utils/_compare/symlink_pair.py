# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A symlink of one side or of both, compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .._migration.listing_pair import Both
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.manifest_reach import ReachError
from .._swift.object_headers import expired
from .._swift.symlink import BROKEN, ETAG, ITSELF, TARGET, Symlink, account_of
from .._transport.http_messages import Response
from .digest_comparison import different_headers
from .finding import LOST_STATUS, Finding, Fingerprint, Sides, Verdict

Look = Callable[[str, Both], Finding]

EMPTY = Fingerprint(0, hashlib.md5(usedforsecurity=False).hexdigest())
"""How a listing shows the bytes of a symlink."""


class _Side(NamedTuple):
    """One side's answer for the symlink itself, and what it tells."""

    answer: Response
    symlink: Symlink | None


class SymlinkPair:
    """Compares symlinks.  For one thread.

    :param has_expired: whether the time at which an object of the source was to expire was seen,
        and has come.
    """

    def __init__(
        self,
        source: Container,
        destination: Container,
        has_expired: Callable[[ListedObject], bool],
    ) -> None:
        self._source, self._destination = source, destination
        self._has_expired = has_expired

    def are_in(self, shown: Both) -> bool:
        """Whether a listing shows a symlink among the objects of one name that the source has."""
        entries = [entry for entry in shown if entry is not None]
        return shown.source is not None and any(entry.symlink for entry in entries)

    def compare(self, look: Look, name: str, shown: Both) -> Finding:
        """Compare symlinks that both sides have themselves, others by what they lead to.

        The target of one that was copied as a symlink is compared under its own name.

        :param look: looks at what a name leads to.
        :returns: MISSING also for one that leads to nothing at the destination only; UNREADABLE for
            one that leads to nothing and was not copied as a symlink.
        """
        here, there = self._side(self._source, name), self._side(self._destination, name)
        if here.symlink is None:
            # It is no symlink there, or none any more.
            return look(name, shown) if there.symlink is None else _other_kind(name, shown)
        moved = here.symlink.moved(self._source.name, self._destination.name)
        if moved is not None and there.symlink is not None:
            what = tuple(_differences(moved, here.answer, there.symlink, there.answer))
            if not what:
                return self._followed(name, there.symlink)
            return Finding(Verdict.DIFFER, name, what, EMPTY, EMPTY)
        knows = self._destination.connection.profile().symlinks
        if moved is not None and knows and there.answer.status == LOST_STATUS:
            return Finding(Verdict.MISSING, name, (), EMPTY)
        if self._source.request("HEAD", name, accept=BROKEN).status not in BROKEN:
            return look(name, shown)
        if shown.source is not None and self._has_expired(shown.source):
            return Finding(Verdict.EXPIRED, name, lost=Sides.SOURCE)
        what = (f"source: its listing shows it, but {here.symlink.why_broken()}",)
        return Finding(Verdict.UNREADABLE, name, what, lost=Sides.SOURCE)

    def _followed(self, name: str, symlink: Symlink) -> Finding:
        """What two equal symlinks come to, by whether they lead to something."""
        same = Finding(Verdict.MATCH, name, (), EMPTY, EMPTY)
        for _turn in range(2):  # a server may not find an object for a moment
            if _dangles(self._source, name):
                return same._replace(dangling=True)
            if not _dangles(self._destination, name):
                return same
        what = (f"destination: {symlink.why_broken()}",)
        return same._replace(verdict=Verdict.MISSING, what=what)

    def _side(self, container: Container, name: str) -> _Side:
        answer = container.request("HEAD", name, query=ITSELF, accept=(404,))
        return _Side(answer, Symlink.of(answer, account_of(container.connection.storage_url)))


def _dangles(container: Container, name: str) -> bool:
    """Whether a symlink leads to nothing, or to what is about to expire."""
    try:
        answer = container.request("HEAD", name, accept=BROKEN)
    except ReachError:  # it leads to another one, which leads out of the container
        return False
    return answer.status in BROKEN or expired(answer)


def _other_kind(name: str, shown: Both) -> Finding:
    """An object of the source that is a symlink at the destination."""
    entry = shown.source
    ours = Fingerprint(entry.size, entry.slo_etag or entry.hash) if entry is not None else None
    return Finding(Verdict.DIFFER, name, (TARGET,), ours, EMPTY)


def _differences(ours: Symlink, here: Response, theirs: Symlink, there: Response) -> Iterator[str]:
    if ours._replace(etag="") != theirs._replace(etag=""):
        yield TARGET
    if ours.etag != theirs.etag:
        yield ETAG
    yield from different_headers(here, there)
