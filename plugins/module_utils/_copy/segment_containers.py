# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The containers of the destination that segments go into: their names, and whose they are."""

from __future__ import annotations

import datetime
import functools
import hashlib
from urllib.parse import quote

from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.plan import Action, plan, same_content
from .._migration.segment_layout import counterpart
from .._migration.state import SOURCE, Migration, identity
from .._swift.container import Container
from .._swift.container_stat import ContainerStat
from .._swift.listing import ListedObject
from .transfer import Transfer

POLICY = "x-storage-policy"
"""Tells and sets a container's storage policy."""

SEGMENTS_OF = "x-container-meta-migration-segments-of"
"""Names the container of the source whose segments are in a container of the destination."""

CLOCK_TOLERANCE = 2.0
"""Seconds by which ``Migration-Since`` may be too early: it comes from a Date header."""

MAX_VALUE = 200
"""Bytes of that name; Swift takes 256 for the value of a metadata item."""


class SegmentContainers:
    """Names, makes and guards them.  For one thread.

    :param transfer: between the two containers whose objects are migrated.
    :param own: whether the destination's are the application's own, which need no guard.
    :param check: check mode: none is made or marked, and none needs to be there.
    """

    def __init__(
        self, transfer: Transfer, limits: ObjectLimits, *, own: bool = False, check: bool = False
    ) -> None:
        self._transfer, self._own, self._check = transfer, own, check
        self._limits = limits
        self._usable = {transfer.destination.name}
        self._origin = ""

    @property
    def destination_name(self) -> str:
        """The destination's container for segments that the source does not have."""
        return f"{self._transfer.destination.name}_segments"

    @property
    def source_name(self) -> str:
        """The source's container with the same role; it may not exist."""
        return f"{self._transfer.source.name}_segments"

    def counterpart(self, container: str) -> str:
        """The destination's container for one of the source; see :func:`counterpart`."""
        return counterpart(container, self._transfer.source.name, self._transfer.destination.name)

    def between(self, container: str, what: str) -> Transfer:
        """A transfer from a container of the source into its counterpart.

        :param what: the object, for the message.
        :raises MigrationError: the counterpart belongs to somebody else, or its name is too long.
        """
        destination = self.counterpart(container)
        self._limits.check_name(destination, "", what)
        between = self._transfer.between(container, destination)
        if not self._check:
            self.provide(between.destination, between.source)
        return between

    def provide(self, container: Container, source: Container) -> None:
        """Make a container for segments, or see that one that is there may be used.

        It gets the storage policy of the container whose objects the segments belong to, and the
        metadata of the migration, which tells the next run whose it is.  One without
        is taken over when it holds nothing but what the source's has, or when it was made after
        the migration began: the application made it while it used the destination, before it went
        back.  An upload in parts over S3 that was broken off leaves parts there, which no listing
        of its objects shows.

        :param source: the source's container of which it is the counterpart.
        :raises MigrationError: it is somebody else's, or another container's counterpart.
        """
        if container.name in self._usable:
            return
        if self._own:
            if container.stat() is None:
                container.request("PUT", headers=self._policy, accept=(202,))
            self._usable.add(container.name)
            return
        mark = {SOURCE: self._source_identity(), SEGMENTS_OF: _short(source)}
        stat = container.stat()
        if stat is None:
            container.request("PUT", headers={**mark, **self._policy}, accept=(202,))
        elif SOURCE not in stat.headers:
            if not self._is_of_the_application(stat):
                self._refuse_foreign(container, source)
            container.request("POST", headers=mark)
        elif stat.headers[SOURCE] not in (mark[SOURCE], _identity(source)):
            raise _foreign(container, f"is filled from '{stat.headers[SOURCE]}'")
        elif stat.headers.get(SEGMENTS_OF, mark[SEGMENTS_OF]) != mark[SEGMENTS_OF]:
            raise _foreign(
                container, f"holds the segments of container '{stat.headers[SEGMENTS_OF]}'"
            )
        self._usable.add(container.name)

    @functools.cached_property
    def _policy(self) -> dict[str, str]:
        """The header that gives a new container the policy of the container of the objects.

        Empty for the server's default, and where its ``/info`` has no such policy: one that was
        given up since takes no new container.
        """
        destination = self._transfer.destination
        stat = destination.stat()
        name = stat.headers.get(POLICY, "") if stat is not None else ""
        profile = destination.connection.profile()
        can_be_had = name in profile.policies.values() and name != profile.default_policy
        return {POLICY: name} if can_be_had else {}

    def _source_identity(self) -> str:
        self._origin = self._origin or _identity(self._transfer.source)
        return self._origin

    def _is_of_the_application(self, stat: ContainerStat) -> bool:
        destination = self._transfer.destination.stat()
        found = Migration.of(destination.headers) if destination is not None else None
        if found is None or not found.since or not stat.created:
            return False
        since = datetime.datetime.fromisoformat(found.since).replace(tzinfo=datetime.UTC)
        return float(stat.created) > since.timestamp() + CLOCK_TOLERANCE

    def _refuse_foreign(self, container: Container, source: Container) -> None:
        if next(container.listing(), None) is None:
            return
        theirs = source.listing() if source.stat() is not None else iter(())
        for step in plan(theirs, container.listing(), _same):
            if step.action in (Action.DELETE, Action.REPLACE):
                raise _foreign(container, f"holds '{step.entry.name}', which is not the source's")


def _same(source: ListedObject, destination: ListedObject) -> Action:
    return Action.KEEP if same_content(source, destination) else Action.REPLACE


def _identity(container: Container) -> str:
    stat = container.stat()
    return identity(container, stat) if stat is not None else ""


def _short(container: Container) -> str:
    name = quote(container.name, safe="")
    return name if len(name) <= MAX_VALUE else hashlib.sha256(name.encode()).hexdigest()


def _foreign(container: Container, why: str) -> MigrationError:
    return MigrationError(
        f"container '{container.name}' at the destination, into which segments of large objects "
        f"have to go, {why}",
        option="destination.container",
        remedy="Choose another name for the destination container, or remove that one",
    )
