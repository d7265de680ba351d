# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How often a client may do something."""

from __future__ import annotations

import pytest
from swift_v1_gateway.allowance import Allowance


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_client_that_was_quiet_may_do_it_burst_times_at_once(clock: Clock) -> None:
    allowance = Allowance(2, 5, clock=clock)
    assert [allowance.take("a") for _time in range(5)] == [0.0] * 5
    assert allowance.take("a") == pytest.approx(0.5)


def test_then_it_may_as_often_as_the_rate_says(clock: Clock) -> None:
    allowance = Allowance(2, 5, clock=clock)
    taken = 0
    for _tick in range(1000):
        taken += allowance.take("a") == 0
        clock.now += 0.1
    assert taken == pytest.approx(5 + 2 * 100, abs=1)


def test_waiting_as_long_as_told_is_enough(clock: Clock) -> None:
    allowance = Allowance(3, 1, clock=clock)
    assert allowance.take("a") == 0
    clock.now += allowance.take("a")
    assert allowance.take("a") == 0
    assert allowance.take("a") > 0


def test_a_refusal_does_not_count(clock: Clock) -> None:
    allowance = Allowance(1, 1, clock=clock)
    allowance.take("a")
    waits = {allowance.take("a") for _time in range(100)}
    assert waits == {1.0}


def test_one_client_does_not_use_up_what_another_has(clock: Clock) -> None:
    allowance = Allowance(1, 1, clock=clock)
    assert allowance.take("a") == 0
    assert allowance.take("a") > 0
    assert allowance.take("b") == 0


def test_to_ask_how_long_to_wait_counts_nothing(clock: Clock) -> None:
    allowance = Allowance(1, 1, clock=clock)
    assert [allowance.wait("a") for _time in range(3)] == [0.0] * 3
    assert allowance.take("a") == 0
    assert allowance.wait("a") == pytest.approx(1.0)


def test_only_so_many_clients_are_remembered_and_the_latest_ones(clock: Clock) -> None:
    allowance = Allowance(1, 1, clients=3, clock=clock)
    for client in "abcd":
        allowance.take(client)
    assert allowance.wait("a") == 0
    assert [allowance.wait(client) for client in "bcd"] == [1.0] * 3
