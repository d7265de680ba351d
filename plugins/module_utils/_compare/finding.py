# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was found about one name."""

from __future__ import annotations

import enum
from typing import NamedTuple

from .._history.rclone_words import DIFFER, ERROR, MATCH, MISSING_ON_DST, MISSING_ON_SRC

LOST_STATUS = 404
"""What a server answers that does not have an object."""


class Verdict(enum.Enum):
    """How the comparison of one name ended."""

    MATCH = "match"
    DIFFER = "differ"
    MISSING = "missing"
    EXTRA = "extra"
    WRITTEN = "written"
    DELETED = "deleted"
    GONE = "gone"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    ACCEPTED = "accepted"
    ERROR = "error"


_OUTCOMES = {
    Verdict.MATCH: MATCH,
    Verdict.DIFFER: DIFFER,
    Verdict.MISSING: MISSING_ON_DST,
    Verdict.DELETED: MISSING_ON_DST,
    Verdict.EXTRA: MISSING_ON_SRC,
    Verdict.UNREADABLE: ERROR,
    Verdict.ACCEPTED: ERROR,
    Verdict.ERROR: ERROR,
}
"""What is not in it depends on which side has the object."""


class Sides(enum.Flag):
    """One side, both or none."""

    NEITHER = 0
    SOURCE = enum.auto()
    DESTINATION = enum.auto()
    BOTH = SOURCE | DESTINATION


SIDES = (Sides.SOURCE, Sides.DESTINATION)


class Fingerprint(NamedTuple):
    """What identifies the bytes of one side's object.

    :param size: bytes.
    :param md5: MD5 of the bytes in hex; of a large object the MD5 of its segments' MD5s.
    """

    size: int
    md5: str


class Finding(NamedTuple):
    """What was found about one name.

    :param what: what differs, or why it could not be compared.
    :param source: None where that side has no such object.  :param destination: likewise.
    :param damaged: the sides whose bytes do not have the MD5 of their ETag.
    :param expired: a side shows that the object's time of deletion has come.
    :param lost: the sides whose listing shows the object, and which do not give it.
    :param broken: the sides that cannot give it to its end, as a segment of it is not there.
    :param older: the sides that give an earlier version than the one that their listing shows.
    :param dangling: a symlink that leads to nothing at the source, and is the same on both sides.
    """

    verdict: Verdict
    name: str
    what: tuple[str, ...] = ()
    source: Fingerprint | None = None
    destination: Fingerprint | None = None
    damaged: Sides = Sides.NEITHER
    expired: bool = False
    lost: Sides = Sides.NEITHER
    broken: Sides = Sides.NEITHER
    older: Sides = Sides.NEITHER
    dangling: bool = False

    @property
    def outcome(self) -> str:
        """The same in the words of ``rclone check``."""
        word = _OUTCOMES.get(self.verdict)
        if word is not None:
            return word
        if self.source is None:
            return MISSING_ON_SRC
        return MISSING_ON_DST if self.destination is None else DIFFER

    @property
    def size(self) -> int:
        """The bytes of the source's object; of the destination's where only that has one."""
        known = self.source or self.destination
        return known.size if known is not None else 0

    @property
    def withheld(self) -> Sides:
        """The sides that do not give what their listing shows, or not to its end."""
        return self.lost | self.broken | self.older


def names(sides: Sides) -> list[str]:
    """What the sides are called."""
    called = ((Sides.SOURCE, "source"), (Sides.DESTINATION, "destination"))
    return [name for side, name in called if side in sides]
