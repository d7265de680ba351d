# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Dynamic large objects: the segments that their prefix names, then the manifest object."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.delete_policy import SegmentDeletes
from .._migration.journal import Dynamic, Journal
from .._migration.outcome import Kind, Outcome
from .._migration.plan import Action, Step, plan
from .._swift.listing import ListedObject
from .._swift.manifest import MANIFEST
from .._swift.object_headers import DLO_MANIFEST, carried_headers, pointed_at
from .._transport.http_messages import Response
from .copy_errors import StartOverError, UnreadableError, changing
from .segment_containers import SegmentContainers
from .static_large_objects import Large
from .transfer import Transfer

ETAG_OF_NOTHING = hashlib.md5(usedforsecurity=False).hexdigest()
"""Ceph RGW shows it for a manifest object, whatever its own body is (measured)."""


class Segments(NamedTuple):
    """What the segments of an object came to.

    :param changed: whether anything had to be done, or in check mode would have to be.
    :param size: bytes of those that the source lists.
    """

    changed: bool
    size: int


class DynamicLargeObjects:
    """Copies dynamic large objects.  For one thread.

    :param compare: decides about one segment.
    :param copy_large: copies a segment that is a large object itself.
    :param deletes: which segments may be deleted that the source has no more.
    :param on_segment: told the bytes of each segment copied.
    :param on_deleted: told of each segment deleted.
    :param check: whether segments are only told that would be copied or deleted.
    :param again: whether segments are copied that the destination seems to have.
    """

    def __init__(
        self,
        containers: SegmentContainers,
        limits: ObjectLimits,
        journal: Journal,
        compare: Callable[[ListedObject, ListedObject], Action],
        copy_large: Large,
        *,
        deletes: SegmentDeletes,
        on_segment: Callable[[int], None],
        on_deleted: Callable[[], None],
        check: bool = False,
        again: bool = False,
    ) -> None:
        self._again = again
        self._containers, self._limits, self._journal = containers, limits, journal
        self._compare, self._copy_large = compare, copy_large
        self._deletes = deletes
        self._on_segment, self._on_deleted = on_segment, on_deleted
        self._check = check
        self._under_way: set[tuple[str, str]] = set()

    def copy(self, transfer: Transfer, entry: ListedObject, head: Response) -> Outcome:
        """Copy one; KEPT when its segments, its own body and its headers are there.

        :param head: what the source answered to HEAD.
        :raises MigrationError: it is a segment of its own segments, or cannot be carried over.
        """
        itself = (transfer.source.name, entry.name)
        if itself in self._under_way:
            raise MigrationError(f"'{entry.name}' is among the segments of its own segments")
        self._under_way.add(itself)
        try:
            return self._copy(transfer, entry, head)
        finally:
            self._under_way.remove(itself)

    def _copy(self, transfer: Transfer, entry: ListedObject, head: Response) -> Outcome:
        manifest = transfer.source.request("GET", entry.name, query=MANIFEST, accept=(404,))
        if DLO_MANIFEST not in manifest.headers:
            raise changing(entry.name)
        container, prefix = pointed_at(manifest)
        dynamic = Dynamic(entry.name, container, prefix)
        copied, size = self.copy_segments(dynamic)
        if head.headers.get("content-length", str(size)) != str(size):
            raise StartOverError(
                f"the source lists {size:,} bytes of segments of '{entry.name}', of which it "
                f"answers to HEAD that it has {int(head.headers['content-length']):,}"
            )
        pointer = f"{self._containers.counterpart(container)}/{prefix}"
        wanted = {**carried_headers(manifest), DLO_MANIFEST: pointer}
        destination = transfer.destination
        stands = destination.request("GET", entry.name, query=MANIFEST, accept=(404,))
        self._journal.note_dynamic(dynamic)
        if stands.status == 200 and stands.body == manifest.body and _shown(stands) == wanted:
            return Outcome(Kind.COPIED if copied else Kind.KEPT, entry.name)
        transfer.expect_unchanged(entry.name, head)
        etag = {} if self._limits.rados_gateway else {"ETag": _md5(entry.name, manifest)}
        destination.request(
            "PUT",
            entry.name,
            headers={**wanted, DLO_MANIFEST: quote(pointer, safe="/"), **etag},
            body=manifest.body,
        )
        made = destination.request("GET", entry.name, query=MANIFEST)
        if made.body != manifest.body or DLO_MANIFEST not in made.headers:
            raise StartOverError(f"the manifest of '{entry.name}' arrived with other bytes")
        return Outcome(Kind.COPIED, entry.name, len(manifest.body))

    def copy_segments(self, dynamic: Dynamic) -> Segments:
        """Make the destination's segments equal to the source's.

        :raises MigrationError: one cannot be carried over, or the source lists fewer than it has.
        """
        what = f"the segments of '{dynamic.name}'"
        between = self._containers.between(dynamic.container, what)
        source = between.source.listing(dynamic.prefix)
        destination = between.destination.listing(dynamic.prefix)
        if self._check and between.destination.stat() is None:
            destination = iter(())

        def decide(source: ListedObject, destination: ListedObject) -> Action:
            if self._again:
                return Action.REPLACE
            action = self._compare(source, destination)
            known = _in_container(dynamic.container, source)
            return Action.KEEP if self._journal.proved_equal(known, destination) else action

        changed = False
        listed = size = 0
        extra: list[Step] = []
        for step in plan(source, destination, decide):
            listed += step.action is not Action.DELETE
            size += step.entry.size if step.action is not Action.DELETE else 0
            if step.action is Action.KEEP or step.entry.name == dynamic.name:
                continue
            if step.action is Action.DELETE:
                extra.append(step)
            else:
                changed = self._do(between, step, dynamic) or changed
        return Segments(self._delete(between, dynamic, extra, listed) or changed, size)

    def _delete(self, between: Transfer, dynamic: Dynamic, extra: list[Step], listed: int) -> bool:
        shown = {step.entry.name: step.entry for step in extra}
        names = self._deletes.names(dynamic.name, extra, listed)
        deleted = 0
        try:
            for name in names:
                if not self._check and between.delete(shown[name]).kind is not Kind.DELETED:
                    raise MigrationError(
                        f"the source has the segment '{name}' of the dynamic large object "
                        f"'{dynamic.name}', but does not list it"
                    )
                self._on_deleted()
                deleted += 1
        finally:
            self._deletes.give_back(len(names) - deleted)
        return deleted > 0

    def _do(self, between: Transfer, step: Step, dynamic: Dynamic) -> bool:
        entry = step.entry
        what = f"segment '{entry.name}' of the dynamic large object '{dynamic.name}'"
        self._limits.check_name(between.destination.name, entry.name, what)
        refresh = step.action is Action.REFRESH
        large = entry.size > self._limits.size
        if self._check:
            outcome = between.predict(entry, step.existing)
        elif large:
            outcome = Outcome(Kind.LARGE, entry.name)
        else:
            outcome = between.refresh(entry) if refresh else between.copy(entry)
        if outcome.kind is Kind.LARGE:
            if outcome.reason:
                raise MigrationError(f"{what}: {outcome.reason}")
            if large or self._limits.rados_gateway:
                raise MigrationError(f"{what} is too large for the destination, or large itself")
            outcome = self._copy_large(between, entry)
        if outcome.kind in (Kind.UNREADABLE, Kind.EXPIRED):
            raise UnreadableError(f"{what}: {outcome.reason or 'it has expired'}")
        if outcome.kind is Kind.KEPT and step.existing is not None:
            self._journal.note_equal(_in_container(dynamic.container, entry), step.existing)
        if outcome.kind is Kind.COPIED:
            self._on_segment(outcome.size)
        return outcome.kind is Kind.COPIED


def _in_container(container: str, entry: ListedObject) -> ListedObject:
    """An entry as the journal knows it, which knows objects of one container by their names."""
    return entry._replace(name=f"{container}\0{entry.name}")


def _md5(name: str, manifest: Response) -> str:
    """The MD5 of the manifest object's own body as it was read.

    :raises StartOverError: the source's ETag promises other bytes.
    """
    read = hashlib.md5(manifest.body, usedforsecurity=False).hexdigest()
    if manifest.etag not in (read, ETAG_OF_NOTHING):
        raise StartOverError(
            f"the body of the manifest '{name}' has the MD5 {read} at the source, and the ETag "
            f"{manifest.etag}"
        )
    return read


def _shown(response: Response) -> dict[str, str]:
    return {
        **carried_headers(response),
        DLO_MANIFEST: unquote(response.headers.get(DLO_MANIFEST, "")),
    }
