# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One comparison of the names that an application knows with both containers; changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from .._cloud.connection import Connection
from .._migration.json_lines import JsonLinesFile
from .._migration.listing_pair import ListingPair, stat_of
from .._migration.run_context import RunContext
from .._migration.state import Migration, Phase, identity
from .._swift.container import Container
from .._swift.container_name import check_names
from .._swift.container_stat import ContainerStat
from .._swift.listing_count import IncompleteListingError
from .catalogue import Catalogue, Stage, places
from .catalogue_checks import checks
from .known_names import known_names
from .look_before import LookBefore

NO_NAME = (400, 404, 412)
"""What a server answers that has no such object, or to a name that none can have."""


@dataclass(frozen=True)
class CatalogueOptions:
    """What is asked.

    :param source: the container's name.  :param destination: likewise.
    :param names: path of the file of names.
    :param is_catalogue: it is a catalogue, see :mod:`_catalogue_file`, and no list of a user.
    :param copied: the destination is to hold what the source holds.
    :param allow_changed: names that the application asks for in another form are no failure.
    :param is_changed: tells of such a name.
    :param report: path of the list of what is told with its name.
    :param again: the list is there of a look shortly before: only what is told in both is told.
    """

    source: str
    destination: str
    names: str
    is_catalogue: bool = False
    copied: bool = True
    prefix: str = ""
    allow_changed: bool = False
    is_changed: Callable[[str], bool] = field(default=lambda _name: False)
    requests_per_second: float = 0
    report: str | None = None
    again: bool = False
    segment_containers: Sequence[str] = ()
    concurrency: int = 1
    bandwidth_limit: int = 0


class CatalogueComparison:
    """One comparison.

    :ivar found: what was found.
    """

    def __init__(
        self, source: Connection, destination: Connection, options: CatalogueOptions
    ) -> None:
        self._options = options
        self._context = RunContext(source, destination, options)
        self._list = JsonLinesFile(options.report)
        self._began = time.monotonic()
        self.found = Catalogue(Stage.COPYING)

    def run(self) -> None:
        """Look at every name.

        :raises MigrationError: a container does not exist, or a listing or the names cannot be
            read.
        """
        check_names(self._options.source, self._options.destination)
        with self._look_before() as before:
            try:
                self._try(before)
            except IncompleteListingError:  # a server may be in that state for a moment
                self._try(before)

    def result(self) -> dict[str, Any]:
        """The values that the module returns."""
        found, options = self.found, self._options
        told = checks(
            found, (options.source, options.destination), allow_changed=options.allow_changed
        )
        return {
            "changed": False,
            "known": found.known,
            "fates": {each.value: number for each, number in found.counts.items()},
            "changed_names": found.changed,
            "names": found.names,
            "checks": [check.to_dict() for check in told],
            "report": options.report,
            "seconds": round(time.monotonic() - self._began, 3),
        }

    def _look_before(self) -> AbstractContextManager[LookBefore | None]:
        report = self._options.report
        return LookBefore(report) if self._options.again and report else nullcontext()

    def _try(self, before: LookBefore | None) -> None:
        options, context = self._options, self._context
        old = stat_of(context.source)
        new = context.destination.stat() if not options.copied else stat_of(context.destination)
        self.found = Catalogue(
            self._stage(old, new),
            is_changed=options.is_changed,
            ask=self._asking(new),
            write=self._list.write,
        )
        if before:
            before.start()
            self.found.was_told = before.told
        listings = ListingPair(
            (context.source_container, context.destination_container), options.prefix, (old, new)
        )
        names = known_names(options.names, options.prefix, is_catalogue=options.is_catalogue)
        self._list.open()
        try:
            self.found.take(places(names, listings))
        finally:
            self._list.close()
        # What the destination lists too little of is asked for by name.
        listings.check(destination=False)

    def _stage(self, old: ContainerStat, new: ContainerStat | None) -> Stage:
        migration = Migration.of(new.headers) if new else None
        source = identity(self._context.source, old)
        if migration and migration.source == source and migration.phase.in_use:
            is_before_copy = migration.phase is Phase.VERIFIED and not self._options.copied
            return Stage.PROVED if is_before_copy else Stage.IN_USE
        return Stage.COPIED if self._options.copied else Stage.COPYING

    def _asking(self, new: ContainerStat | None) -> Callable[[str], tuple[bool, bool]]:
        """Asks both containers for an object."""
        source, destination = self._context.source, self._context.destination
        return lambda name: (_gives(source, name), new is not None and _gives(destination, name))


def _gives(container: Container, name: str) -> bool:
    return container.request("HEAD", name, accept=NO_NAME).status not in NO_NAME
