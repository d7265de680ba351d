# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object copied: one GET, one PUT, everything about it carried along, no HEAD."""

from __future__ import annotations

import time
from typing import NamedTuple

from .._cloud.metadata_limits import MetadataLimits
from .._migration.outcome import Kind, Outcome
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import MD5, carried_headers, expired
from .._transport.http_messages import Request, Response, TransportError
from .._transport.relay import Relay
from .._transport.resumption import BARREN, BreaksOffError
from .._transport.status_errors import status_error
from .._transport.verified_upload import (
    UPLOAD_BREAKS,
    BrokenUploadError,
    DamagedBytesError,
    Upload,
    UploadBreaksError,
)
from .copy_errors import StartOverError, changing
from .copy_modes import CopyMode
from .promised_bytes import LengthUnknownError
from .source_objects import OlderVersionError, SourceObjects

MAX_UNCHECKED_SECONDS = 2.0
"""Seconds from the GET to the end of the PUT.  A copy that took longer is checked by HEAD again.

The copy holds what the source showed at the GET, but it has the time of the PUT, with Ceph RGW the
time at the end of the PUT.  A POST to the source in between would look older than the copy.
"""

IN_SEGMENTS = 64 * 1024 * 1024
"""Bytes from which on an object is copied in segments when its PUT breaks again and again."""

ATTEMPTS = 3
"""Tries in all of an object that changes while it is copied."""


class Route(NamedTuple):
    """From where to where objects are copied, and by what.  For one thread.

    :param objects: judges what the source answers.
    :param metadata: what metadata the destination takes.
    """

    source: Container
    destination: Container
    relay: Relay
    objects: SourceObjects
    metadata: MetadataLimits


class _Attempt(NamedTuple):
    """One try to copy an object.

    :param outcome: None when nobody tells the MD5 of the bytes.
    :param got: the answer to the GET.
    :param seconds: from the GET to the end of the PUT.
    """

    outcome: Outcome | None
    got: Response
    seconds: float = 0.0


class ObjectCopy:
    """One object on its way, as often as it is tried.

    :param entry: how the source lists it.
    :param target: its name at the destination.
    :param etag: the only ETag with which it is wanted; "" for any.
    :param mode: what is copied of it.
    """

    def __init__(
        self, route: Route, mode: CopyMode, entry: ListedObject, target: str, etag: str = ""
    ) -> None:
        self._route, self._mode = route, mode
        self._entry, self._target, self._etag = entry, target, etag
        self._damage: list[DamagedBytesError] = []
        self._upload_breaks: list[BrokenUploadError] = []
        self._broken_at = self._times_there = 0

    def run(self) -> Outcome:
        """Copy the object, until the source shows the same after it.

        :returns: COPIED, VANISHED, EXPIRED, UNREADABLE, or what the mode ends with.
        :raises UploadBreaksError: it must be copied in segments.
        :raises StartOverError: it has another ETag, or changes each time it is copied.
        :raises MigrationError: it could not be copied; the destination is as before.
        """
        source, name = self._route.source, self._entry.name
        for _attempt in range(ATTEMPTS):
            try:
                outcome, got, seconds = source.retry.call(self._attempt)
            except OlderVersionError as error:
                return Outcome(Kind.UNREADABLE, name, reason=error.message)
            except BreaksOffError as error:
                reason = f"{source.what} lists it, but {error.message}"
                return Outcome(Kind.UNREADABLE, name, reason=reason)
            except BrokenUploadError as error:
                error.remedy = self._why_not_in_segments
                raise
            except LengthUnknownError:
                listed = source.find(name)
                if listed is None or listed == self._entry:
                    raise
                self._entry = listed
                continue
            if outcome is None:
                outcome = self._mode.without_md5(name, self._target)
                if outcome is not None:
                    return outcome
            elif seconds < MAX_UNCHECKED_SECONDS or self._route.objects.is_unchanged(name, got):
                return outcome
        raise changing(name)

    def _attempt(self) -> _Attempt:
        route, entry = self._route, self._entry
        get = route.source.prepare("GET", entry.name, query=self._mode.query)
        upload: Upload | None = None
        try:
            with route.relay.get(get, entry.size) as body:
                got = body.head
                route.objects.check_version(entry, got)
                route.source.check_place(got)
                if got.status != 200 or self._mode.skips(got):
                    answer = body.read()
                else:
                    route.source.client.check(get, got)  # notes that the source answers
                    upload = self._upload(got)
                    if upload is None:
                        return _Attempt(None, got)
                    answer = body.put(upload)
        except DamagedBytesError as error:
            self._damage.append(error)
            raise
        except BrokenUploadError as error:
            self._note_broken_upload(error, upload)
            raise
        except TransportError as error:
            self._note_break(error)
            raise
        if upload is None:
            return _Attempt(self._judge_unsent(get, answer), got)
        return self._judge_put(upload, got, answer)

    def _upload(self, got: Response) -> Upload | None:
        """The PUT for the head of an answer; None when nobody tells the MD5 of the bytes."""
        name, route = self._entry.name, self._route
        if self._etag and got.etag != self._etag:
            raise StartOverError(f"'{name}' has the ETag {got.etag}, not {self._etag}")
        promised = self._mode.promised(got, self._entry)
        if promised is None:
            return None
        headers = {**carried_headers(got), "ETag": promised.md5}
        route.metadata.check(headers)
        put = route.destination.prepare("PUT", self._target, headers=headers)
        return Upload(put, promised.size, promised.md5)

    def _judge_unsent(self, get: Request, got: Response) -> Outcome:
        """The outcome of an answer when its body is not put."""
        source = self._route.source
        if got.status == 404:
            return self._route.objects.explain_absence(self._entry, self._damage)
        source.client.check(get, got)
        if got.status != 200:  # no answer to such a GET
            raise status_error(get, got, source.label)
        return Outcome(Kind.LARGE, self._entry.name)

    def _judge_put(self, upload: Upload, got: Response, answer: Response) -> _Attempt:
        """What the answer to the PUT means."""
        if answer.status == 400 and expired(got):
            return _Attempt(Outcome(Kind.EXPIRED, self._entry.name), got)
        self._route.destination.client.check(upload.request, answer)
        self._check_arrival(upload, answer)
        self._route.objects.note_expiry(self._entry, got)
        copied = Outcome(Kind.COPIED, self._entry.name, upload.size)
        return _Attempt(copied, got, time.monotonic() - got.sent)

    def _check_arrival(self, upload: Upload, answer: Response) -> None:
        """Check that the destination tells the MD5 that it was sent, if it tells one."""
        told, sent = answer.etag.lower(), upload.md5
        if MD5.fullmatch(told) and told != sent:
            raise DamagedBytesError(
                f"the destination answers that '{self._target}' arrived with the ETag {told}, "
                f"not {sent}"
            )

    def _note_break(self, error: TransportError) -> None:
        """Note that the GET broke.

        :raises BreaksOffError: it has done so at the same byte each time.
        """
        is_there = error.received == self._broken_at
        self._times_there = self._times_there + 1 if is_there else 1
        self._broken_at = error.received
        if self._broken_at and self._times_there == BARREN:
            raise BreaksOffError(self._broken_at, error) from error

    def _note_broken_upload(self, error: BrokenUploadError, upload: Upload | None) -> None:
        """Note that the PUT broke.

        :raises UploadBreaksError: it has done so too often, and smaller ones may last.
        """
        breaks = self._upload_breaks
        breaks.append(error)
        is_long = upload is not None and upload.size >= IN_SEGMENTS
        if len(breaks) >= UPLOAD_BREAKS and is_long and self._takes_segments:
            raise UploadBreaksError(f"'{self._entry.name}'", breaks) from None

    @property
    def _takes_segments(self) -> bool:
        """Whether the destination takes static large objects."""
        return self._route.destination.connection.profile().objects.segments > 0

    @property
    def _why_not_in_segments(self) -> str:
        if not self._takes_segments:
            return (
                "A PUT cannot go on where it broke, and the destination takes no static large "
                "objects, in whose segments the object could be copied"
            )
        return (
            "A PUT cannot go on where it broke; only objects of "
            f"{IN_SEGMENTS // 1024**2} MiB or more are copied in segments instead"
        )
