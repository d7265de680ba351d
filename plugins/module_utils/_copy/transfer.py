# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Single objects copied, compared and deleted, from one container to another."""

from __future__ import annotations

from collections.abc import Sequence

from .._cloud.metadata_limits import MetadataLimits
from .._migration.outcome import Kind, Outcome
from .._migration.recent_writes import Begin
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import is_large, same_object
from .._swift.object_time import is_older
from .._swift.range_checksums import ChecksummedRange
from .._swift.stored_segments import StoredSegments
from .._swift.symlink import ITSELF
from .._transport.http_messages import Response
from .._transport.relay import Relay
from .._transport.verified_upload import UploadBreaksError
from .copy_modes import AllBytes, PlainObjects
from .object_copy import ObjectCopy, Route
from .source_objects import Expiries, OlderVersionError, SourceObjects


class Transfer:
    """Copies single objects from one container to another.  For one thread.

    :param metadata: what metadata the destination takes.
    :param expiries: knows when objects expire that were copied before.
    :param begin: when the run began; what was written since is not deleted.
    """

    def __init__(
        self,
        source: Container,
        destination: Container,
        relay: Relay | None = None,
        metadata: MetadataLimits | None = None,
        expiries: Expiries | None = None,
        begin: Begin | None = None,
    ) -> None:
        self.source, self.destination = source, destination
        self.begin = begin or Begin(None)
        self.metadata = metadata or MetadataLimits()
        self.relay = relay or Relay(source.client.http, destination.client.http, retry=source.retry)
        self._expiries = expiries
        self._objects = SourceObjects(source, expiries)
        self._plain = PlainObjects(source)
        self._route = Route(source, destination, self.relay, self._objects, self.metadata)

    def between(self, source: str, destination: str) -> Transfer:
        """The same for two other containers of the same accounts."""
        return Transfer(
            self.source.sibling(source),
            self.destination.sibling(destination),
            self.relay,
            self.metadata,
            self._expiries,
            self.begin,
        )

    def copy(self, entry: ListedObject, new_name: str | None = None, *, etag: str = "") -> Outcome:
        """Copy the object as it is now, which may be newer than its entry.

        :param new_name: its name at the destination, when it is another.
        :param etag: the only ETag with which it is wanted.
        :returns: COPIED; VANISHED, EXPIRED or UNREADABLE; LARGE for what is not copied here: a
            manifest, what may be one, what has no MD5 as its ETag, and with a reason what has to be
            copied in segments, as its PUT breaks again and again.
        :raises StartOverError: it has another ETag, or changes each time it is copied.
        :raises MigrationError: it could not be copied; the destination is as before.
        """
        target = entry.name if new_name is None else new_name
        try:
            return ObjectCopy(self._route, self._plain, entry, target, etag).run()
        except UploadBreaksError as error:
            return Outcome(Kind.LARGE, entry.name, reason=error.message)

    def copy_bytes(self, entry: ListedObject, parts: Sequence[ChecksummedRange] = ()) -> Outcome:
        """Copy the bytes into a plain object, whatever the object is.

        What has no MD5 as its ETag is read first to know it; KEPT when the destination has it.

        :param parts: of the bytes of a large object, if their MD5s are known.
        :returns: COPIED, KEPT, VANISHED, EXPIRED or UNREADABLE.
        :raises UploadBreaksError: it must be copied in segments.
        :raises MigrationError: as :meth:`copy`.
        """
        mode = AllBytes(self.source, self.destination, parts)
        return ObjectCopy(self._route, mode, entry, entry.name).run()

    def refresh(self, entry: ListedObject) -> Outcome:
        """Copy an object again only if it differs from the copy: KEPT where it does not.

        A large one is LARGE, as a HEAD does not show its segments.
        """
        source, destination = self._heads(entry.name)
        if is_large(source):
            return Outcome(Kind.LARGE, entry.name)
        if is_older(source, entry) or not same_object(source, destination):
            return self.copy(entry)
        self._objects.note_expiry(entry, source)
        return Outcome(Kind.KEPT, entry.name)

    def predict(self, entry: ListedObject, existing: ListedObject | None) -> Outcome:
        """Predict the outcome for an object by HEAD requests.

        :param existing: the destination's, if there is one.
        :returns: KEPT or COPIED; VANISHED, EXPIRED or UNREADABLE.
        :raises MigrationError: it is a large object whose segments must not be read.
        """

        def once() -> Outcome:
            source = self.source.request("HEAD", entry.name, accept=(404,))
            if source.status == 404:
                return self._objects.explain_absence(entry)
            self._objects.check_version(entry, source)
            if is_large(source):
                StoredSegments(self.source).check_reach(entry.name, source)
            if existing is not None and existing.size == entry.size:
                destination = self.destination.request("HEAD", entry.name, accept=(404,))
                if same_object(source, destination):
                    return Outcome(Kind.KEPT, entry.name)
            return Outcome(Kind.COPIED, entry.name, entry.size)

        try:
            return self.source.retry.call(once)
        except OlderVersionError as error:
            return Outcome(Kind.UNREADABLE, entry.name, reason=error.message)

    def same(self, name: str) -> bool:
        """Whether a HEAD of both sides shows the same ETag, the same headers and the same kind."""
        return same_object(*self._heads(name))

    def has_expired(self, entry: ListedObject) -> bool:
        """Whether the time at which the source's object was to expire was seen, and has come."""
        return self._objects.has_expired(entry)

    def note_expiry(self, entry: ListedObject, got: Response) -> None:
        """Remember when the source's object expires, if an answer of the source tells it."""
        self._objects.note_expiry(entry, got)

    def expect_unchanged(self, name: str, seen: Response) -> None:
        """Check with the source that the object is unchanged, before its bytes are put.

        :raises StartOverError: anything, even only its timestamp, has changed.
        """
        self._objects.expect_unchanged(name, seen)

    def delete(self, listed: ListedObject, *, check: bool = False) -> Outcome:
        """Delete an object of the destination that the source, asked by HEAD, does not have.

        :param listed: how the destination's listing shows it.
        :param check: only tell what would be done.
        :returns: DELETED; KEPT when the source has got it meanwhile; UNLISTED when the source has
            it and does not list it.
        :raises RecentError: it was written while the run went on; it stays.
        """
        name = listed.name
        if self.source.request("HEAD", name, query=ITSELF, accept=(404,)).status != 404:
            if self.source.find(name) is not None:  # it has come meanwhile
                return Outcome(Kind.KEPT, name)
            reason = f"{self.source.what} does not list it, but gives it"
            return Outcome(Kind.UNLISTED, name, reason=reason)
        if check:
            return Outcome(Kind.DELETED, name)
        present = self.destination.request("HEAD", name, query=ITSELF, accept=(404,))
        if present.status != 404:  # what has expired, listings go on showing for a while
            self.begin.check(listed, present)
        self.destination.request("DELETE", name, accept=(404,))
        return Outcome(Kind.DELETED, name)

    def _heads(self, name: str) -> tuple[Response, Response]:
        return (
            self.source.request("HEAD", name, accept=(404,)),
            self.destination.request("HEAD", name, accept=(404,)),
        )
