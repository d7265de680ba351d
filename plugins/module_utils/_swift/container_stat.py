# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a HEAD of a container tells."""

from __future__ import annotations

import datetime
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from .._transport.header import timestamp
from .._transport.http_messages import LAST_MOMENT, Response, moment

TRANSACTION = re.compile("tx[0-9a-f]{21}-([0-9a-f]{10})")
"""A transaction's id: a number, and the second of the server's clock at which it began."""


@dataclass(frozen=True)
class ContainerStat:
    """What a HEAD of a container tells.

    :param objects: number of objects.  :param size: bytes; an SLO counts with its manifest only.
    :param headers: the answer's headers, names in lower case.
    :param clock: bounds in seconds of the server's clock minus this host's.  Its clock is the one
        that gives objects their times.
    """

    objects: int
    size: int
    headers: Mapping[str, str]
    clock: tuple[float, float]

    @property
    def created(self) -> str:
        """When the container was made, in seconds since the epoch; "" if the server tells none.

        :raises HeaderError: it is no moment.
        """
        return timestamp(self.headers, "x-timestamp")

    @classmethod
    def of(cls, response: Response, before: float, after: float) -> ContainerStat:
        """What an answer tells.

        :param before: this host's time when it was asked for.  :param after: when it had come.
        """
        headers = response.headers
        return cls(
            objects=response.number("x-container-object-count"),
            size=response.number("x-container-bytes-used"),
            headers=headers,
            clock=_clock(_server_time(headers), before, after),
        )

    def ahead_of(self, other: ContainerStat) -> float:
        """By how many seconds its server's clock can be ahead of another's, at most."""
        return self.clock[1] - other.clock[0]

    def now(self) -> str:
        """The server's time, not later than it is, as its listings write times; "" if unknown."""
        if math.isinf(self.clock[0]):
            return ""
        moment = datetime.datetime.fromtimestamp(time.time() + self.clock[0], datetime.UTC)
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def _server_time(headers: Mapping[str, str]) -> float | None:
    """The server's time in whole seconds since 1970; None if it does not tell.

    The ``Date`` header may come from a load balancer.  The transaction's id is the server's own
    word, at Swift and at Ceph RGW.
    """
    found = TRANSACTION.match(headers.get("x-trans-id", ""))
    begun = int(found.group(1), 16) if found else math.inf
    return float(begun) if begun <= LAST_MOMENT else moment(headers.get("date", ""))


def _clock(server: float | None, before: float, after: float) -> tuple[float, float]:
    # Whole seconds are cut, and were read at some moment between the two times.
    return (-math.inf, math.inf) if server is None else (server - after, server + 1 - before)
