# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Retries: what, when and how often."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    AttemptError,
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    PATIENCE,
    Retry,
    UnauthorizedError,
    UncheckedTokenError,
)

from tests.unit.plugins.module_utils.fakes.attempts import (
    SWIFT,
    Login,
    PassingError,
    ThrottledError,
    answer,
    failing,
    retry,
)


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
