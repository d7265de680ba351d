# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether clocks agree."""

from __future__ import annotations

import math

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.clocks import (
    check_clocks,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)


def stat(low: float, high: float) -> ContainerStat:
    return ContainerStat(0, 0, {}, (low, high))


@pytest.mark.parametrize(
    ("low", "high", "verdict", "seen"),
    [
        (-0.5, 0.6, "ok", "it agrees with this host's"),
        (30.0, 31.0, "ok", "it agrees with this host's"),
        (-31.0, -30.0, "ok", "it agrees with this host's"),
        (31.0, 32.0, "warning", "it is 31 s ahead of this host's"),
        (-42.0, -41.0, "warning", "it is 41 s behind this host's"),
        (-math.inf, math.inf, "warning", "the server does not tell its time"),
    ],
)
def test_a_clock_is_compared_with_this_hosts(
    low: float, high: float, verdict: str, seen: str
) -> None:
    source, destination = check_clocks(stat(0, 1), stat(low, high))
    assert (source.name, source.verdict) == ("clock of the source", "ok")
    assert destination.name == "clock of the destination"
    assert (destination.verdict, destination.seen) == (verdict, seen)


def test_s3_refuses_who_is_far_off() -> None:
    [check] = check_clocks(stat(901, 902), None)
    assert check.seen.endswith("; S3 refuses requests of a host that is so far off")
