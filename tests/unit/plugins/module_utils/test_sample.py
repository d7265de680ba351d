# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Samples: fair, exact, and the same for the same seed."""

from __future__ import annotations

import random

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sample import Sample

NAMES = [f"data/{number:05}" for number in range(10_000)]


def draw(size: str, seed: str, names: list[str] = NAMES) -> list[str]:
    sample: Sample[str] = Sample(size, seed)
    at_once = [name for name in names if sample.has(name)]
    for name in names:
        sample.offer(name, name)
    rest = list(sample.rest())
    assert len(sample) == len(rest)
    assert all(name == item for name, item in rest)
    return at_once + [name for name, _item in rest]


@pytest.mark.parametrize(("size", "least", "most"), [("5%", 400, 600), ("0.5%", 20, 90)])
def test_a_share_is_about_that_share(size: str, least: int, most: int) -> None:
    assert least < len(draw(size, "a")) < most


@pytest.mark.parametrize("number", [0, 1, 17, 10_000])
def test_a_number_is_exact_and_in_order(number: int) -> None:
    drawn = draw(str(number), "a")
    assert len(drawn) == len(set(drawn)) == number
    assert drawn == sorted(drawn)


def test_a_number_larger_than_all_takes_all() -> None:
    assert draw("20000", "a") == NAMES


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
