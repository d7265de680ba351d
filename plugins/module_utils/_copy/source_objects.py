# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source tells of an object besides its bytes: its version, its expiry, its absence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from .._errors import AttemptError
from .._migration.outcome import Kind, Outcome
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import CLOCKS, EXPIRY, unchanged
from .._swift.object_time import is_older
from .._transport.header import whole_number
from .._transport.http_messages import Response
from .._transport.retry import DAMAGED_ATTEMPTS
from .._transport.verified_upload import DamagedBytesError
from .copy_errors import changing


class TransientNotFoundError(AttemptError):
    """A GET was answered with 404 for an object that is there."""

    retryable = True


class OlderVersionError(AttemptError):
    """The source gives an earlier version of an object than the one its listing shows."""

    retryable = True
    attempts = DAMAGED_ATTEMPTS


class Expiries(Protocol):
    """Remembers when objects expire, as a server tells it no more once they have."""

    def note_expiry(self, container: str, entry: ListedObject, moment: int) -> None:
        """Remember the ``X-Delete-At`` of an object that is listed so, in seconds since 1970."""

    def note_expired(self, container: str, entry: ListedObject) -> None:
        """Remember that this version has expired."""

    def expiry(self, container: str, entry: ListedObject) -> int | None:
        """Return what was remembered of this version."""


class SourceObjects:
    """Judges what the source answers of its objects.  For one thread.

    :param expiries: knows when objects expire that were copied before.
    """

    def __init__(self, container: Container, expiries: Expiries | None = None) -> None:
        self._container, self._expiries = container, expiries

    def check_version(self, entry: ListedObject, given: Response) -> None:
        """Check that the source gives the version that its listing shows, or a later one.

        Its disk may have gone back to an earlier one; another replica may have the right one.

        :raises OlderVersionError: it gives an earlier one.
        """
        if given.status == 200 and is_older(given, entry):
            raise OlderVersionError(
                f"{self._container.what} lists it as changed at {entry.last_modified}, but gives "
                f"an older version with the X-Timestamp {given.headers['x-timestamp']}"
            )

    def is_unchanged(self, name: str, seen: Response) -> bool:
        """Whether a HEAD shows the object as an earlier answer has shown it."""
        now = self._container.request("HEAD", name, accept=(404,))
        return unchanged(seen, now)

    def expect_unchanged(self, name: str, seen: Response) -> None:
        """Check with the source that the object is unchanged, before its bytes are put.

        :raises StartOverError: anything, even only its timestamp, has changed.
        """
        if not self.is_unchanged(name, seen):
            raise changing(name)

    def explain_absence(
        self, entry: ListedObject, damage: Sequence[DamagedBytesError] = ()
    ) -> Outcome:
        """What a 404 means: the object was deleted, it has expired, or it is lost.

        Over Swift's API what has expired and what is lost look the same: listed, 404, and no
        ``X-Delete-At`` (measured).  So only what was seen before tells them apart.

        :param damage: what earlier tries read of it.
        :returns: VANISHED, EXPIRED or UNREADABLE.
        :raises TransientNotFoundError: it is there after all.
        """
        container = self._container
        listed = container.find(entry.name)
        if listed is None:
            return Outcome(Kind.VANISHED, entry.name)
        head = container.request("HEAD", entry.name, accept=(404,))
        if head.status != 404:
            raise TransientNotFoundError(f"the source did not find '{entry.name}' for a moment")
        if self._expiries is not None and self.has_expired(listed):
            self._expiries.note_expired(container.name, listed)
            return Outcome(Kind.EXPIRED, entry.name)
        reason = f"{container.what} lists it, but answers {head.status} to GET and HEAD"
        if damage:
            reason += f" since its bytes were read and found damaged ({damage[-1].message})"
        return Outcome(Kind.UNREADABLE, entry.name, reason=reason)

    def note_expiry(self, listed: ListedObject, got: Response) -> None:
        """Remember when an object expires, if it does."""
        moment = whole_number(got.headers.get(EXPIRY, ""))
        if self._expiries is not None and moment is not None:
            self._expiries.note_expiry(self._container.name, listed, moment)

    def has_expired(self, listed: ListedObject) -> bool:
        """Whether the time at which an object was to expire was seen, and has come."""
        if self._expiries is None:
            return False
        known = self._expiries.expiry(self._container.name, listed)
        return known is not None and known <= time.time() + CLOCKS
