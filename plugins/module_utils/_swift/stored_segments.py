# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the segments are there that large objects are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .._errors import MigrationError
from .._transport.http_messages import Response
from .container import Container
from .listing import ListedObject
from .manifest import MANIFEST, MAX_LINES, Segment, read_manifest
from .object_headers import DLO_MANIFEST, pointed_at

NAMED = 5
"""Segments of one object that are named; of the others it is said how many there are."""

OTHERS = 10_000
"""Rows of a listing that may be read in vain; thereafter each segment is asked for."""


class StoredSegments:
    """Looks for the segments of one side's large objects.  For one thread.

    Neither Swift nor Ceph RGW does that on a HEAD of a static large object: it is answered from the
    manifest (measured).  That of a dynamic one is answered from the listing of its segments.
    """

    def __init__(self, container: Container) -> None:
        self._container = container

    def faults(self, head: Response, manifest: list[Segment] | None, *, closely: bool) -> list[str]:
        """What is wrong with an object's segments.

        :param head: what the server answered to HEAD.
        :param manifest: see :meth:`manifest`.
        :param closely: each segment is asked for.  Else only those that their listing does not
            show as they should be.
        """
        if DLO_MANIFEST in head.headers:
            container, prefix = self.pointed_at(head)
            return _lost(container, prefix) if closely else []
        return self.missing(manifest, closely=closely) if manifest else []

    def manifest(self, name: str) -> list[Segment] | None:
        """The segments of a static large object, followed by the segments of nested ones.

        :returns: None if the server does not give the manifest, as Ceph RGW (measured).
        :raises MigrationError: there are too many of them.
        """
        found = _read(self._container, name)
        if found is None:
            return None
        read: set[tuple[str, str]] = set()
        for segment in found:  # it grows meanwhile
            place = (segment.container, segment.name)
            if segment.nested and place not in read:
                read.add(place)
                found += _read(self._container.sibling(segment.container), segment.name) or []
            if len(found) > MAX_LINES:
                raise MigrationError(
                    f"the manifests of '{name}' have more than {MAX_LINES:,} segments in all"
                )
        return [segment for segment in found if segment.data is None]

    def missing(self, segments: Iterable[Segment], *, closely: bool) -> list[str]:
        """The segments that are not there or are not what they should be.

        :param closely: see :meth:`faults`.
        """
        wanted: dict[str, dict[str, Segment]] = defaultdict(dict)
        for segment in segments:
            wanted[segment.container][segment.name] = segment
        wrong: list[str] = []
        for name, those in wanted.items():
            container = self._container.sibling(name)
            doubtful = those if closely or len(those) == 1 else _not_listed(container, those)
            for segment in doubtful.values():
                wrong += _asked_for(container, segment)
        return shortened(wrong)

    def pointed_at(self, head: Response) -> tuple[Container, str]:
        """The container of a dynamic large object's segments, and what their names begin with."""
        name, prefix = pointed_at(head)
        return self._container.sibling(name), prefix

    def check_reach(self, name: str, head: Response) -> None:
        """See that a large object's manifest leads nowhere but where segments may be read.

        Ceph RGW does not give the manifest of a static one, so that nothing is known of it.

        :param head: what the server answered to HEAD or GET.
        :raises MigrationError: it leads elsewhere.
        """
        if DLO_MANIFEST in head.headers:
            self.pointed_at(head)
            return
        for container in {segment.container for segment in self.manifest(name) or ()}:
            self._container.sibling(container)


def _lost(container: Container, prefix: str) -> list[str]:
    return shortened(
        f"segment '{container.name}/{entry.name}' is listed and not given"
        for entry in container.listing(prefix)
        if container.request("HEAD", entry.name, accept=(404,)).status == 404
    )


def _read(container: Container, name: str) -> list[Segment] | None:
    answer = container.request("GET", name, query=MANIFEST, accept=(404,))
    return read_manifest(answer.body) if answer.status == 200 else None


def _not_listed(container: Container, wanted: dict[str, Segment]) -> dict[str, Segment]:
    """Those that a listing does not show as they should be."""
    left, last = dict(wanted), max(wanted)
    for rows, entry in enumerate(_from(container, wanted)):
        segment = left.get(entry.name)
        if segment is not None and _is_as_listed(segment, entry):
            del left[entry.name]
        if not left or entry.name >= last or rows > len(wanted) + OTHERS:
            break
    return left


def _from(container: Container, wanted: Iterable[str]) -> Iterator[ListedObject]:
    try:
        yield from container.listing(_common(min(wanted), max(wanted)))
    except MigrationError as error:
        if error.fatal:
            raise  # else each is asked for, which tells as much


def _common(first: str, last: str) -> str:
    """What two names begin with, and so do all between them."""
    pairs = zip(first, last, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), len(min(first, last, key=len)))
    return first[:same]


def _is_as_listed(segment: Segment, entry: ListedObject) -> bool:
    etag = entry.slo_etag if segment.nested else entry.hash
    return (entry.size, etag) == (segment.size, segment.etag)


def _asked_for(container: Container, segment: Segment) -> list[str]:
    head = container.request("HEAD", segment.name, accept=(404,))
    what = f"segment '{container.name}/{segment.name}'"
    if head.status == 404:
        return [f"{what} is not there"]
    found = (int(head.headers.get("content-length", 0)), head.etag)
    return [] if found == (segment.size, segment.etag) else [f"{what} is not what it was made of"]


def shortened(faults: Iterable[str]) -> list[str]:
    """The first of them, and how many more there are."""
    found = list(faults)
    more = len(found) - NAMED
    return found if more <= 0 else [*found[:NAMED], f"{more} more segments"]
