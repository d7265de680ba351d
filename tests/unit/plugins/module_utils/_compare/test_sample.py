# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Samples: fair, exact, and the same for the same seed."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.sample import (
    MAX_NUMBER,
    Sample,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

NAMES = [f"data/{number:05}" for number in range(10_000)]


def draw(size: str, seed: str, names: list[str] = NAMES) -> list[str]:
    sample = Sample(size, seed)
    at_once = [name for name in names if sample.has(name)]
    for name in names:
        sample.offer(name, name[::-1])
    rest = list(sample.rest())
    assert len(sample) == len(rest)
    assert all(mark == name[::-1] for name, mark in rest)
    return at_once + [name for name, _mark in rest]


@pytest.mark.parametrize(("size", "least", "most"), [("5%", 400, 600), ("0.5%", 20, 90)])
def test_a_share_is_about_that_share(size: str, least: int, most: int) -> None:
    assert least < len(draw(size, "a")) < most


@pytest.mark.parametrize("number", [0, 1, 17, 10_000])
def test_a_number_is_exact_and_in_order(number: int) -> None:
    drawn = draw(str(number), "a")
    assert len(drawn) == len(set(drawn)) == number
    assert drawn == sorted(drawn)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_share_of_a_few_names_has_one_at_least(seed: str) -> None:
    few = NAMES[:30]
    drawn = draw("0.01%", seed, few)
    assert len(drawn) == 1
    assert drawn == draw("0.01%", seed, few[::-1]) == draw("1", seed, few)
    assert draw("1%", seed, []) == []
    assert draw("0%", seed, few) == []


def test_a_share_that_has_names_gets_no_more() -> None:
    sample = Sample("50%", "a")
    for name in NAMES[:30]:
        sample.offer(name, "")
    assert sum(sample.has(name) for name in NAMES[:30]) > 5
    assert len(sample) == 0
    assert list(sample.rest()) == []


def test_a_number_larger_than_all_takes_all() -> None:
    assert draw("20000", "a") == NAMES


def test_names_are_held_on_disk() -> None:
    def offer(number: int) -> int:
        sample = Sample(str(MAX_NUMBER), "a")
        tracemalloc.start()
        for each in range(number):
            sample.offer(f"{each:01000}", "")
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(sample) == number
        return most

    assert offer(5000) < 100 * 5000


def test_a_disk_that_is_full_is_told_by_the_option() -> None:
    sample = Sample("1000", "a")
    sample._kept.execute("pragma max_page_count = 10")
    with pytest.raises(MigrationError, match=r"^sample: .* is full\. .*TMPDIR"):
        for name in NAMES:
            sample.offer(name, "")


def test_names_come_in_the_order_of_listings() -> None:
    names = sorted(["a", "B", "é", "\ue000", "\U0001f600", "a/b", "a b"])
    assert draw("7", "a", names) == names


def test_all_and_none_are_shares() -> None:
    assert draw("100%", "a") == NAMES
    assert draw("0%", "a") == []


@pytest.mark.parametrize("size", ["5%", "300"])
def test_seed_and_name_decide_not_the_order(size: str) -> None:
    shuffled = NAMES[:]
    random.Random(1).shuffle(shuffled)  # noqa: S311
    assert sorted(draw(size, "a", shuffled)) == draw(size, "a")
    assert draw(size, "b") != draw(size, "a")


@pytest.mark.parametrize("size", ["some", "", "-1", "101%", "-5%", "1.5", "100001", "nan%"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(MigrationError, match=r"^sample: .*is neither a share nor a number"):
        Sample(size, "")
