# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Few samples of any time."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.rate_samples import (
    COLUMNS,
    MOST,
    RateSamples,
)
from hypothesis import given
from hypothesis import strategies as st


def samples(number: int) -> list[list[float | None]]:
    taken = RateSamples()
    for index in range(number):
        taken.add((2.0 * index, 3 * index, 0, 0, 0, None, None))
    told = taken.result()
    assert told["columns"] == list(COLUMNS)
    rows: list[list[float | None]] = told["rows"]
    return rows


def test_few_are_kept_as_they_are() -> None:
    assert [row[0] for row in samples(4)] == [0.0, 2.0, 4.0, 6.0]
    assert samples(0) == []


@given(st.integers(1, 20 * MOST))
def test_of_many_few_are_kept_evenly_with_the_first_and_the_last(number: int) -> None:
    moments = [row[0] or 0.0 for row in samples(number)]
    assert len(moments) <= MOST
    assert (moments[0], moments[-1]) == (0.0, 2.0 * (number - 1))
    steps = [after - before for before, after in itertools.pairwise(moments[:-1])]
    assert len(set(steps)) <= 1
    assert number < MOST or len(moments) >= MOST // 2


@pytest.mark.parametrize(("left", "told"), [([None, 0, 300, 5], 304.0), ([None, None, 0, 0], None)])
def test_the_first_time_that_was_foretold_is_told(
    left: list[int | None], told: float | None
) -> None:
    taken = RateSamples()
    for index, seconds in enumerate(left):
        taken.add((2.0 * index, index, 0, 0, 0, 1, seconds))
    assert taken.foretold() == told
