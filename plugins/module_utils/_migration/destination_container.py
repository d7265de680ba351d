# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The container that a migration fills: there, with its settings, and large enough."""

from __future__ import annotations

from dataclasses import dataclass

from .._cloud.connection import Connection
from .._errors import MigrationError
from .._swift.account import Account
from .._swift.container_settings import ContainerSettings, ContainerState
from .._swift.managed_container import ContainerChange, ManagedContainer
from .._swift.source_size import SourceSize
from .state import Phase

PHASE = "Migration-Phase"
"""Where the metadata of a container tells the phase."""


@dataclass(frozen=True)
class Source:
    """The container that a destination is to be filled from.

    :param option_prefix: what the names of options begin with in errors.
    :param quota_remedy: where more quota is asked for.
    """

    connection: Connection
    container: str
    option_prefix: str = ""
    quota_remedy: str = ""


@dataclass(frozen=True)
class DestinationContainer:
    """A container and what it is filled from."""

    connection: Connection
    name: str
    source: Source

    def provide(
        self, wanted: ContainerSettings, *, check: bool
    ) -> tuple[ContainerChange, ContainerState | None]:
        """Make the container, or change its settings, if all that the source holds fits in.

        A container that is in use since its cutover stays as it is.

        :param check: change nothing, only tell.
        :returns: what became of it; and the source, None if it was not looked at.
        :raises MigrationError: the source is not there, its objects do not fit, or a server
            refuses.
        """
        container = ManagedContainer(self.connection, self.name)
        before = container.state()
        if is_in_use(before):
            return ContainerChange(False, before, before), None
        source = self._measure()
        size = SourceSize(
            source.bytes, source.objects, self.source.option_prefix, self.source.quota_remedy
        )
        size.check_container(self.name, wanted.applied_to(before))
        size.check_account(Account.of(self.connection), before)
        return container.ensure_present(wanted, check=check), source

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
    """Whether the phase in a container's metadata says that an application may use it."""
    phase = state.metadata.get(PHASE, "")
    return phase in {each.value for each in Phase if each.in_use}
