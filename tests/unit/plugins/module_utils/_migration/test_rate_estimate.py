# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The speed of the last half minute, and the time that is left."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.rate_estimate import (
    MAX_MARKS,
    MIN_MARKS,
    RateEstimate,
    Total,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    OBJECT_COST,
)


def after(*marks: tuple[float, int, int, int]) -> RateEstimate:
    estimate = RateEstimate()
    for mark in marks:
        estimate.mark(*mark)
    return estimate


def test_rates_are_those_between_the_first_and_the_last_mark() -> None:
    estimate = after((10, 0, 0, 0), (12, 3, 300, 100), (14, 10, 1000, 400))
    assert estimate.objects_per_second == 2.5
    assert estimate.bytes_per_second == 100


def test_only_the_last_marks_count() -> None:
    marks = [(float(second), second, 0, 0) for second in range(100)]
    estimate = after(*marks, *((100.0 + second, 99, 0, 0) for second in range(MAX_MARKS)))
    assert estimate.objects_per_second == 0


def test_work_that_is_done_anew_is_no_negative_speed() -> None:
    estimate = after((10, 5, 500, 500), (12, 5, 100, 100))
    assert (estimate.objects_per_second, estimate.bytes_per_second) == (0, 0)


def test_one_mark_alone_tells_no_speed() -> None:
    estimate = after((10, 5, 500, 500))
    assert (estimate.objects_per_second, estimate.bytes_per_second) == (0, 0)


@pytest.mark.parametrize(
    ("total", "seconds"),
    [
        (Total(100, 0), 45),  # 90 objects are left, two in a second
        (Total(100, 10 * OBJECT_COST), 50),  # and bytes that cost as much as ten objects
        (Total(5, 0), 0),  # the server has counted fewer than there are
        (Total(None, 0), None),
        (Total(100, None), None),
    ],
)
def test_the_time_that_is_left_is_told_by_objects_and_bytes(
    total: Total, seconds: int | None
) -> None:
    estimate = after((0, 0, 0, 0), (2, 5, 0, 0), (5, 10, 0, 0))
    assert estimate.seconds_left(total) == seconds


def test_no_time_is_told_of_few_marks_or_without_progress() -> None:
    few = [(float(second), second, 0, 0) for second in range(MIN_MARKS - 1)]
    assert after(*few).seconds_left(Total(100, 0)) is None
    still = [(float(second), 5, 0, 0) for second in range(MIN_MARKS)]
    assert after(*still).seconds_left(Total(100, 0)) is None


def test_a_total_is_at_least_what_was_seen() -> None:
    assert Total(10, 100).at_least(12, 50) == Total(12, 100)
    assert Total(None, 100).at_least(12, 150) == Total(None, 150)
    assert Total(10, None).at_least(5, 150) == Total(10, None)
