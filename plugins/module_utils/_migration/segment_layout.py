# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the segments of a copy are: containers, names, sizes, common ETag.  Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._swift.manifest import Segment

SEGMENT = 1024**3
"""Bytes of a segment, unless the destination's limits want it smaller or larger."""

SMALL_SEGMENT = 16 * 1024**2
"""Bytes of a segment where the destination's connection does not last for larger bodies."""

PREFIX = ".swift_migration"
"""Where these segments are, so that no prefix of a dynamic large object names them too."""


VERSION = re.compile("[0-9a-f]{32}(-[0-9]+)?/[0-9]+/[0-9]+/[0-9]{8}")
"""What follows the object in a segment's name: ETag, size, size of a segment, number."""


class Piece(NamedTuple):
    """One piece of an object's bytes.

    :param target: the name of its segment.
    :param first: the offset of its first byte.
    :param size: bytes.
    """

    target: str
    first: int
    size: int


@dataclass(frozen=True)
class SegmentLayout:
    """How the bytes of one version of an object are cut.

    :param prefix: of the segments' names.  It names the object, its ETag, its size and the size
        of a segment: the same version gives the same names, another version never does.
    :param size: bytes in all.  :param each: bytes of a segment.
    """

    prefix: str
    size: int
    each: int

    @property
    def of_all_versions(self) -> str:
        """The prefix without the version; a longer name of another object may begin with it."""
        return self.prefix.rsplit("/", 4)[0] + "/"

    @classmethod
    def of(
        cls, name: str, etag: str, size: int, limits: ObjectLimits, *, small: bool = False
    ) -> Self:
        """Cut an object as the destination's limits want it.

        :param small: whether its connection wants small segments.
        :raises MigrationError: it does not fit at all.
        """
        most = max(1, limits.segments)
        each = min(limits.size, max(SMALL_SEGMENT if small else SEGMENT, -(-size // most)))
        if not limits.segments or each * most < size:
            raise MigrationError(
                f"'{name}' has {size} bytes; the destination takes {limits.segments} segments "
                f"of {limits.size} bytes at most"
            )
        version = f"{etag}/{size}/{each}/"
        room = limits.name - len(f"{PREFIX}//{version}") - 8
        if len(name.encode()) > room:
            name = hashlib.sha256(name.encode()).hexdigest()
        return cls(f"{PREFIX}/{name}/{version}", size, each)

    def __iter__(self) -> Iterator[Piece]:
        """Yield the pieces in their order."""
        for number, first in enumerate(range(0, self.size, self.each)):
            size = min(self.each, self.size - first)
            yield Piece(f"{self.prefix}{number:08}", first, size)


def joined_etag(segments: Iterable[Segment]) -> str:
    """The ETag of a static large object without ranges: the MD5 of its segments' MD5s."""
    joined = "".join(segment.etag for segment in segments)
    return hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest()


def counterpart(container: str, source: str, destination: str) -> str:
    """The destination's container for segments of one of the source's: it keeps its suffix.

    ``users_segments`` becomes ``NEW_segments`` when ``users`` becomes ``NEW``, and so does
    ``users+segments``, where S3 keeps its parts.  ``users2`` is another one: ``NEW_users2``.

    :param source: the container whose objects are migrated.  :param destination: likewise.
    """
    suffix = container.removeprefix(source)
    kept = container.startswith(source) and not suffix[:1].isalnum()
    return f"{destination}{suffix}" if kept else f"{destination}_{container}"
