# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A server that does not answer: how long it is waited for, by whom, and when it is given up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    FIRST_CONTACT,
    MAX_UNANSWERED,
    PATIENCE,
    SPREAD,
    Retry,
    ServerGoneError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.servers import (
    PROBE,
    SLICE,
)

from tests.unit.plugins.module_utils.fakes.attempts import (
    PassingError,
    UnansweredError,
    answer,
    failing,
    retry,
)

OTHER = "http://other:8080"


def forever() -> str:
    raise UnansweredError


def fails(waits: Retry) -> None:
    with pytest.raises(UnansweredError):
        waits.call(forever)


@pytest.mark.parametrize("seconds", [5, 60, 150])
def test_a_server_that_comes_back_within_minutes_costs_time_only(seconds: float) -> None:
    now = 0.0

    def sleep(wait: float) -> None:
        nonlocal now
        now += wait

    def operation() -> str:
        if now < seconds:
            raise UnansweredError
        return "done"

    for share in (0.2, 0.5, 1.0):
        now = 0.0
        impatient = Retry(sleep=sleep, uniform=lambda low, high, share=share: high * share)
        answer(impatient)
        assert impatient.call(operation) == "done"
        assert now <= seconds + 30


def test_a_server_that_is_gone_ends_all_and_is_named() -> None:
    waits: list[float] = []
    shared = retry(waits)
    answer(shared)
    for _number in range(MAX_UNANSWERED - 1):
        fails(shared)
        answer(shared, OTHER)
    with pytest.raises(
        ServerGoneError, match=r"^http://swift:8080 does not answer any more\."
    ) as caught:
        shared.call(forever)
    assert caught.value.fatal
    assert "the next run does the rest" in str(caught.value)
    # Only the first waits for a restart.
    assert sum(waits) < PATIENCE + 30 + MAX_UNANSWERED * 125


@pytest.mark.parametrize(("each", "number"), [(PATIENCE / 3, 3), (PATIENCE / 3 - 0.1, 4)])
def test_a_server_that_fell_silent_is_waited_for_until_patience_is_at_its_end(
    each: float, number: int
) -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=2, base=each, ceiling=each)
    answer(shared)
    fails(shared)
    assert sum(waits) == pytest.approx(each * number)


def test_all_who_wait_come_back_as_soon_as_a_server_answers_one() -> None:
    waits: list[float] = []
    told: list[str] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:  # the first is before it counts as silent
            answer(waiting)

    waiting = Retry(
        base=20, sleep=sleep, uniform=lambda _low, high: high, on_back=lambda: told.append("back")
    )
    answer(waiting)
    assert waiting.call(failing(*(UnansweredError() for _number in range(2)))) == "done"
    assert waits == [20, SLICE, SLICE, SLICE, SPREAD]
    assert told == ["back"]


def test_one_of_those_who_wait_asks_each_second() -> None:
    now = 1000.0
    asked: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    def operation() -> str:
        asked.append(now)
        if now < 1060:
            raise UnansweredError
        return "done"

    lonely = Retry(sleep=sleep, uniform=lambda _low, high: high, clock=lambda: now)
    answer(lonely)
    assert lonely.call(operation) == "done"
    assert max(later - earlier for earlier, later in pairwise(asked)) <= PROBE + SLICE
    assert now < 1060 + PROBE + SLICE


def test_a_pause_that_a_silent_server_asks_for_is_kept() -> None:
    waits: list[float] = []
    patient = retry(waits)
    answer(patient)
    assert patient.call(failing(*(UnansweredError(40) for _number in range(3)))) == "done"
    assert waits == [40.5, 41.0, 42.0]


def test_one_failure_alone_does_not_show_that_a_server_fell_silent() -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=1)
    answer(shared)
    fails(shared)
    assert waits == []


def test_a_server_that_was_never_there_is_not_waited_for() -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=4)
    answer(shared, OTHER)
    fails(shared)
    assert waits == [0.5, 1.0, 2.0]


def test_a_server_that_answers_others_meanwhile_is_not_waited_for() -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=4)
    answer(shared)

    def operation() -> str:
        answer(shared)
        raise UnansweredError

    for _number in range(3 * MAX_UNANSWERED):
        waits.clear()
        with pytest.raises(UnansweredError):
            shared.call(operation)
        assert waits == [0.5, 1.0, 2.0]


def test_what_was_answered_before_the_last_pause_does_not_count() -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=4)
    answer(shared)

    def operation() -> str:
        if not waits:
            answer(shared)  # to another request, when this one had failed already
        raise UnansweredError

    with pytest.raises(UnansweredError):
        shared.call(operation)
    assert sum(waits) >= PATIENCE


def test_an_answer_in_between_shows_that_the_server_is_there() -> None:
    shared = retry([])
    for _number in range(3 * MAX_UNANSWERED):
        fails(shared)
        answer(shared)


def test_an_answer_that_breaks_off_says_nothing_of_the_others() -> None:
    waits: list[float] = []
    shared = retry(waits, attempts=3)
    for _number in range(3 * MAX_UNANSWERED):
        with pytest.raises(PassingError):
            shared.call(failing(*(PassingError() for _try in range(3))))
    assert len(waits) == 3 * MAX_UNANSWERED * 2


class UnreachableError(PassingError):
    unanswered = "https://store:443"
    unreachable = True


def test_a_server_that_was_never_reached_is_given_up_soon() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    patient = Retry(sleep=sleep, uniform=lambda _low, high: high, clock=lambda: now[0])
    with pytest.raises(UnreachableError) as caught:
        patient.call(failing(*(UnreachableError() for _number in range(10))))
    assert now[0] == FIRST_CONTACT
    assert str(caught.value) == (
        "try again. Check that https://store:443 is the right address (storage_url replaces it), "
        "and that this host may connect to it."
    )


def test_a_server_that_was_reached_before_is_waited_for() -> None:
    waits: list[float] = []
    patient = retry(waits)
    patient.servers.at("https://store:443").answers = 1
    assert patient.call(failing(*(UnreachableError() for _number in range(9)))) == "done"
    assert sum(waits) > FIRST_CONTACT
