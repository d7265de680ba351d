# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run finds of the migration it belongs to, and its right to write: lock and lease."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

from .._migration.journal import Journal
from .._migration.journal_database import check_folder
from .._migration.lease_keeper import LeaseKeeper
from .._migration.recorded_run import recorded_side
from .._migration.run_context import RunContext
from .._migration.state import Migration, identity, refuse_other_source
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .options import SyncOptions

Stats: TypeAlias = "tuple[ContainerStat, ContainerStat | None]"
"""What HEADs of the migration's source and destination show; the destination may not exist."""


class RunState(NamedTuple):
    """Both containers of a migration, in whichever direction a run copies.

    :param source: what the container shows that was migrated.
    :param destination: what the container shows into which it was; None if it does not exist.
    :param source_identity: names the source independently of its address.
    :param destination_identity: likewise; "" if there is none.
    """

    source: ContainerStat
    destination: ContainerStat | None
    source_identity: str
    destination_identity: str

    @classmethod
    def of(cls, source: Container, destination: Container, stats: Stats) -> Self:
        """Name the containers that were looked at.

        :raises HeaderError: the moment when one was created is no number.
        """
        found, existing = stats
        return cls(
            found,
            existing,
            identity(source, found),
            identity(destination, existing) if existing is not None else "",
        )

    @property
    def migration(self) -> Migration | None:
        """What the destination's metadata says of the migration.

        :raises MigrationError: a phase that this version does not know.
        """
        return Migration.of(self.destination.headers) if self.destination is not None else None

    def recorded_sides(
        self, source: Container, destination: Container
    ) -> dict[str, dict[str, str]]:
        """What a record tells of both containers."""
        return {
            "source": recorded_side(source, self.source_identity),
            "destination": recorded_side(destination, self.destination_identity),
        }

    def check_source(self) -> None:
        """Refuse a destination that is the source itself or is filled from another one.

        :raises MigrationError: naming both.
        """
        refuse_other_source(self.migration, self.source_identity, self.destination_identity)

    @contextlib.contextmanager
    def locked(
        self, options: SyncOptions, look: Callable[[], Stats]
    ) -> Iterator[tuple[RunState, Journal]]:
        """Be the only run on this mover that works on the pair, until the block ends.

        :param look: looks at both containers again, if another run had to be waited for.
        :returns: the state as it is then, and the journal of the migration.
        :raises MigrationError: the other run is still there, or the destination is not its own.
        """
        pair = (self.source_identity, self.destination_identity)
        if options.check:
            check_folder(Path(options.state_dir).expanduser())
        with contextlib.closing(
            Journal(options.state_dir, pair, check_mode=options.check)
        ) as journal:
            stats = journal.lock_and_look(
                options.lock_timeout, (self.source, self.destination), look
            )
            state = self._replace(source=stats[0], destination=stats[1])
            state.check_source()
            yield state, journal

    @contextlib.contextmanager
    def leased(
        self,
        context: RunContext,
        lease: Callable[[], LeaseKeeper],
        *,
        check: bool,
    ) -> Iterator[None]:
        """Let the lease allow each write until the block ends; then give it back.

        :param context: makes the clients that write.
        :param lease: makes the lease's keeper.
        :param check: check mode: nothing is written, so no lease is needed.
        :raises LeaseError: another run writes to the destination.
        """
        if self.destination is None:
            yield
            return
        keeper = lease()
        keeper.check_free(self.destination)
        if check:
            yield
            return
        with keeper:
            context.lease = keeper
            yield
