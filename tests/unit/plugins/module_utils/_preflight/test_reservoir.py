# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A fair sample of a stream."""

from __future__ import annotations

from collections import Counter

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.reservoir import (
    Reservoir,
)


def sample(length: int, size: int, seed: int) -> list[int]:
    reservoir = Reservoir[int](size, seed)
    for number in range(1, length + 1):
        if number == reservoir.due:
            reservoir.take(number)
    return reservoir.items


def test_a_short_stream_is_kept_whole() -> None:
    assert sample(3, 4, 1) == [1, 2, 3]
    assert sample(4, 4, 1) == [1, 2, 3, 4]
    assert sample(0, 4, 1) == []


def test_each_item_has_the_same_chance() -> None:
    counted = Counter(item for seed in range(4000) for item in sample(20, 4, seed))
    assert set(counted) == set(range(1, 21))
    assert sum(counted.values()) == 4 * 4000
    assert all(700 < times < 900 for times in counted.values())  # 800 are expected


def test_few_items_of_a_long_stream_are_taken() -> None:
    class Counting(Reservoir[int]):
        taken = 0

        def take(self, item: int) -> None:
            self.taken += 1
            super().take(item)

    reservoir = Counting(16, 3)
    for number in range(1, 100_001):
        if number == reservoir.due:
            reservoir.take(number)
    assert reservoir.taken < 300
    assert len(set(reservoir.items)) == 16
