# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container at the source and its namesake at the destination, and what a run did to them."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.dataset.client import Account, Client
from tests.dataset.verify import Side, verify
from tests.servers import Lab

CLOCKS = 4.2
"""Seconds after which a copy is younger than its source beyond the doubt of two Date headers and of
the two seconds that a copy may take."""

AGE = 10.0
"""Seconds by which :meth:`Pair.earlier` dates back."""


@dataclasses.dataclass
class Pair:
    """A container of the source and its namesake at the destination."""

    name: str
    lab: Lab
    source: Client
    destination: Client
    sync: Callable[..., dict[str, Any]]

    @contextlib.contextmanager
    def earlier(self) -> Iterator[None]:
        """What ``source`` changes inside bears an earlier time: a copy is younger beyond doubt.

        It takes the place of a sleep of ``CLOCKS`` seconds.
        """
        self.source.age = AGE
        try:
            yield
        finally:
            self.source.age = 0.0

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


def next_second() -> None:
    """Wait until a Date header, which is cut to a whole second, is later than all that was done."""
    time.sleep(1 - time.time() % 1)


def counts(result: dict[str, Any]) -> dict[str, int]:
    """The outcomes that occurred."""
    assert not result.get("failed"), result["msg"]
    return {kind: number for kind, number in result["objects"].items() if number}


def fill(pair: Pair, number: int, size: int = 100) -> None:
    """Put ``number`` objects of ``size`` bytes at the source: data/0000, data/0001 ..."""
    for index in range(number):
        pair.source.put(pair.name, f"data/{index:04}", bytes([index % 256]) * size)
