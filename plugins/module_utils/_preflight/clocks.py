# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether the clocks of both clouds and of this host agree."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping

from .._check import OK, WARNING, Check
from .._swift.container import Container
from .._swift.container_stat import ContainerStat

TOLERATED = 30.0
"""Seconds by which two clocks may differ without a word."""

SIGNED = 15 * 60.0
"""Seconds by which the clock of who asks over S3 may differ from the server's."""


Clock = tuple[float, float]
"""Bounds in seconds of a server's clock minus this host's."""


def check_clocks(clocks: Mapping[str, Clock]) -> Iterator[Check]:
    """Compare the clocks of both sides, as exactly as answers tell them."""
    for side, clock in clocks.items():
        yield _compared(f"clock of the {side}", clock)


def clock_of_account(container: Container) -> Clock:
    """What the account of a container that does not exist yet tells of its server's clock.

    :raises MigrationError: it cannot be asked.
    """
    before = time.time()
    response = container.client.request("HEAD", accept=(403, 404))
    return ContainerStat.of(response, before, time.time()).clock


def _compared(name: str, clock: Clock) -> Check:
    low, high = clock
    if math.isinf(low):
        return Check(
            name,
            WARNING,
            "the server does not tell its time",
            "Objects that change while they are copied are asked for once more",
        )
    apart = max(low, -high, 0.0)
    if apart <= TOLERATED:
        return Check(name, OK, "it agrees with this host's")
    way = "ahead of" if low > 0 else "behind"
    refused = "; S3 refuses requests of a host that is so far off" if apart > SIGNED else ""
    return Check(
        name,
        WARNING,
        f"it is {apart:,.0f} s {way} this host's{refused}",
        "Let NTP set the clocks of both, as a migration tells by times what has changed",
    )
