# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object copied: one GET, one PUT, everything about it carried along, no HEAD."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from .._cloud.capabilities import identify_server
from .._errors import AttemptError, MigrationError
from .._migration.outcome import Kind, Outcome
from .._migration.recent_writes import Begin
from .._swift.container import Container, Digest
from .._swift.listing import Entry
from .._swift.metadata_limits import MetadataLimits
from .._swift.object_headers import (
    CLOCKS,
    EXPIRY,
    MD5,
    carried_headers,
    expired,
    is_large,
    same_object,
    unchanged,
)
from .._swift.object_limits import ObjectLimits
from .._swift.object_time import is_older
from .._swift.range_checksums import ChecksummedRange, RunningChecksums
from .._swift.stored_segments import StoredSegments
from .._transport.http_client import Request, Response, TransportError
from .._transport.relay import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    DamagedBytesError,
    Relay,
    Upload,
    UploadBreaksError,
)
from .._transport.resumption import BARREN, BreaksOffError
from .._transport.retry import DAMAGED_ATTEMPTS
from .._transport.status_errors import status_error
from .promised_bytes import LengthUnknownError, NoMd5Error, promised_length, promised_md5

AS_MANIFEST = "multipart-manifest=get&format=raw"
"""Asks for a large object's manifest in the form that PUT takes; a plain object is not affected."""

MAX_UNCHECKED_SECONDS = 2.0
"""Seconds from the GET to the end of the PUT for which a comparison of times makes allowance.

The copy holds what the source showed when it was asked, but its time is that of the PUT, at Ceph
RGW that of its end.  What took longer is looked at once more, lest a POST in between be missed.
"""

IN_SEGMENTS = 64 * 1024 * 1024
"""Bytes from which on an object is copied in segments when its PUT breaks again and again."""

ATTEMPTS = 3
"""Tries in all of an object that changes while it is copied."""


class TransientNotFoundError(AttemptError):
    """A GET was answered with 404 for an object that is there."""

    retryable = True


class UnreadableError(MigrationError):
    """A segment is listed but cannot be read, so neither can the object that it belongs to."""


class Expiries(Protocol):
    """Remembers when objects expire, as a server tells it no more once they have."""

    def note_expiry(self, container: str, entry: Entry, moment: int) -> None:
        """Remember the ``X-Delete-At`` of an object that is listed so, in seconds since 1970."""

    def expiry(self, container: str, entry: Entry) -> int | None:
        """Return what was remembered of this version."""


class OlderVersionError(AttemptError):
    """The source gives an earlier version of an object than the one its listing shows."""

    retryable = True
    attempts = DAMAGED_ATTEMPTS


class StartOverError(MigrationError):
    """The object has to be copied from its beginning again: it is another one now, or damaged."""


class _Copied(NamedTuple):
    """One try to copy an object.

    :param got: the answer to the GET.  :param seconds: from the GET to the end of the PUT.
    """

    outcome: Outcome
    got: Response
    seconds: float


class _Tries:
    """What the tries to copy one object met: bytes that were damaged, PUTs that broke."""

    def __init__(self) -> None:
        self.damage: list[DamagedBytesError] = []
        self.breaks: list[BrokenUploadError] = []
        self._place = self._times = 0

    def broke(self, error: TransportError) -> None:
        """Note that the GET broke.

        :raises BreaksOffError: it has done so at the same byte each time.
        """
        self._times = self._times + 1 if error.received == self._place else 1
        self._place = error.received
        if self._place and self._times == BARREN:
            raise BreaksOffError(self._place, error) from error


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
        self._expiries = expiries
        self.begin = begin or Begin(None)
        self.metadata = metadata or MetadataLimits()
        self.relay = relay or Relay(source.tls, destination.tls, source.limits, retry=source.retry)

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

    def copy(self, entry: Entry, new_name: str | None = None, *, etag: str = "") -> Outcome:
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
            return self._copy(entry, target, etag, large=False)
        except UploadBreaksError as error:
            return Outcome(Kind.LARGE, entry.name, reason=error.message)

    def copy_bytes(self, entry: Entry, parts: Sequence[ChecksummedRange] = ()) -> Outcome:
        """Copy the bytes into a plain object, whatever the object is.

        What has no MD5 as its ETag is read first to know it; KEPT when the destination has it.

        :param parts: of the bytes of a large object, if their MD5s are known.
        :returns: COPIED, KEPT, VANISHED, EXPIRED or UNREADABLE.
        :raises UploadBreaksError: it has to be copied in segments.
        :raises MigrationError: as :meth:`copy`.
        """
        return self._copy(entry, entry.name, "", large=True, parts=parts)

    def _copy(
        self,
        entry: Entry,
        target: str,
        etag: str,
        *,
        large: bool,
        parts: Sequence[ChecksummedRange] = (),
    ) -> Outcome:
        """Copy, until the source shows the same after it.

        :param large: whether the bytes of a large object are wanted, too.
        :param parts: of these bytes, if their MD5s are known.
        """
        read: Digest | None = None
        tries = _Tries()
        for _attempt in range(ATTEMPTS):
            try:
                copied = self.source.retry.call(
                    functools.partial(self._try, entry, target, etag, read, tries, large=large)
                )
            except OlderVersionError as error:
                return Outcome(Kind.UNREADABLE, entry.name, reason=error.message)
            except BreaksOffError as error:
                reason = f"{self.source.what} lists it, but {error.message}"
                return Outcome(Kind.UNREADABLE, entry.name, reason=reason)
            except BrokenUploadError as error:
                error.remedy = self._why_not_in_segments
                raise
            except NoMd5Error:
                if not large:
                    return Outcome(Kind.LARGE, entry.name)
                read = self._read(entry.name, parts)
                if self._holds(target, read):
                    return Outcome(Kind.KEPT, entry.name)
                continue
            except LengthUnknownError:
                listed = self.source.find(entry.name)
                if listed is None or listed == entry:
                    raise
                entry = listed
                continue
            if copied.seconds < MAX_UNCHECKED_SECONDS or self._is_unchanged(entry.name, copied.got):
                return copied.outcome
        raise _changes(entry.name)

    def _read(self, name: str, parts: Sequence[ChecksummedRange]) -> Digest:
        """Read an object.

        :param parts: those that are known of its bytes.
        :raises DamagedBytesError: its bytes are others.
        """
        check = RunningChecksums(parts)

        def watch() -> Callable[[bytes], None]:
            nonlocal check
            check = RunningChecksums(parts)
            return check.update

        read = self.source.digest(name, watch)
        if parts and read.response.status == 200 and not check.complete:
            raise DamagedBytesError(f"'{name}' is damaged at the source: {check.wrong}")
        return read

    def _try(
        self,
        entry: Entry,
        target: str,
        etag: str,
        read: Digest | None,
        tries: _Tries,
        *,
        large: bool,
    ) -> _Copied:
        get = self.source.prepare("GET", entry.name, query="" if large else AS_MANIFEST)
        put = get
        size = 0

        def upload_for(got: Response) -> Upload | None:
            self._check_version(entry, got)
            if got.status != 200 or (not large and is_large(got)):
                return None
            if not large and self._may_be_large(got):
                raise NoMd5Error("it may be a large object")
            if etag and got.etag != etag:
                raise StartOverError(f"'{entry.name}' has the ETag {got.etag}, not {etag}")
            md5 = promised_md5(got, read)
            headers = {**carried_headers(got), "ETag": md5}
            self.metadata.check(headers)
            nonlocal put, size
            put = self.destination.prepare("PUT", target, headers=headers)
            size = promised_length(got, entry, read, md5)
            return Upload(put, size, md5)

        try:
            relayed = self.relay.copy(get, upload_for, entry.size)
        except DamagedBytesError as error:
            tries.damage.append(error)
            raise
        except BrokenUploadError as error:
            tries.breaks.append(error)
            if len(tries.breaks) >= UPLOAD_BREAKS and size >= IN_SEGMENTS and self._segments:
                raise UploadBreaksError(f"'{entry.name}'", tries.breaks) from None
            raise
        except TransportError as error:
            tries.broke(error)
            raise

        def ended(outcome: Outcome, seconds: float = 0.0) -> _Copied:
            return _Copied(outcome, relayed.get, seconds)

        if relayed.get.status == 404:
            return ended(self._not_found(entry, tries.damage))
        self.source.check(get, relayed.get)
        if relayed.put is None and relayed.get.status != 200:  # no answer to such a GET
            raise status_error(get, relayed.get, self.source.label)
        if relayed.put is None:
            return ended(Outcome(Kind.LARGE, entry.name))
        if relayed.put.status == 400 and expired(relayed.get):
            return ended(Outcome(Kind.EXPIRED, entry.name))
        self.destination.check(put, relayed.put)
        self._check_arrival(target, put, relayed.put)
        self._note_expiry(entry, relayed.get)
        return ended(Outcome(Kind.COPIED, entry.name, size), time.monotonic() - relayed.get.sent)

    def refresh(self, entry: Entry) -> Outcome:
        """Copy an object again only if it differs from the copy: KEPT where it does not.

        A large one is LARGE, as a HEAD does not show its segments.
        """
        here, there = self._heads(entry.name)
        if is_large(here):
            return Outcome(Kind.LARGE, entry.name)
        if is_older(here, entry):
            return self.copy(entry)
        if not same_object(here, there):
            return self.copy(entry)
        self._note_expiry(entry, here)
        return Outcome(Kind.KEPT, entry.name)

    def predict(self, entry: Entry, existing: Entry | None) -> Outcome:
        """What the work on an object would come to, asked by HEAD.

        :param existing: the destination's, if there is one.
        :returns: KEPT or COPIED; VANISHED, EXPIRED or UNREADABLE.
        :raises MigrationError: it is a large object whose segments must not be read.
        """

        def once() -> Outcome:
            here = self.source.request("HEAD", entry.name, accept=(404,))
            if here.status == 404:
                return self._not_found(entry, [])
            self._check_version(entry, here)
            if is_large(here):
                StoredSegments(self.source).check_reach(entry.name, here)
            if existing is not None and existing.size == entry.size:
                there = self.destination.request("HEAD", entry.name, accept=(404,))
                if same_object(here, there):
                    return Outcome(Kind.KEPT, entry.name)
            return Outcome(Kind.COPIED, entry.name, entry.size)

        try:
            return self.source.retry.call(once)
        except OlderVersionError as error:
            return Outcome(Kind.UNREADABLE, entry.name, reason=error.message)

    def same(self, name: str) -> bool:
        """Whether a HEAD of both sides shows the same ETag, the same headers and the same kind."""
        return same_object(*self._heads(name))

    def expect_unchanged(self, name: str, seen: Response) -> None:
        """Look at the source once more, before what it showed in an answer is put.

        :raises StartOverError: it shows something else now, be it another time only.
        """
        if not self._is_unchanged(name, seen):
            raise _changes(name)

    def _is_unchanged(self, name: str, seen: Response) -> bool:
        now = self.source.request("HEAD", name, accept=(404,))
        return unchanged(seen, now)

    def delete(self, listed: Entry, *, check: bool = False) -> Outcome:
        """Delete an object of the destination that the source, asked by HEAD, does not have.

        :param listed: how the destination's listing shows it.
        :param check: only tell what would be done.
        :returns: DELETED; KEPT when the source has got it meanwhile; UNLISTED when the source has
            it and does not list it.
        :raises RecentError: it was written while the run went on; it stays.
        """
        name = listed.name
        if self.source.request("HEAD", name, accept=(404,)).status != 404:
            if self.source.find(name) is not None:  # it has come meanwhile
                return Outcome(Kind.KEPT, name)
            reason = f"{self.source.what} does not list it, but gives it"
            return Outcome(Kind.UNLISTED, name, reason=reason)
        if check:
            return Outcome(Kind.DELETED, name)
        there = self.destination.request("HEAD", name, accept=(404,))
        if there.status != 404:  # what has expired, listings go on showing for a while
            self.begin.check(listed, there)
        self.destination.request("DELETE", name, accept=(404,))
        return Outcome(Kind.DELETED, name)

    def _check_version(self, entry: Entry, given: Response) -> None:
        """See that the source gives the version that its listing shows, or a later one.

        Its disk may have gone back to an earlier one; another replica may have the right one.
        """
        if given.status == 200 and is_older(given, entry):
            raise OlderVersionError(
                f"{self.source.what} lists it as changed at {entry.last_modified}, but gives an "
                f"older version with the X-Timestamp {given.headers['x-timestamp']}"
            )

    @staticmethod
    def _check_arrival(target: str, put: Request, answer: Response) -> None:
        """See that the destination tells the MD5 that it was sent, if it tells one."""
        told, sent = answer.etag.lower(), put.headers["ETag"]
        if MD5.fullmatch(told) and told != sent:
            raise DamagedBytesError(
                f"the destination answers that '{target}' arrived with the ETag {told}, not {sent}"
            )

    def _may_be_large(self, got: Response) -> bool:
        # Asked for a manifest, Ceph RGW shows a static large object as an empty one (measured).
        return got.headers.get("content-length") == "0" and self._is_ceph

    @functools.cached_property
    def _segments(self) -> int:
        """Segments that the destination takes in a static large object."""
        return ObjectLimits.of(self.destination.connection.capabilities()).segments

    @property
    def _why_not_in_segments(self) -> str:
        if not self._segments:
            return (
                "A PUT cannot go on where it broke, and the destination takes no static large "
                "objects, in whose segments the object could be copied"
            )
        return (
            "A PUT cannot go on where it broke; only objects of "
            f"{IN_SEGMENTS // 1024**2} MiB or more are copied in segments instead"
        )

    @functools.cached_property
    def _is_ceph(self) -> bool:
        return identify_server(self.source.connection.capabilities()).name == "ceph"

    def _holds(self, target: str, read: Digest) -> bool:
        """Whether the destination has a plain object with the bytes and headers that were read."""
        there = self.destination.request("HEAD", target, accept=(404,))
        found = (there.status, there.etag, carried_headers(there), is_large(there))
        return found == (200, read.md5, carried_headers(read.response), False)

    def _heads(self, name: str) -> tuple[Response, Response]:
        here, there = self.source, self.destination
        return (
            here.request("HEAD", name, accept=(404,)),
            there.request("HEAD", name, accept=(404,)),
        )

    def _not_found(self, entry: Entry, damage: list[DamagedBytesError]) -> Outcome:
        """What a 404 means: the object was deleted, it has expired, or it is lost.

        Over Swift's API what has expired and what is lost look the same: listed, 404, and no
        ``X-Delete-At`` (measured).  So only what was seen before tells them apart.

        :param damage: what earlier tries read of it.
        """
        listed = self.source.find(entry.name)
        if listed is None:
            return Outcome(Kind.VANISHED, entry.name)
        head = self.source.request("HEAD", entry.name, accept=(404,))
        if head.status != 404:
            raise TransientNotFoundError(f"the source did not find '{entry.name}' for a moment")
        if self._has_expired(listed):
            return Outcome(Kind.EXPIRED, entry.name)
        reason = f"{self.source.what} lists it, but answers {head.status} to GET and HEAD"
        if damage:
            reason += f" since its bytes were read and found damaged ({damage[-1].message})"
        return Outcome(Kind.UNREADABLE, entry.name, reason=reason)

    def _note_expiry(self, listed: Entry, got: Response) -> None:
        moment = got.headers.get(EXPIRY, "")
        if self._expiries is not None and moment.isdecimal():
            self._expiries.note_expiry(self.source.name, listed, int(moment))

    def _has_expired(self, listed: Entry) -> bool:
        if self._expiries is None:
            return False
        known = self._expiries.expiry(self.source.name, listed)
        return known is not None and known <= time.time() + CLOCKS


def _changes(name: str) -> StartOverError:
    return StartOverError(f"'{name}' changes while it is copied")
