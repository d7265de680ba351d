# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Copies large objects, and objects that the destination takes only as large ones."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.delete_policy import SegmentDeletes
from .._migration.journal import Dynamic, Journal
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action
from .._swift.listing import ListedObject
from .._swift.object_headers import DLO_MANIFEST, carried_headers, expired, is_large
from .._transport.http_messages import Response
from .._transport.resumption import BreaksOffError
from .._transport.status_errors import StatusError
from .._transport.verified_upload import UploadBreaksError
from .copy_errors import StartOverError, UnreadableError
from .dynamic_large_objects import DynamicLargeObjects
from .object_copy import ATTEMPTS
from .segment_containers import SegmentContainers
from .segmented_copy import SegmentedUpload, whole
from .static_large_objects import StaticLargeObjects
from .transfer import Transfer


class LargeObjects:
    """Copies large objects; each stays what it is if the destination can hold it.  For one thread.

    :param compare: decides about one segment of a DLO.
    :param deletes: which segments may be deleted that the source has no more.
    :param own_segments: whether the destination's segment containers are the application's own.
    :param on_segment: told the bytes of each segment copied.
    :param on_deleted: told of each segment of a DLO that was deleted.
    :param check: whether :meth:`complete` only tells what it would do.
    :param again: whether all is copied, though the destination seems to have it.
    :param in_segments: names of plain objects whose PUT breaks again and again.
    """

    def __init__(
        self,
        transfer: Transfer,
        journal: Journal,
        compare: Callable[[ListedObject, ListedObject], Action],
        *,
        deletes: SegmentDeletes,
        own_segments: bool = False,
        on_segment: Callable[[int], None],
        on_deleted: Callable[[], None],
        check: bool = False,
        again: bool = False,
        in_segments: Collection[str] = (),
    ) -> None:
        self._in_segments = in_segments
        self._again = again
        self._transfer = transfer
        self._journal = journal
        self._compare = compare
        self._deletes, self._own_segments = deletes, own_segments
        self._on_segment, self._on_deleted = on_segment, on_deleted
        self._check = check

    def copy(self, entry: ListedObject) -> Outcome:
        """Copy a large object and its segments; KEPT when the destination has it all.

        :returns: UNREADABLE, too, when one of its segments is, or the source does not have its end.
        :raises MigrationError: the object cannot be carried over whole.
        """
        for attempt in range(ATTEMPTS):
            try:
                outcome = self._copy_it(entry)
                break
            except (UnreadableError, BreaksOffError) as error:
                return Outcome(Kind.UNREADABLE, entry.name, reason=error.message)
            except StartOverError:
                if attempt == ATTEMPTS - 1:
                    raise
        if outcome.kind in (Kind.COPIED, Kind.KEPT):
            self._note_equal(entry)
        return outcome

    def _copy_it(self, entry: ListedObject) -> Outcome:
        if entry.name not in self._in_segments:
            try:
                return self._copy(self._transfer, entry)
            except UploadBreaksError:
                pass
        return self._copy(self._transfer, entry, small=True)

    def complete(self, dynamic: Dynamic) -> Outcome:
        """Copy the segments that a dynamic large object has got since it was copied.

        :returns: KEPT when there were none; UNREADABLE when one of them is.
        """
        try:
            changed = self._dynamic.copy_segments(dynamic).changed
        except UnreadableError as error:
            return Outcome(Kind.UNREADABLE, dynamic.name, reason=error.message)
        return Outcome(Kind.COPIED if changed else Kind.KEPT, dynamic.name)

    @functools.cached_property
    def _limits(self) -> ObjectLimits:
        return self._transfer.destination.connection.profile().objects

    @functools.cached_property
    def _containers(self) -> SegmentContainers:
        return SegmentContainers(
            self._transfer, self._limits, own=self._own_segments, check=self._check
        )

    @functools.cached_property
    def _pieces(self) -> SegmentedUpload:
        return SegmentedUpload(
            self._containers,
            self._limits,
            prune=self._deletes.prune,
            on_segment=self._on_segment,
            again=self._again,
        )

    @functools.cached_property
    def _static(self) -> StaticLargeObjects:
        return StaticLargeObjects(
            self._containers,
            self._limits,
            self._pieces,
            self._copy,
            self._on_segment,
            again=self._again,
        )

    @functools.cached_property
    def _dynamic(self) -> DynamicLargeObjects:
        return DynamicLargeObjects(
            self._containers,
            self._limits,
            self._journal,
            self._compare,
            self._copy,
            deletes=self._deletes,
            on_segment=self._on_segment,
            on_deleted=self._on_deleted,
            check=self._check,
            again=self._again,
        )

    def _copy(self, transfer: Transfer, entry: ListedObject, *, small: bool = False) -> Outcome:
        """Copy a large object, or a plain one.

        :param small: whether a plain one is copied in small segments.
        """
        head = transfer.source.request("HEAD", entry.name, accept=(404,))
        size = head.number("content-length")
        if head.status == 404:
            return self._copy_gone(transfer, entry)
        if not is_large(head) and size <= self._limits.size and not small:
            return transfer.copy_bytes(entry)
        self._limits.check_name(transfer.destination.name, entry.name, f"'{entry.name}'")
        transfer.metadata.check(carried_headers(head))
        try:
            return self._copy_as_it_is(transfer, entry, head, small=small)
        except StatusError as error:
            if error.status == 400 and expired(head):
                return Outcome(Kind.EXPIRED, entry.name)
            raise

    def _copy_gone(self, transfer: Transfer, entry: ListedObject) -> Outcome:
        outcome = transfer.copy(entry)
        if outcome.kind is Kind.LARGE:
            raise MigrationError(
                f"'{entry.name}' cannot be read at the source: it is a dynamic large object whose "
                "segments are not there"
            )
        return outcome

    def _copy_as_it_is(
        self, transfer: Transfer, entry: ListedObject, head: Response, *, small: bool
    ) -> Outcome:
        if DLO_MANIFEST in head.headers:
            return self._dynamic.copy(transfer, entry, head)
        if is_large(head):
            return self._static.copy(transfer, entry, head)
        ranges = whole(transfer.source, entry, head)
        return self._pieces.copy(transfer, entry.name, head, ranges, small=small)

    def _note_equal(self, entry: ListedObject) -> None:
        destination = self._transfer.destination
        made = destination.find(entry.name)
        if made is not None:
            self._journal.note_equal(entry, made)
