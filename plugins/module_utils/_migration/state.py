# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The state of a migration, kept where its data is: in the destination container's metadata."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from .. import _container_identity
from .._errors import MigrationError
from .._swift.container import Container
from .._swift.container_stat import ContainerStat

SOURCE = "x-container-meta-migration-source"
PHASE = "x-container-meta-migration-phase"
SINCE = "x-container-meta-migration-since"
FROZEN = "x-container-meta-migration-frozen"
VERIFIED = "x-container-meta-migration-verified"
RETURNED = "x-container-meta-migration-returned"


class Phase(enum.Enum):
    """How far a migration has come."""

    COPYING = "copying"
    """The application writes to the source."""
    FROZEN = "frozen"
    """It is stopped, the last changes are copied."""
    VERIFIED = "verified"
    """The destination was proved equal; from now on it may be in use at any moment."""
    CUT_OVER = "cut-over"
    """The application writes to the destination."""
    ROLLED_BACK = "rolled-back"
    """It writes to the source again, which got back what was written to the destination."""

    @property
    def follows(self) -> frozenset[Phase]:
        """The phases that may come next."""
        return _NEXT[self]

    @property
    def in_use(self) -> bool:
        """Whether the destination may be in use: nothing may be copied over what it holds."""
        return self in (Phase.VERIFIED, Phase.CUT_OVER)


_NEXT = {
    Phase.COPYING: frozenset({Phase.FROZEN}),
    Phase.FROZEN: frozenset({Phase.VERIFIED, Phase.COPYING, Phase.ROLLED_BACK}),
    Phase.VERIFIED: frozenset({Phase.CUT_OVER, Phase.COPYING, Phase.ROLLED_BACK}),
    Phase.CUT_OVER: frozenset({Phase.ROLLED_BACK}),
    Phase.ROLLED_BACK: frozenset({Phase.COPYING}),
}


@dataclass(frozen=True)
class Migration:
    """Which container this one is filled from, the phase, and the moments that matter later.

    Moments are ISO 8601 in UTC as listings write them, "" if unknown.

    :param source: see :func:`identity`.
    :param since: the begin by the destination's clock; objects there that are older were put by
        somebody else.
    :param frozen: when the application stood still, by the source's clock; objects there that are
        younger are somebody else's.
    :param verified: when the proof was there, by the destination's clock; objects there that are
        younger were written by the application.
    :param returned: when the application had gone back to the source, by the destination's clock.
        While the next migration copies, it has ``verified`` of the one before, too.
    """

    source: str
    phase: Phase
    since: str = ""
    frozen: str = ""
    verified: str = ""
    returned: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Migration | None:
        """What a container's headers (names in lower case) say; None when they say nothing.

        :raises MigrationError: a phase that this version does not know.
        """
        if SOURCE not in headers:
            return None
        name = headers.get(PHASE, Phase.COPYING.value)
        try:
            phase = Phase(name)
        except ValueError:
            raise MigrationError(
                f"the destination's metadata names a phase '{name}' that is not known here",
                remedy="Use the version of this collection that wrote it, or a newer one",
            ) from None
        moments = (headers.get(key, "") for key in (SINCE, FROZEN, VERIFIED, RETURNED))
        return cls(headers[SOURCE], phase, *moments)

    def headers(self) -> dict[str, str]:
        """The headers that store it; an empty value removes what stood there."""
        return {
            SOURCE: self.source,
            PHASE: self.phase.value,
            SINCE: self.since,
            FROZEN: self.frozen,
            VERIFIED: self.verified,
            RETURNED: self.returned,
        }

    @property
    def used(self) -> tuple[str, str] | None:
        """From when to when the application wrote to the destination before it went back."""
        return (self.verified, self.returned) if self.verified and self.returned else None

    def enter(self, phase: Phase, source_time: str, destination_time: str) -> Migration:
        """The same migration in another phase.

        :param source_time: now, by the source's clock.
        :param destination_time: now, by the destination's clock.
        :raises MigrationError: that phase does not follow this one.
        """
        if phase is self.phase:
            return self
        if phase not in self.phase.follows:
            allowed = ", ".join(sorted(f"'{each.value}'" for each in self.phase.follows))
            raise MigrationError(
                f"after '{self.phase.value}' comes {allowed}, not '{phase.value}'",
                option="phase",
                remedy="Run the playbook that leads there: migrate.yml or rollback.yml",
            )
        if phase is Phase.FROZEN:
            return Migration(self.source, phase, self.since, frozen=source_time)
        if phase is Phase.VERIFIED:
            return dataclasses.replace(self, phase=phase, verified=destination_time)
        if phase is Phase.ROLLED_BACK:
            return dataclasses.replace(self, phase=phase, returned=destination_time)
        if phase is Phase.COPYING and self.used:
            return dataclasses.replace(self, phase=phase, frozen="")
        if phase is Phase.COPYING:
            return Migration(self.source, phase, self.since)
        return dataclasses.replace(self, phase=phase)


def identity(container: Container, stat: ContainerStat) -> str:
    """Name a container independently of the address it is reached by.

    :raises HeaderError: the moment when it was created is no number.
    """
    url = container.connection.storage_url
    return _container_identity.identity(url, container.name, stat.created)


def refuse_other_source(found: Migration | None, source: str, destination: str) -> None:
    """Refuse a destination that is the source itself or is filled from another one.

    :param source: see :func:`identity`.  :param destination: likewise.
    :raises MigrationError: naming both.
    """
    if source == destination:
        raise MigrationError(
            f"'{source}' is the source and the destination",
            option="destination.container",
            remedy="Choose another container",
        )
    if found is not None and found.source != source:
        raise MigrationError(
            f"this container is filled from '{found.source}', not from '{source}'",
            option="destination.container",
            remedy="Choose another container for this source",
        )
