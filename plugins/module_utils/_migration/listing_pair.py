# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The listings of both containers, read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .._swift.listing_count import check_listing
from .._swift.parallel_listing import container_listing
from .plan import Action, Step, plan


class Both(NamedTuple):
    """What the source and the destination show of one name; at least one of them shows it."""

    source: ListedObject | None
    destination: ListedObject | None


class ListingPair:
    """Reads both listings at the same time.

    :param make: makes the source's and the destination's container, for a thread each.
    :param prefix: only names that begin with it.
    :param before: what both servers counted before; None for a destination that is not there yet.
    """

    def __init__(
        self,
        make: tuple[Callable[[], Container], Callable[[], Container]],
        prefix: str,
        before: tuple[ContainerStat, ContainerStat | None],
    ) -> None:
        self._make, self._prefix, self._before = make, prefix, before
        self._shown = [0, 0]

    def __iter__(self) -> Iterator[Both]:
        """Every name of both listings in order."""
        source, destination = (
            container_listing(make, self._prefix, stat.objects) if stat else iter(())
            for make, stat in zip(self._make, self._before, strict=True)
        )
        for step in plan(source, destination, lambda *_pair: Action.KEEP):
            both = _both(step)
            for side, entry in enumerate(both):
                self._shown[side] += entry is not None
            yield both

    def check(self, *, destination: bool) -> None:
        """See that the listings were whole, once they have been read.

        :param destination: check the destination's, too.  What it lacks is asked for by name, so that
            only extra objects could hide there.  Where these do not count, it may be in use, and
            Ceph RGW counts the parts of uploads that are under way, which no listing shows.
        :raises IncompleteListingError: one was not.
        """
        if self._prefix:
            return
        for side in range(2 if destination else 1):
            before = self._before[side]
            if before is None:
                continue
            container = self._make[side]()
            check_listing(
                self._shown[side],
                before,
                stat_of(container),
                f"{container.what} of the {container.label}",
                ceph=container.connection.profile().is_ceph,
            )


def stat_of(container: Container) -> ContainerStat:
    """What a HEAD of a container tells.

    :raises MigrationError: it does not exist.
    """
    stat = container.stat()
    if stat is None:
        raise container.missing()
    return stat


def _both(step: Step) -> Both:
    if step.action is Action.DELETE:
        return Both(None, step.entry)
    return Both(step.entry, step.existing)
