# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The number of objects at once against a model of servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    COOLING,
    START,
    Concurrency,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def work(
    concurrency: Concurrency, clock: Clock, rate: Callable[[int], float], seconds: float
) -> None:
    """Finish objects of servers that do ``rate(limit)`` of them a second."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += 1 / rate(concurrency.limit)
        concurrency.worked(0)


def distant(limit: int) -> float:
    """Each object takes 0.1 s, however many are under way."""
    return limit / 0.1


def saturated(limit: int) -> float:
    """More than 20 at once gain nothing."""
    return min(limit, 20) / 0.1


def test_distant_servers_are_asked_for_as_many_as_allowed() -> None:
    clock = Clock()
    concurrency = Concurrency(64, clock)
    assert concurrency.limit == START
    work(concurrency, clock, distant, 10)
    assert concurrency.limit == 64


def test_servers_that_have_enough_to_do_are_not_asked_for_more() -> None:
    clock = Clock()
    concurrency = Concurrency(64, clock)
    limits = []
    for _number in range(300):
        work(concurrency, clock, saturated, 0.2)
        limits.append(concurrency.limit)
    # It looks from time to time whether more would pay.
    assert max(limits[100:]) < 64
    assert sorted(limits[100:])[100] <= 25


@pytest.mark.parametrize("bound", [1, 3])
def test_the_bound_is_never_exceeded(bound: int) -> None:
    clock = Clock()
    concurrency = Concurrency(bound, clock)
    assert concurrency.limit == bound
    work(concurrency, clock, distant, 20)
    assert concurrency.limit == bound


def test_a_server_that_throttles_gets_half_and_later_more_again() -> None:
    clock = Clock()
    concurrency = Concurrency(64, clock)
    work(concurrency, clock, distant, 10)
    concurrency.throttled()
    assert concurrency.limit == 32
    work(concurrency, clock, distant, 30)
    assert concurrency.limit == 64


def test_what_was_under_way_together_is_throttled_once() -> None:
    clock = Clock()
    concurrency = Concurrency(16, clock)
    for _number in range(16):
        concurrency.throttled()
    assert concurrency.limit == 8
    clock.now += COOLING
    concurrency.throttled()
    assert concurrency.limit == 4


def test_a_server_that_was_away_gets_as_many_as_before_at_once() -> None:
    clock = Clock()
    concurrency = Concurrency(16, clock)
    for _number in range(3):
        concurrency.throttled()
        clock.now += COOLING
    assert concurrency.limit == 2
    concurrency.restore()
    concurrency.restore()
    assert concurrency.limit == 16


def test_a_server_that_worked_on_with_fewer_at_once_was_not_away() -> None:
    clock = Clock()
    concurrency = Concurrency(16, clock)
    concurrency.throttled()
    work(concurrency, clock, distant, 1)
    concurrency.restore()
    assert concurrency.limit == 8


def test_one_at_a_time_is_the_least() -> None:
    clock = Clock()
    concurrency = Concurrency(4, clock)
    for _number in range(10):
        clock.now += COOLING
        concurrency.throttled()
    assert concurrency.limit == 1


def test_bytes_are_work_too() -> None:
    clock = Clock()
    concurrency = Concurrency(64, clock)
    for _number in range(400):
        # Fewer objects a second, but more bytes, the more there are at once.
        clock.now += 0.1
        concurrency.worked(concurrency.limit * 1024 * 1024)
    assert concurrency.limit == 64


def test_another_bound_holds_at_once_and_a_higher_one_is_grown_into() -> None:
    now = [0.0]
    concurrency = Concurrency(64, clock=lambda: now[0])
    concurrency.bound_by(4)
    assert concurrency.limit == 4
    concurrency.bound_by(12)
    assert concurrency.limit == 4
    for _number in range(1000):
        now[0] += 1 / concurrency.limit  # twice as many are twice as fast
        concurrency.worked(0)
        assert concurrency.limit <= 12
    assert concurrency.limit > 4


def test_a_server_that_comes_back_is_asked_for_no_more_than_a_new_bound() -> None:
    concurrency = Concurrency(16, Clock())
    concurrency.throttled()
    concurrency.bound_by(2)
    concurrency.restore()
    assert concurrency.limit == 2
