# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How wrong estimates were is the mean of all of them, however many there are."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.estimate_error import (
    MOST,
    EstimateError,
)


def test_it_is_the_mean_of_all_errors_too_early_or_too_late() -> None:
    error = EstimateError()
    for now, left in ((0, 120), (50, 40), (90, 10)):
        error.note(now, left)
    assert error.mean(100) == 10.0  # 20 too late, 10 too early, 0


def test_no_estimate_has_no_error() -> None:
    error = EstimateError()
    error.note(0, None)
    assert error.mean(100) is None
    error.note(0, 0)
    assert error.mean(0) == 0.0


@pytest.mark.parametrize("number", [MOST, MOST + 1, 20 * MOST])
def test_of_many_evenly_fewer_are_kept(number: int) -> None:
    error = EstimateError()
    for now in range(number):
        error.note(now, 0)
    assert len(error._ends) <= MOST
    assert error.mean(number) == pytest.approx(number / 2, rel=0.02)
