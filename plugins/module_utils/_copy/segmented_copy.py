# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that the destination takes in pieces only: ranges of it, then a manifest of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.outcome import Kind, Outcome
from .._migration.recent_writes import Begin
from .._migration.segment_layout import VERSION, SegmentLayout, joined_etag
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.manifest import Segment, write_manifest
from .._swift.object_headers import EXPIRY, MD5, carried_headers, is_large, length_of
from .._swift.range_checksums import ChecksummedRange, RunningChecksums
from .._transport.http_messages import Response
from .copy_errors import StartOverError
from .piece_copy import PieceCopy
from .segment_containers import SegmentContainers
from .transfer import Transfer


class SegmentedUpload:
    """Copies objects piece by piece.  For one thread.

    :param prune: delete the segments of the versions that an object had before.
    :param on_segment: told the bytes of each segment copied.
    :param again: whether segments are copied that the destination seems to have.
    """

    def __init__(
        self,
        containers: SegmentContainers,
        limits: ObjectLimits,
        *,
        prune: bool,
        on_segment: Callable[[int], None],
        again: bool = False,
    ) -> None:
        self._containers, self._limits, self._again = containers, limits, again
        self._prune, self._on_segment = prune, on_segment
        self._uploaded: set[str] = set()

    def copy(
        self,
        transfer: Transfer,
        name: str,
        head: Response,
        ranges: Iterable[ChecksummedRange],
        *,
        small: bool = False,
    ) -> Outcome:
        """Copy an object; KEPT when a copy of this version is there.

        That is proved by the names and sizes of the segments, which tell the version, and by the
        ETag of the object made of them, which tells their bytes.  The manifest comes last, when
        all bytes were right, so that until then nothing is to be seen but what was there.
        Segments of this version that an earlier run has left are read back and not copied again.

        :param head: what the source answered to HEAD.
        :param ranges: the parts of its bytes whose MD5s are known.
        :param small: whether the segments are small ones.
        :raises UploadBreaksError: the connection to the destination does not last for a segment.
        :raises StartOverError: it changed meanwhile, or the bytes are not those promised.
        """
        size = length_of(head)
        pieces = SegmentLayout.of(name, head.etag, size, self._limits, small=small)
        self._limits.check_name(self._containers.destination_name, "", f"'{name}'")
        present = transfer.destination.request("HEAD", name, accept=(404,))
        store = transfer.destination.sibling(self._containers.destination_name)
        # The segments expire with the object: another time of deletion wants them anew.
        lasting = present.headers.get(EXPIRY) == head.headers.get(EXPIRY)
        may_stand = is_large(present) and lasting and not self._again
        segments = _stored(store, pieces, present) if may_stand else []
        if segments and carried_headers(present) == carried_headers(head):
            return Outcome(Kind.KEPT, name, size)
        if not segments:
            self._containers.provide(store, transfer.source.sibling(self._containers.source_name))
            begun = RunningChecksums(ranges)
            left = {} if self._again else _left_over(store, pieces)
            try:
                segments = self._upload(transfer, store, name, head, pieces, begun, left)
            except StartOverError:
                if not left:
                    raise
                # One of those that were there may have had other bytes from the beginning.
                segments = self._upload(transfer, store, name, head, pieces, begun, {})
        transfer.expect_unchanged(name, head)
        transfer.destination.request(
            "PUT",
            name,
            query="multipart-manifest=put",
            headers=carried_headers(head),
            body=write_manifest(segments),
        )
        made = transfer.destination.request("HEAD", name)
        if not _holds(made, segments, size):
            raise MigrationError(
                f"'{name}' has {made.headers.get('content-length')} bytes and the ETag "
                f"{made.etag} at the destination; {size} and {joined_etag(segments)} were put"
            )
        if self._prune:
            self._delete_others(transfer.begin, store, pieces)
        return Outcome(Kind.COPIED, name, size)

    def _upload(
        self,
        transfer: Transfer,
        store: Container,
        name: str,
        head: Response,
        pieces: SegmentLayout,
        check: RunningChecksums,
        left: Mapping[str, int],
    ) -> list[Segment]:
        """Copy the segments but for those that are there and right.

        :param left: sizes of those that are there, by name.
        """
        segments = []
        self._uploaded.add(pieces.prefix)
        for piece in pieces:
            copy = PieceCopy(transfer, store, name, head, piece, check)
            found = copy.read_back() if left.get(piece.target) == piece.size else None
            if found is None:
                found = copy.copy()
                self._on_segment(piece.size)
            check = found.checksums
            segments.append(Segment(store.name, piece.target, found.md5, piece.size))
        if not check.complete:
            raise StartOverError(f"'{name}' is not whole: {check.wrong or 'bytes are missing'}")
        return segments

    def _delete_others(self, begin: Begin, store: Container, pieces: SegmentLayout) -> None:
        """Delete the segments of the object's other versions, which no manifest names any more.

        What was written since the run began stays, unless it was written here.
        """
        for entry in store.listing(pieces.of_all_versions):
            version = entry.name.removeprefix(pieces.of_all_versions)
            if not VERSION.fullmatch(version) or entry.name.startswith(pieces.prefix):
                continue
            if begin.is_before(entry) or entry.name.rpartition("/")[0] + "/" in self._uploaded:
                store.request("DELETE", entry.name, accept=(404,))


def whole(source: Container, entry: ListedObject, head: Response) -> Iterator[ChecksummedRange]:
    """The bytes of an object as one part.  If its ETag is not their MD5, the object is read first.

    :param head: what the source answered to HEAD.
    """
    size, etag = head.number("content-length"), head.etag
    plain = MD5.fullmatch(etag) and not is_large(head)
    yield ChecksummedRange(size, etag if plain else source.digest(entry.name).md5)


def _holds(head: Response, segments: Iterable[Segment], size: int) -> bool:
    return (
        is_large(head)
        and head.number("content-length") == size
        and head.etag == joined_etag(segments)
    )


def _stored(store: Container, pieces: SegmentLayout, present: Response) -> list[Segment]:
    """The segments of an object that stands at the destination; empty if it is not made of them."""
    if store.stat() is None:
        return []
    segments = [
        Segment(store.name, entry.name, entry.hash, entry.size)
        for entry in store.listing(pieces.prefix)
    ]
    return segments if _holds(present, segments, pieces.size) else []


def _left_over(store: Container, pieces: SegmentLayout) -> dict[str, int]:
    """Names and sizes of the segments of this version that are there."""
    return {entry.name: entry.size for entry in store.listing(pieces.prefix)}
