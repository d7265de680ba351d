# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Magnitudes in buckets of powers of two."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.histogram import (
    HIGHEST,
    Histogram,
)


def buckets(*values: float, lowest: int = -10) -> list[tuple[float, float]]:
    histogram = Histogram(lowest)
    for value in values:
        histogram.add(value)
    return [(bucket["below"], bucket["objects"]) for bucket in histogram.result()]


@pytest.mark.parametrize(
    ("size", "below"), [(0, 1), (1, 2), (2, 4), (3, 4), (4, 8), (1023, 1024), (1024, 2048)]
)
def test_a_number_of_bytes_is_below_its_bound_and_not_below_the_one_before(
    size: int, below: int
) -> None:
    assert buckets(size, lowest=0) == [(below, 1)]


def test_seconds_have_bounds_below_one() -> None:
    assert buckets(0.0, 0.0001, 0.01, 0.5, 1.5) == [(2**-10, 2), (2**-6, 1), (1, 1), (2, 1)]


def test_what_is_larger_than_all_is_in_the_last() -> None:
    assert buckets(2.0**80) == [(2**HIGHEST, 1)]


def test_those_that_are_empty_are_left_out_and_the_others_ascend() -> None:
    assert buckets(5000, 3, 3, lowest=0) == [(4, 2), (8192, 1)]
    assert buckets() == []
