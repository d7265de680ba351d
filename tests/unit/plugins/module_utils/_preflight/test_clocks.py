# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether clocks agree."""

from __future__ import annotations

import math
import time

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.clocks import (
    check_clocks,
    clock_of_account,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


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
    source, destination = check_clocks({"source": (0, 1), "destination": (low, high)})
    assert (source.name, source.verdict) == ("clock of the source", "ok")
    assert destination.name == "clock of the destination"
    assert (destination.verdict, destination.seen) == (verdict, seen)


def test_s3_refuses_who_is_far_off() -> None:
    [check] = check_clocks({"source": (901, 902)})
    assert check.seen.endswith("; S3 refuses requests of a host that is so far off")


def test_an_account_tells_the_time_as_well(destination: ObjectServer) -> None:
    now = int(time.time()) + 500
    destination.script = lambda _asked: Answer(403, {"X-Trans-Id": f"tx{'0' * 21}-{now:010x}"})
    low, high = clock_of_account(destination.container())
    assert 490 < low < high < 510
    assert destination.asked[0].path == "/v1/AUTH_x"
