# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Who writes to a migration, since when and until when: a line of the destination's metadata."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote

HEADER = "x-container-meta-migration-lease"

SECONDS = 60
"""How long a lease holds after its last renewal: so long does a crashed owner block others."""

MAX_OWNER = 100
"""Characters of an owner that are stored: Swift takes 256 bytes of a metadata value."""


class Lease(NamedTuple):
    """A claim to be the only writer.  Moments are ISO 8601 in UTC by the destination's clock.

    :param run: identifies one run.
    :param place: identifies the state directory whose lock the run holds.
    :param owner: for people: what runs where, as ``swift_sync on dmz, process 4711``.
    :param since: when the run began.  :param until: when the claim ends if it is not renewed.
    """

    run: str
    place: str
    owner: str
    since: str
    until: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Lease | None:
        """Return what a container's headers (names in lower case) say; None if there is none.

        A value that is no lease is none: whoever wrote it, it cannot be renewed.
        """
        parts = headers.get(HEADER, "").split(" ")
        if len(parts) != 5:
            return None
        run, place, since, until, owner = map(unquote, parts)
        return cls(run, place, owner, since, until)

    def headers(self) -> dict[str, str]:
        """Return the header that stores it."""
        values = (self.run, self.place, self.since, self.until, self.owner[:MAX_OWNER])
        return {HEADER: " ".join(quote(value, safe=":+,.") for value in values)[:250]}

    def has_ended(self, now: str) -> bool:
        """Whether it has run out.

        :param now: the destination's time, rather too early than too late; "" if unknown.
        """
        return bool(now) and now > self.until

    def __str__(self) -> str:
        return f"{self.owner}, since {self.since[:19]} UTC"


def later(moment: str, seconds: float) -> str:
    """Return a moment so many seconds later, in the same form."""
    then = datetime.datetime.fromisoformat(moment) + datetime.timedelta(seconds=seconds)
    return then.isoformat(timespec="microseconds")
