# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Retries: what, when and how often."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    AttemptError,
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    FIRST_CONTACT,
    MAX_UNANSWERED,
    PATIENCE,
    Retry,
    ServerGoneError,
    UnauthorizedError,
)


class PassingError(AttemptError):
    retryable = True

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("try again")
        self.retry_after = retry_after


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def operation() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return operation


def retry(waits: list[float], **settings: float) -> Retry:
    return Retry(sleep=waits.append, uniform=lambda low, high: high, **settings)  # type: ignore[arg-type]


def test_a_passing_error_is_tried_again_with_doubling_ceilings() -> None:
    waits: list[float] = []
    operation = failing(*(PassingError() for _number in range(5)))
    assert retry(waits, ceiling=6.0).call(operation) == "done"
    assert waits == [0.5, 1.0, 2.0, 4.0, 6.0]


def test_the_wait_is_random_from_zero() -> None:
    asked: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        asked.append((low, high))
        return 0.0

    Retry(sleep=lambda _seconds: None, uniform=uniform).call(failing(PassingError()))
    assert asked == [(0, 0.5)]


def test_retry_after_is_obeyed_for_minutes_and_jitter_comes_on_top() -> None:
    waits: list[float] = []
    retry(waits, ceiling=10.0).call(failing(*map(PassingError, (7, 99, 3600))))
    assert waits == [7.5, 100.0, PATIENCE + 2.0]


def test_the_last_try_raises_its_error() -> None:
    waits: list[float] = []
    with pytest.raises(PassingError):
        retry(waits, attempts=3).call(failing(*(PassingError() for _number in range(3))))
    assert len(waits) == 2


def test_a_final_error_is_not_tried_again() -> None:
    with pytest.raises(MigrationError, match="no"):
        retry([]).call(failing(MigrationError("no"), MigrationError("never raised")))


class Login:
    def __init__(self) -> None:
        self.rejected: list[str] = []

    def renew(self, rejected: str) -> str:
        self.rejected.append(rejected)
        return "new"


def test_a_refused_token_is_renewed_once_and_costs_no_try() -> None:
    login = Login()
    error = UnauthorizedError("401", login, "old")
    assert retry([], attempts=1).call(failing(error)) == "done"
    assert login.rejected == ["old"]


def test_a_second_refusal_is_final() -> None:
    login = Login()
    errors = [UnauthorizedError("401", login, token) for token in ("old", "new")]
    with pytest.raises(UnauthorizedError, match="role"):
        retry([]).call(failing(*errors))
    assert login.rejected == ["old"]


def test_an_error_that_will_not_pass_soon_is_tried_less_often() -> None:
    class DamagedError(PassingError):
        attempts = 2

    waits: list[float] = []
    with pytest.raises(DamagedError):
        retry(waits).call(failing(*(DamagedError() for _number in range(5))))
    assert len(waits) == 1


class ThrottledError(PassingError):
    throttled = True


def test_an_operation_that_is_throttled_again_asks_for_fewer_at_once_only_once() -> None:
    told: list[str] = []
    throttled = Retry(on_throttled=lambda: told.append("less"), sleep=lambda _seconds: None)
    throttled.call(failing(PassingError(), ThrottledError(), ThrottledError()))
    assert told == ["less"]
    throttled.call(failing(ThrottledError()))
    assert told == ["less", "less"]


def test_what_passes_without_a_word_of_too_many_requests_asks_for_no_fewer() -> None:
    class BareError(AttemptError):
        retryable = True

    waits: list[float] = []
    told: list[str] = []
    bare = Retry(
        on_throttled=lambda: told.append("less"),
        sleep=waits.append,
        uniform=lambda _low, high: high,
    )
    assert bare.call(failing(BareError("try again"))) == "done"
    assert waits == [0.5]
    assert told == []


def test_each_side_may_be_renewed_once() -> None:
    here, there = Login(), Login()
    errors = [UnauthorizedError("401", login, "old") for login in (here, there)]
    assert retry([]).call(failing(*errors)) == "done"
    assert here.rejected == there.rejected == ["old"]


SWIFT = "http://swift:8080"
OTHER = "http://other:8080"


class UnansweredError(PassingError):
    unanswered = SWIFT


def answer(shared: Retry, address: str = SWIFT) -> None:
    shared.servers.at(address).answers += 1


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
    assert waits == [each] * number


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
    assert FIRST_CONTACT < now[0] <= 2 * FIRST_CONTACT
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
