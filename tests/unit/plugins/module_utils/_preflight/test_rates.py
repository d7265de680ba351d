# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What objects and bytes cost."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.rates import (
    UNCERTAIN,
    Batch,
    Rates,
    Span,
    about,
)

OBJECT, BYTE = 0.002, 1e-8


def batch(objects: int, size: int, factor: float = 1.0) -> Batch:
    total = objects * size
    return Batch(objects, total, (objects * OBJECT + total * BYTE) * factor)


def test_both_costs_are_found_from_small_and_large_objects() -> None:
    rates = Rates.of([batch(500, 4096), batch(100, 512 << 10), batch(16, 16 << 20)])
    assert (rates.per_object, rates.per_byte) == pytest.approx((OBJECT, BYTE))
    assert rates.uncertain == UNCERTAIN
    assert rates.to_dict() == {"objects_per_second": 500.0, "bytes_per_second": 100_000_000}
    assert rates.time(1000, 10**9) == pytest.approx(Span(12 / 1.3, 12.0, 12 * 1.3))


def test_objects_of_one_size_are_told_as_they_were_measured() -> None:
    rates = Rates.of([Batch(100, 100 * 4096, 0.5), Batch(100, 100 * 4096, 0.5)])
    assert rates.time(1000, 1000 * 4096).seconds == pytest.approx(5)
    assert rates.time(0, 1 << 30).seconds > 0  # bytes are never thought to be free


def test_no_cost_is_below_zero() -> None:
    # Large objects that were faster than small ones, and the other way round.
    free_bytes = Rates.of([Batch(100, 100, 1.0), Batch(100, 100 << 20, 0.9)])
    assert free_bytes.per_byte == 0
    assert free_bytes.to_dict()["bytes_per_second"] is None
    free_objects = Rates.of([Batch(1000, 1 << 30, 10.0), Batch(1, 1 << 30, 10.1)])
    assert free_objects.per_object == 0
    assert free_objects.to_dict()["objects_per_second"] is None


def test_times_that_differ_widen_the_range() -> None:
    rates = Rates.of([batch(100, 4096, 0.5), batch(100, 4096, 1.5), batch(10, 16 << 20)])
    assert rates.uncertain > 2 * UNCERTAIN
    time = rates.time(100, 0)
    assert time.low < time.seconds / (1 + 2 * UNCERTAIN)


@pytest.mark.parametrize("batches", [[], [Batch(0, 0, 1.0)], [Batch(1, 1, 0.0)]])
def test_nothing_tells_nothing(batches: list[Batch]) -> None:
    with pytest.raises(MigrationError, match="nothing was copied"):
        Rates.of(batches)


def test_spans_add_up() -> None:
    assert Span(1, 2, 3).plus(Span(10, 20, 30)) == Span(11, 22, 33)
    assert Span(1, 2, 3).times(2) == Span(2, 4, 6)
    assert about(13, 0.3).to_dict() == {"low": 10.0, "seconds": 13, "high": 16.9}
