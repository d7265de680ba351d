# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The limits of a run change with the hour, and when somebody asks."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    Wish,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_limits import (
    RunLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.timetable import (
    Limits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    START,
)

from tests.unit.plugins.module_utils._migration.test_timetable import at

DAY = {"08:00-18:00": {"bandwidth_limit": "1 MiB/s", "requests_per_second": 5, "concurrency": 2}}

NONE = Limits()


class Day:
    """A run on a host whose clock a test sets."""

    def __init__(self, timetable: dict[str, Any], usual: Limits = NONE) -> None:
        self.now = "07:59"
        self.limits = RunLimits(usual, timetable, lambda: at(self.now))

    def told(self, now: str = "") -> tuple[int, float, str, int]:
        """What the run tells, once it has looked at its clock again."""
        self.now = now or self.now
        self.limits.keep()
        state = self.limits.state()
        rates = self.limits.rates
        assert bool(rates.bandwidth) == bool(state["bandwidth_limit"])
        assert bool(rates.requests) == bool(state["requests_per_second"])
        return (*state.values(), self.limits.concurrency.limit)  # type: ignore[return-value]


def test_the_border_of_a_span_changes_all_that_it_says_and_back() -> None:
    day = Day(DAY)
    assert day.told() == (0, 0.0, "08:00 EST", START)
    assert day.told("08:00") == (2**20, 5.0, "18:00 EST", 2)
    assert day.told("17:59") == (2**20, 5.0, "18:00 EST", 2)
    assert day.told("18:00")[:3] == (0, 0.0, "08:00 EST")


def test_a_run_that_begins_within_a_span_begins_with_its_limits() -> None:
    day = Day(DAY)
    day.now = "12:00"
    assert day.limits.rates.requests
    assert day.limits.concurrency.limit == 2


def test_what_is_asked_holds_outside_of_the_spans_and_another_timetable_at_once() -> None:
    day = Day(DAY)
    day.limits.change(Wish(requests_per_second=9))
    assert day.told()[:2] == (0, 9.0)
    assert day.told("08:00")[:2] == (2**20, 5.0)
    day.limits.change(Wish(timetable={"08:00-09:00": 77}))
    assert day.told() == (77, 9.0, "09:00 EST", 2)
    day.limits.change(Wish(timetable={}))
    assert day.told()[:3] == (0, 9.0, "")
    day.limits.change(Wish(pause=True))  # which says nothing of limits
    assert day.told()[:3] == (0, 9.0, "")


def test_a_limit_that_stays_is_not_begun_anew() -> None:
    day = Day({"08:00-18:00": {"concurrency": 2}}, Limits(requests_per_second=1))
    day.limits.rates.requests.take(100)
    changed: list[float] = []
    day.limits.rates.requests.change = changed.append  # type: ignore[method-assign]
    assert day.told("08:00") == (0, 1.0, "18:00 EST", 2)
    assert changed == []


@pytest.mark.parametrize(
    ("timetable", "usual"), [({"8-18": 1}, Limits()), ({}, Limits(bandwidth_limit=-1))]
)
def test_what_is_no_limit_is_told_when_the_source_is_to_be_asked(
    timetable: dict[str, Any], usual: Limits
) -> None:
    with pytest.raises(MigrationError, match=r"timetable|bandwidth_limit"):
        Day(timetable, usual).limits.rates  # noqa: B018
