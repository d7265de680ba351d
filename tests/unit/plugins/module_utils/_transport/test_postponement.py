# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a server asks to come back with later is not waited for, unless it means all requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.postponement import (
    LONG_PAUSE,
    PostponedError,
    Postponement,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.attempts import (
    PassingError,
    ThrottledError,
    failing,
    retry,
)


def postponing(waits: list[float], free: float = 1) -> Retry:
    return replace(retry(waits), postponement=Postponement(free))


def test_a_long_pause_postpones_and_is_told() -> None:
    waits: list[float] = []
    told: list[str] = []
    some = replace(postponing(waits), on_throttled=lambda: told.append("less"))
    refusal = ThrottledError(14400)
    with pytest.raises(PostponedError) as caught:
        some.call(failing(refusal))
    assert caught.value.fatal
    assert caught.value.seconds == 14400
    assert str(caught.value) == "try again. It asks to be asked again after 14,400 seconds."
    assert waits == []
    assert told == ["less"]


def test_a_pause_of_seconds_is_waited_for() -> None:
    waits: list[float] = []
    assert postponing(waits).call(failing(PassingError(LONG_PAUSE))) == "done"
    assert waits == [LONG_PAUSE + 0.5]


def test_a_server_that_refuses_all_is_waited_for() -> None:
    waits: list[float] = []
    some = postponing(waits, free=2)
    for _number in range(2):
        with pytest.raises(PostponedError):
            some.call(failing(PassingError(60)))
    assert some.call(failing(PassingError(60))) == "done"
    assert waits == [60.5]


def test_one_in_five_may_be_postponed() -> None:
    some = postponing([], free=0)
    outcomes = []
    for number in range(100):
        operation = failing(PassingError(60)) if number % 5 == 4 else failing()
        try:
            outcomes.append(some.call(operation))
        except PostponedError:
            outcomes.append("postponed")
    assert outcomes.count("postponed") == 20


def test_what_no_later_try_helps_is_not_postponed() -> None:
    final = PassingError(60)
    final.retryable = False
    with pytest.raises(PassingError):
        postponing([]).call(failing(final))
