# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source's container has besides objects, and what becomes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .._check import OK, WARNING, Check
from .._migration.carried_settings import carry
from .._swift.container import Container
from .._swift.container_settings import ContainerSettings, ContainerState
from .._swift.old_versions import count_old_versions

SETTINGS, VERSIONS = "settings of the source", "old versions"


def check_settings(
    source: ContainerState,
    present: ContainerState,
    kinds: Collection[str],
    features: Collection[str],
) -> Iterator[Check]:
    """Tell which settings the destination takes over, and which not.

    :param present: the destination's container as it is.
    :param kinds: what it is to take over.
    :param features: what the destination's ``/info`` lists.
    """
    found = carry(source, present, ContainerSettings(), kinds, features)
    names = ", ".join(found.names)
    yield Check(SETTINGS, OK, f"taken over: {names}" if names else "there are none to take over")
    for left in found.left:
        seen, _stop, remedy = left.partition(". ")
        yield Check(
            SETTINGS,
            WARNING,
            seen.rstrip("."),
            remedy.rstrip(".") or "Make sure that nobody needs it at the destination",
        )


def check_old_versions(container: Container, state: ContainerState) -> Iterator[Check]:
    """Tell what the source keeps of objects that were replaced or deleted.

    :raises MigrationError: they cannot be counted.
    """
    name = container.name
    if state.versioning:
        number = count_old_versions(container)
    elif state.archive:
        archive = Container(container.client, state.archive).stat()
        name, number = state.archive, archive.objects if archive else 0
    else:
        yield Check(VERSIONS, OK, "the source keeps none")
        return
    yield Check(
        VERSIONS,
        WARNING if number else OK,
        f"container '{name}' has {number:,}, which are not copied",
        "Keep the old storage as long as somebody may need them" if number else "",
    )
