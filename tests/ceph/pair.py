# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container of a Swift and its namesake in Ceph, and what a run did to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.dataset.client import Account
from tests.dataset.verify import Side, verify
from tests.integration.pair import Pair
from tests.servers.ceph import Ceph

LARGEST = 6 * 1024 * 1024
"""Bytes of the largest object that the gateway takes."""

SEGMENTS = 4
"""Most segments of a static large object there."""

PAGE = 50
"""Most entries of a page of a listing there."""

SILENCE = 5.0
"""Seconds after which the gateway closes a connection on which nothing goes on."""

STRAY = "x-object-meta-static-large-object"
"""What the gateway adds to a static large object."""


class Bytes(Side):
    """A container whose large objects are compared by their bytes: Ceph tells no manifest."""

    def _parts(self, name: str, headers: dict[str, str]) -> Iterator[tuple[int, str]]:
        return iter(())


@dataclass
class ToCeph(Pair):
    """The same as between two Swifts, but for what the gateway shows of itself."""

    lab: Ceph  # type: ignore[assignment]

    def differences(self) -> list[str]:
        here = Bytes(Account.source(self.lab.description), self.name)
        there = Bytes(Account.destination(self.lab.description), self.name)
        found = verify(here, there).differences
        return [str(difference) for difference in found if difference.what != STRAY]
