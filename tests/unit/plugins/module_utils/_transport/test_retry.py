# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Retries: what, when and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    AttemptError,
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.postponement import (
    LONG_PAUSE,
    PostponedError,
    Postponement,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    FIRST_CONTACT,
    MAX_UNANSWERED,
    PATIENCE,
    SPREAD,
    Retry,
    ServerGoneError,
    UnauthorizedError,
    UncheckedTokenError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.servers import (
    PROBE,
    SLICE,
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


class TestPostponement:
    """What a server asks to come back with later is not waited for."""

    def postponing(self, waits: list[float], free: float = 1) -> Retry:
        return replace(retry(waits), postponement=Postponement(free))

    def test_a_long_pause_postpones_and_is_told(self) -> None:
        waits: list[float] = []
        told: list[str] = []
        some = replace(self.postponing(waits), on_throttled=lambda: told.append("less"))
        refusal = ThrottledError(14400)
        with pytest.raises(PostponedError) as caught:
            some.call(failing(refusal))
        assert caught.value.fatal
        assert caught.value.seconds == 14400
        assert str(caught.value) == "try again. It asks to be asked again after 14,400 seconds."
        assert waits == []
        assert told == ["less"]

    def test_a_pause_of_seconds_is_waited_for(self) -> None:
        waits: list[float] = []
        assert self.postponing(waits).call(failing(PassingError(LONG_PAUSE))) == "done"
        assert waits == [LONG_PAUSE + 0.5]

    def test_a_server_that_refuses_all_is_waited_for(self) -> None:
        waits: list[float] = []
        some = self.postponing(waits, free=2)
        for _number in range(2):
            with pytest.raises(PostponedError):
                some.call(failing(PassingError(60)))
        assert some.call(failing(PassingError(60))) == "done"
        assert waits == [60.5]

    def test_one_in_five_may_be_postponed(self) -> None:
        some = self.postponing([], free=0)
        outcomes = []
        for number in range(100):
            operation = failing(PassingError(60)) if number % 5 == 4 else failing()
            try:
                outcomes.append(some.call(operation))
            except PostponedError:
                outcomes.append("postponed")
        assert outcomes.count("postponed") == 20

    def test_what_no_later_try_helps_is_not_postponed(self) -> None:
        final = PassingError(60)
        final.retryable = False
        with pytest.raises(PassingError):
            self.postponing([]).call(failing(final))


def unchecked() -> UncheckedTokenError:
    return UncheckedTokenError("destination answered 401", SWIFT)


def test_a_new_token_that_cannot_be_checked_is_waited_for() -> None:
    waits: list[float] = []
    login = Login()
    patient = retry(waits)
    answer(patient)
    errors = [UnauthorizedError("401", login, "old", unchecked()) for _number in range(5)]
    assert patient.call(failing(*errors)) == "done"
    assert login.rejected == ["old"]
    assert sum(waits) > 3


def test_a_new_token_that_is_never_taken_ends_the_run_when_patience_ends() -> None:
    waits: list[float] = []
    login = Login()
    patient = retry(waits)
    answer(patient)

    def refuse() -> str:
        raise UnauthorizedError("401", login, "old", unchecked())

    with pytest.raises(
        UncheckedTokenError, match=r"also with a new token.*Keystone.*role"
    ) as caught:
        patient.call(refuse)
    assert caught.value.fatal
    assert PATIENCE < sum(waits) < PATIENCE + 40


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
