# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source keeps beside its container: segments of large objects in others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .._check import OK, Check
from .._cloud.object_limits import ObjectLimits
from .._errors import MigrationError
from .._migration.segment_layout import counterpart
from .._swift.container import Container
from .survey import Amount

SEGMENTS = "containers of segments"


class SegmentsBeside:
    """The containers that the segments of a container's large objects are in, by their names.

    :param others: more of them, which the user lists.
    """

    def __init__(self, source: Container, destination: Container, others: Sequence[str]) -> None:
        self._source, self._destination = source, destination
        name = source.name
        self._names = tuple(dict.fromkeys((f"{name}_segments", f"{name}+segments", *others)))

    def at_source(self) -> Amount:
        """What they hold.

        :raises MigrationError: one cannot be asked.
        """
        return _sum(amount for amount in self._amounts(self._source, self._names))

    def at_destination(self) -> Amount:
        """What of that is at the destination already.

        :raises MigrationError: one cannot be asked.
        """
        names = [self._counterpart(name) for name in self._names]
        return _sum(self._amounts(self._destination, names))

    def check_names(self, limits: ObjectLimits) -> Iterator[Check]:
        """See that the destination takes the name of the container that is to be made.

        :raises MigrationError: it is too long.
        """
        name = self._counterpart(self._names[0])
        try:
            limits.check_name(name, "", "segments of large objects")
        except MigrationError as error:
            raise MigrationError(
                error.message, option="destination.container", remedy="Choose a shorter name"
            ) from None
        yield Check(SEGMENTS, OK, f"segments of large objects go into container '{name}'")

    def _counterpart(self, name: str) -> str:
        return counterpart(name, self._source.name, self._destination.name)

    def _amounts(self, beside: Container, names: Sequence[str]) -> Iterator[Amount]:
        for name in names:
            if "/" in name:  # of another account, which tells nothing here
                continue
            stat = Container(beside.client, name).stat()
            if stat is not None:
                yield Amount(stat.objects, stat.size)


def _sum(amounts: Iterator[Amount]) -> Amount:
    total = Amount()
    for each in amounts:
        total = Amount(total.objects + each.objects, total.bytes + each.bytes)
    return total
