# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The container that a migration fills: there, with its settings, and large enough."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._swift.account import Account
from .._swift.container import Container
from .._swift.container_settings import ContainerSettings, ContainerState
from .._swift.managed_container import ContainerChange, ManagedContainer
from .._swift.old_versions import count_old_versions
from .._swift.source_size import SourceSize
from .._swift.swift_client import SwiftClient
from .._transport.retry import Retry
from .carried_settings import BY_DEFAULT, carry
from .state import Phase

PHASE = "Migration-Phase"
"""Where the metadata of a container tells the phase."""


@dataclass(frozen=True)
class Source:
    """The container that a destination is to be filled from.

    :param option_prefix: what the names of options begin with in errors.
    :param quota_remedy: where more quota is asked for.
    :param carry: which of its settings the destination takes over.
    """

    connection: Connection
    container: str
    option_prefix: str = ""
    quota_remedy: str = ""
    carry: Collection[str] = BY_DEFAULT


@dataclass(frozen=True)
class Provided:
    """What became of the destination, or in check mode would become of it.

    :param source: the container that it is filled from; None if it was not looked at.
    :param carried: the settings that it has taken over from there, as they are called.
    :param left: what it has not, a sentence for each.
    """

    outcome: ContainerChange
    source: ContainerState | None = None
    carried: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class DestinationContainer:
    """A container and what it is filled from."""

    connection: Connection
    name: str
    source: Source

    def provide(self, wanted: ContainerSettings, *, check: bool) -> Provided:
        """Make the container, or change its settings, if all that the source holds fits in.

        A container that is in use since its cutover stays as it is.

        :param check: change nothing, only tell.
        :raises MigrationError: the source is not there, its objects do not fit, or a server
            refuses.
        """
        container = ManagedContainer(self.connection, self.name)
        before = container.state()
        if is_in_use(before):
            return Provided(ContainerChange(False, before, before))
        source = self._measure()
        features = self.connection.profile().features
        prefix = self.source.option_prefix
        carried = carry(source, before, wanted, self.source.carry, features, prefix)
        size = SourceSize(
            source.bytes, source.objects, self.source.option_prefix, self.source.quota_remedy
        )
        size.check_container(self.name, carried.settings.applied_to(before))
        size.check_account(Account.of(self.connection), before)
        outcome = container.ensure_present(carried.settings, check=check)
        left = (*carried.left, *self._old_versions(source), *carried.not_shown(outcome.ignored))
        return Provided(outcome, source, carried.names, left)

    def _old_versions(self, state: ContainerState) -> tuple[str, ...]:
        """Tell what the source keeps of objects that were replaced or deleted."""
        client = SwiftClient(self.source.connection, Retry(attempts=4))
        container = Container(client, self.source.container)
        if state.versioning:
            name, number = container.name, count_old_versions(container)
        elif state.archive:
            archive = container.sibling(state.archive).stat()
            name, number = state.archive, archive.objects if archive else 0
        else:
            return ()
        return (
            f"Not copied: old versions of objects, of which container '{name}' has {number:,}.",
        )

    def _measure(self) -> ContainerState:
        name, prefix = self.source.container, self.source.option_prefix
        state = ManagedContainer(self.source.connection, name).state()
        if not state.exists:
            raise MigrationError(
                f"the old Swift has no container '{name}'",
                option=f"{prefix}source_container" if prefix else "source.container",
                remedy="Name the one that holds the data",
            )
        return state


def is_in_use(state: ContainerState) -> bool:
    """Whether the phase in a container's metadata says that an application may use it.

    It may in a phase that this version does not know.
    """
    phase = state.metadata.get(PHASE, "")
    return phase not in {"", *(each.value for each in Phase if not each.in_use)}
