# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The phase of a migration read from, and written to, the destination container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._swift.container import Container
from .._swift.container_name import check_names
from .._swift.swift_client import SwiftClient
from .._transport.retry import Retry
from .lease_keeper import LeaseKeeper
from .state import Migration, Phase, identity, refuse_other_source


@dataclass(frozen=True)
class PhaseOptions:
    """What is asked for.

    :param phase: the phase to enter; None to read only, for which the source need not be there.
    :param check_mode: write nothing.
    """

    source: str
    destination: str
    phase: Phase | None = None
    check_mode: bool = False


@dataclass(frozen=True)
class PhaseChange:
    """The migration before and after; None where there is none."""

    before: Migration | None
    after: Migration | None

    @property
    def changed(self) -> bool:
        """Whether the destination's metadata was, or in check mode would be, changed."""
        return self.before != self.after

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        after = self.after or Migration("", Phase.COPYING)
        return {
            "changed": self.changed,
            "phase": after.phase.value if self.after else "",
            "source": after.source,
            "since": after.since,
            "frozen": after.frozen,
            "verified": after.verified,
            "returned": after.returned,
        }

    def diff(self) -> dict[str, str]:
        """The change as Ansible's diff mode shows it."""
        before, after = (
            f"phase: {each.phase.value}\n" if each else "" for each in (self.before, self.after)
        )
        return {"before": before, "after": after}


def change_phase(
    source: Connection, destination: Connection, options: PhaseOptions, retry: Retry | None = None
) -> PhaseChange:
    """Read the phase, and enter another one if asked to.

    :raises MigrationError: a name cannot be a container's, the phase may not follow the present
        one, the destination is filled from another source, or there is no migration to speak of.
    """
    check_names(options.source, options.destination)
    retry = retry or Retry()
    container = Container(SwiftClient(destination, retry), options.destination)
    stat = container.stat()
    before = Migration.of(stat.headers) if stat else None
    if options.phase is None:
        return PhaseChange(before, before)
    if before is None or stat is None:
        raise MigrationError(
            f"container '{options.destination}' is not filled by a migration, so it has no phase",
            option="destination.container",
            remedy="Check its name, or run swift_sync first",
        )
    moment = ""
    if options.phase is Phase.FROZEN:
        origin = Container(SwiftClient(source, retry), options.source)
        found = origin.stat()
        if found is None:
            raise origin.missing()
        refuse_other_source(before, identity(origin, found), identity(container, stat))
        moment = found.now()
    after = before.enter(options.phase, moment, stat.now())
    if after == before:
        return PhaseChange(before, after)

    def refuse(headers: Mapping[str, str]) -> str:
        return "" if Migration.of(headers) == before else "has changed its phase"

    lease = LeaseKeeper(
        lambda: Container(SwiftClient(destination, retry), container.name),
        "a phase change",
        "",
        refuse,
    )
    lease.check_free(stat)
    if not options.check_mode:
        with lease:
            lease.write()
            container.request("POST", headers=after.headers())
    return PhaseChange(before, after)
