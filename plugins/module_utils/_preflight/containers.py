# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether both containers are what a migration needs: the source there, the destination free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .._check import OK, WARNING, Check
from .._migration.lease import Lease
from .._migration.state import Migration, identity, refuse_other_source
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._sync.earlier_objects import refuse_earlier_objects
from .._sync.sync import IN_USE

Listings = Callable[[], tuple[Iterable[ListedObject], Iterable[ListedObject]]]

SOURCE, DESTINATION = "container of the source", "container of the destination"


def look_at_source(container: Container) -> ContainerStat:
    """HEAD the container that is migrated.

    :raises MigrationError: it is not there, or may not be read.
    """
    stat = container.stat()
    if stat is None:
        raise container.missing()
    return stat


def check_destination(
    containers: tuple[Container, Container],
    stats: tuple[ContainerStat, ContainerStat | None],
    listings: Listings,
    *,
    accept_extra: bool,
) -> Iterator[Check]:
    """See whose the destination is.

    :param containers: of the source and of the destination.
    :param stats: what they show; None for a destination that does not exist yet.
    :param listings: reads both.
    :param accept_extra: the destination may hold what the source does not have.
    :raises MigrationError: it is somebody else's.
    """
    (source, destination), (origin, found) = containers, stats
    name = destination.name
    if found is None:
        yield Check(DESTINATION, OK, f"container '{name}' is not there yet, and will be made")
        return
    migration = Migration.of(found.headers)
    refuse_other_source(migration, identity(source, origin), identity(destination, found))
    if migration is None:
        if found.objects and not accept_extra:
            refuse_earlier_objects(*listings(), name)
        held = f"has {found.objects:,} objects" if found.objects else "is empty"
        yield Check(DESTINATION, OK, f"container '{name}' is there and {held}")
        return
    why = IN_USE.get(migration.phase)
    if why:
        yield Check(
            DESTINATION,
            WARNING,
            f"container '{name}' {why}: a migration would copy nothing",
            "Finish the cutover, or go back with rollback.yml, before anything is migrated again",
        )
    else:
        phase = migration.phase.value
        yield Check(DESTINATION, OK, f"container '{name}' is this migration's, phase {phase}")
    lease = Lease.of(found.headers)
    if lease is not None and not lease.has_ended(found.now()):
        yield Check(
            "other runs",
            WARNING,
            f"container '{name}' is written to by {lease}",
            "Wait for its end: a second run would fail",
        )
