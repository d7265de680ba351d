# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of copies at a destination that does not give their manifests back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .._migration.segment_layout import VERSION, SegmentLayout, counterpart, joined_etag
from .._swift.container import Container
from .._swift.manifest import Segment
from .._swift.stored_segments import StoredSegments, shortened
from .._transport.http_messages import Response


class CopiedSegments:
    """Looks for the segments of static large objects at a Ceph RGW.  For one thread.

    A copy with the source's manifest has its segments under the source's names.  A copy cut anew
    has them under names that tell the object.  Which of them, the ETag of the object tells: it is
    the MD5 of all their MD5s.
    """

    def __init__(self, source: Container, destination: Container) -> None:
        self._source, self._destination = source, destination

    def faults(
        self,
        name: str,
        source: Response,
        destination: Response,
        manifest: Iterable[Segment] | None,
        *,
        closely: bool,
    ) -> list[str]:
        """What is wrong with a copy's segments.

        :param source: what the source answered to HEAD.  :param destination: likewise.
        :param manifest: of the source's object; None if it has none or none is given.
        :param closely: each segment is asked for.  Else only those that their listing does not
            show as they should be.
        """
        stored = StoredSegments(self._destination)
        if manifest is not None and joined_etag(manifest) == destination.etag:
            names = (self._source.name, self._destination.name)
            copies = [
                segment._replace(container=counterpart(segment.container, *names))
                for segment in manifest
            ]
            return stored.missing(copies, closely=closely)
        store = self._destination.sibling(f"{self._destination.name}_segments")
        if store.stat() is None:
            return [f"its segments are not there: there is no container '{store.name}'"]
        pieces = self._pieces(name, source)
        versions: dict[str, list[Segment]] = defaultdict(list)
        for entry in store.listing(pieces.of_all_versions):
            if VERSION.fullmatch(entry.name.removeprefix(pieces.of_all_versions)):
                version = entry.name.rpartition("/")[0] + "/"
                versions[version].append(Segment(store.name, entry.name, entry.hash, entry.size))
        for segments in versions.values():
            if joined_etag(segments) == destination.etag:
                return stored.missing(segments, closely=True) if closely else []
        listed = {segment.name: segment.size for segment in versions[pieces.prefix]}
        return shortened(
            f"segment '{store.name}/{piece}' is not there"
            for piece, _first, size in pieces
            if listed.get(piece) != size
        ) or [f"segments '{store.name}/{pieces.prefix}...' are not what it was made of"]

    def _pieces(self, name: str, source: Response) -> SegmentLayout:
        limits = self._destination.connection.profile().objects
        return SegmentLayout.of(name, source.etag, int(source.headers["content-length"]), limits)
