# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of one large object on both sides."""

from __future__ import annotations

from .._migration.found_segments import found_segments
from .._migration.plan import Action, plan, same_content
from .._swift.container import Container
from .._swift.listing import ListedObject
from .._swift.object_headers import DLO_MANIFEST, is_large
from .._swift.stored_segments import StoredSegments, shortened
from .._transport.http_messages import Response
from .copied_segments import CopiedSegments
from .finding import Sides


class SegmentPair:
    """Looks for the segments of both sides' large objects.  For one thread.

    :ivar hidden: whether nothing but reading it tells that the segments are there of the object of
        the source that was looked at last.  It is so with a static large object of a Ceph RGW,
        which gives no manifest, and whose ETag is made of what the manifest says (measured), if
        its segments are not found.
    """

    def __init__(self, source: Container, destination: Container) -> None:
        self._source, self._destination = source, destination
        self.hidden = False

    def faults(
        self, name: str, source: Response, destination: Response, *, closely: bool
    ) -> dict[Sides, list[str]]:
        """What is wrong with the segments of the sides where something is.

        No request is sent unless one of them is a large object.  What only the destination has is
        left alone.  Of a static large object of a Ceph RGW, copies have put the segments under
        names that are known; others are looked for where clients put them.

        :param source: what the source answered to HEAD.  :param destination: likewise.
        :param closely: each segment is asked for, too: a listing goes on showing what a disk has
            lost.  Else only those that their listing does not show as they should be.
        """
        self.hidden = False
        if source.status == 404:
            return {}
        ours, theirs = StoredSegments(self._source), StoredSegments(self._destination)
        manifests = [
            stored.manifest(name) if _is_static(head) else None
            for stored, head in ((ours, source), (theirs, destination))
        ]
        if manifests[0] is None and _is_static(source):
            manifests[0] = found_segments(self._source, name, source)
            self.hidden = manifests[0] is None
        wrong = {
            Sides.SOURCE: ours.faults(source, manifests[0], closely=closely),
            Sides.DESTINATION: theirs.faults(destination, manifests[1], closely=closely),
        }
        if manifests[1] is None and _is_static(destination):
            copied = CopiedSegments(self._source, self._destination)
            wrong[Sides.DESTINATION] = copied.faults(
                name, source, destination, manifests[0], closely=closely
            )
        return {side: faults for side, faults in wrong.items() if faults}

    def others(self, source: Response, destination: Response) -> list[str]:
        """The segments in which two dynamic large objects differ, by their listings.

        :param source: what the source answered to HEAD.  :param destination: likewise.
        """
        if not all(DLO_MANIFEST in head.headers for head in (source, destination)):
            return []
        ours, prefix = StoredSegments(self._source).pointed_at(source)
        theirs, their_prefix = StoredSegments(self._destination).pointed_at(destination)
        told = {
            Action.COPY: "is not there",
            Action.REPLACE: "differs",
            Action.DELETE: "is not one of the source's",
        }

        def decide(one: ListedObject, other: ListedObject) -> Action:
            return Action.KEEP if same_content(one, other) else Action.REPLACE

        steps = plan(ours.listing(prefix), theirs.listing(their_prefix), decide)
        return shortened(
            f"destination: segment '{theirs.name}/{step.entry.name}' {told[step.action]}"
            for step in steps
            if step.action in told
        )


def _is_static(head: Response) -> bool:
    return is_large(head) and DLO_MANIFEST not in head.headers
