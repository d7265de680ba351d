# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container at the source and its namesake at the destination, and what a run did to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from tests.dataset.client import Account, Client
from tests.dataset.verify import Side, verify
from tests.servers import Lab

CLOCKS = 4.2
"""Seconds after which a copy is younger than its source beyond the doubt of two Date headers and of
the two seconds that a copy may take."""


@dataclasses.dataclass
class Pair:
    """A container of the source and its namesake at the destination."""

    name: str
    lab: Lab
    source: Client
    destination: Client
    sync: Callable[..., dict[str, Any]]

    def differences(self) -> list[str]:
        here = Side(Account.source(self.lab.description), self.name)
        there = Side(Account.destination(self.lab.description), self.name)
        return [str(difference) for difference in verify(here, there).differences]

    def names(self) -> list[str]:
        return [row["name"] for row in self.destination.listing(self.name)]

    def requests(self, run: Callable[[], Any]) -> tuple[list[str], list[str]]:
        """The object requests of a run at the source and at the destination, as "METHOD name"."""
        logs = [self.lab.access_log(side) for side in ("source", "destination")]
        marks = [log.mark() for log in logs]
        run()
        here, there = (
            [f"{request.method} {request.name}" for request in log.object_requests(mark, self.name)]
            for log, mark in zip(logs, marks, strict=True)
        )
        return here, there


def counts(result: dict[str, Any]) -> dict[str, int]:
    """The outcomes that occurred."""
    assert not result.get("failed"), result["msg"]
    return {kind: number for kind, number in result["objects"].items() if number}


def fill(pair: Pair, number: int, size: int = 100) -> None:
    """Put ``number`` objects of ``size`` bytes at the source: data/0000, data/0001 ..."""
    for index in range(number):
        pair.source.put(pair.name, f"data/{index:04}", bytes([index % 256]) * size)
