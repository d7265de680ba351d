# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Static large objects: their segments first, then the manifest with the names changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.found_segments import found_segments
from .._migration.outcome import Kind, Outcome
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.manifest import (
    MANIFEST,
    MAX_LINES,
    Segment,
    checksummed_ranges,
    obstacle,
    read_manifest,
    write_manifest,
)
from .._swift.object_headers import carried_headers
from .._swift.range_checksums import ChecksummedRange
from .._swift.stored_segments import StoredSegments
from .._transport.http_messages import Response
from .copy_errors import StartOverError, UnreadableError
from .segment_containers import SegmentContainers
from .segmented_copy import SegmentedUpload, whole
from .transfer import Transfer

MAX_DEPTH = 10
"""How deep Swift nests static large objects (``/info``: its documented limit)."""

Large = Callable[[Transfer, ListedObject], Outcome]
"""Copies a large object, of either kind."""


class StaticLargeObjects:
    """Copies static large objects.  For one thread.

    :param pieces: copies one that the destination cannot hold as it is.
    :param copy_large: copies a segment that is a large object itself.
    :param on_segment: told the bytes of each segment copied.
    :param again: whether segments are copied that the destination seems to have.
    """

    def __init__(
        self,
        containers: SegmentContainers,
        limits: ObjectLimits,
        pieces: SegmentedUpload,
        copy_large: Large,
        on_segment: Callable[[int], None],
        *,
        again: bool = False,
    ) -> None:
        self._containers, self._limits, self._pieces = containers, limits, pieces
        self._again = again
        self._copy_large, self._on_segment = copy_large, on_segment

    def copy(self, transfer: Transfer, entry: ListedObject, head: Response) -> Outcome:
        """Copy one; as bytes cut anew where the destination cannot hold such a manifest.

        As bytes, too, where the source does not give its manifest, as Ceph RGW (measured).  They
        are compared with the MD5s of the segments if these are where clients put them.

        :param head: what the source answered to HEAD.
        :returns: KEPT when its segments and the same manifest are there.
        :raises MigrationError: it cannot be carried over whole.
        """
        segments = _read(transfer.source, entry.name, 0, [MAX_LINES])
        if segments is None:
            return self._copy_bytes(transfer, entry, head)
        if not self._limits.segments:
            raise MigrationError(
                f"'{entry.name}' is a static large object, which the destination does not know"
            )
        if obstacle(segments, self._limits):
            parts = _parts_that_are_there(transfer.source, entry.name, segments)
            return self._pieces.copy(transfer, entry.name, head, parts)
        wanted = self._copy_segments(transfer, entry, segments)
        size = head.number("content-length")
        if not self._again and _manifest_is_current(transfer.destination, entry.name, head, wanted):
            return Outcome(Kind.KEPT, entry.name, size)
        transfer.expect_unchanged(entry.name, head)
        transfer.destination.request(
            "PUT",
            entry.name,
            query="multipart-manifest=put",
            headers=carried_headers(head),
            body=write_manifest(wanted),
        )
        made = transfer.destination.request("HEAD", entry.name)
        if (made.etag, made.headers.get("content-length")) != (
            head.etag,
            head.headers.get("content-length"),
        ):
            raise StartOverError(
                f"'{entry.name}' has the ETag {made.etag} at the destination, "
                f"{head.etag} at the source",
            )
        return Outcome(Kind.COPIED, entry.name, size)

    def _copy_bytes(self, transfer: Transfer, entry: ListedObject, head: Response) -> Outcome:
        size = head.number("content-length")
        parts = tuple(checksummed_ranges(found_segments(transfer.source, entry.name, head) or ()))
        if size <= self._limits.size:
            return transfer.copy_bytes(entry._replace(size=size), parts)
        known = parts or whole(transfer.source, entry, head)
        return self._pieces.copy(transfer, entry.name, head, known)

    def _copy_segments(
        self, transfer: Transfer, entry: ListedObject, segments: list[Segment]
    ) -> list[Segment]:
        """Copy the segments, each once, however often the manifest names it; give their copies."""
        copies: dict[Segment, Segment] = {}
        for segment in segments:
            whole_one = segment._replace(range="")
            if whole_one not in copies:
                copies[whole_one] = self._copy_segment(transfer, entry, whole_one)
        return [
            copies[segment._replace(range="")]._replace(range=segment.range) for segment in segments
        ]

    def _copy_segment(self, transfer: Transfer, entry: ListedObject, segment: Segment) -> Segment:
        if segment.data is not None:
            return segment
        what = f"segment '{segment.container}/{segment.name}' of '{entry.name}'"
        between = self._containers.between(segment.container, what)
        self._limits.check_name(between.destination.name, segment.name, what)
        part = ListedObject(segment.name, segment.size, segment.etag, "", "")
        if segment.nested:
            outcome = self._copy_large(between, part)
        elif (
            not self._again
            and _is_there(between.destination, segment)
            and between.same(segment.name)
        ):
            outcome = Outcome(Kind.KEPT, segment.name)
        else:
            # Not every server verifies what its manifest says.
            outcome = between.copy(part, etag=segment.etag)
            if outcome.kind is Kind.LARGE and outcome.reason:
                raise MigrationError(f"{what}: {outcome.reason}")
            if outcome.kind is Kind.LARGE:
                outcome = self._copy_large(between, part)
            if outcome.kind is Kind.COPIED:
                self._on_segment(outcome.size)
        if outcome.kind in (Kind.UNREADABLE, Kind.EXPIRED):
            raise UnreadableError(f"{what}: {outcome.reason or 'it has expired'}")
        if outcome.kind not in (Kind.COPIED, Kind.KEPT):
            raise StartOverError(f"{what} has {outcome.kind.value}")
        return segment._replace(container=between.destination.name)


def _read(source: Container, name: str, depth: int, left: list[int]) -> list[Segment] | None:
    """A manifest of the source with those within it; None if the source does not give it.

    :param left: the number of lines that all of them together may still have.
    """
    if depth > MAX_DEPTH:
        raise MigrationError(f"'{name}' is nested more than {MAX_DEPTH} manifests deep")
    answer = source.request("GET", name, query=MANIFEST, accept=(404,))
    if answer.status == 404 and depth and source.find(name) is not None:
        raise UnreadableError(
            f"segment '{source.name}/{name}': {source.what} lists it, but answers 404 to GET"
        )
    if answer.status == 404:
        raise StartOverError(f"'{name}' vanished while it was copied")
    segments = read_manifest(answer.body)
    if segments is None:
        return None
    for container in {segment.container for segment in segments if segment.data is None}:
        source.sibling(container)  # it may be one that must not be read
    left[0] -= len(segments)
    if left[0] < 0:
        raise MigrationError(f"its manifests have more than {MAX_LINES:,} segments in all")
    return [
        segment._replace(inner=_inner(source, segment, depth + 1, left))
        if segment.nested
        else segment
        for segment in segments
    ]


def _inner(source: Container, segment: Segment, depth: int, left: list[int]) -> tuple[Segment, ...]:
    inner = _read(source.sibling(segment.container), segment.name, depth, left)
    if inner is None:
        raise MigrationError(
            f"the source does not give the manifest of '{segment.container}/{segment.name}'"
        )
    return tuple(inner)


def _parts_that_are_there(
    source: Container, name: str, segments: list[Segment]
) -> Iterator[ChecksummedRange]:
    """The parts of an object's bytes, after each segment was asked for.

    To read an object that lacks one takes minutes.  A server may not find one for a moment.

    :raises UnreadableError: one is not there, or not as the manifest says.
    """
    stored = StoredSegments(source)
    missing = functools.partial(stored.missing, [*_named(segments)], closely=True)
    if faults := missing() and missing():
        raise UnreadableError(f"of '{name}', {', '.join(faults)}")
    yield from checksummed_ranges(segments)


def _named(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments that are objects, also within nested large objects."""
    for segment in segments:
        if segment.data is None:
            yield segment
        yield from _named(segment.inner)


def _is_there(destination: Container, segment: Segment) -> bool:
    present = destination.request("HEAD", segment.name, accept=(404,))
    return (
        present.status == 200
        and present.etag == segment.etag
        and present.headers.get("content-length") == str(segment.size)
    )


def _manifest_is_current(
    destination: Container, name: str, head: Response, wanted: Iterable[Segment]
) -> bool:
    """Whether the destination has this manifest.

    Where it cannot be read back (Ceph RGW), it is put again, as the ETag there is made of what the
    manifest says and not of what is stored (measured).
    """
    present = destination.request("HEAD", name, accept=(404,))
    if (
        present.status != 200
        or present.etag != head.etag
        or carried_headers(present) != carried_headers(head)
    ):
        return False
    found = read_manifest(destination.request("GET", name, query=MANIFEST).body)
    return found is not None and _lines(found) == _lines(wanted)


def _lines(segments: Iterable[Segment]) -> list[dict[str, object]]:
    return [segment.line() for segment in segments]
