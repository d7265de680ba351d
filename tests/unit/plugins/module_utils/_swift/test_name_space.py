# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names as numbers: what is halfway between two."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_space import (
    LAST,
    common_length,
    distance,
    middle,
    number,
)


@pytest.mark.parametrize(
    ("low", "high", "same"),
    [("", "", 0), ("abc", "abd", 2), ("ab", "abc", 2), ("abc", "ab", 2), ("a", "b", 0)],
)
def test_two_names_begin_alike(low: str, high: str, same: int) -> None:
    assert common_length(low, high) == same


@pytest.mark.parametrize(
    ("name", "skip", "digits"),
    [
        ("", 0, [0, 0, 0, 0, 0]),
        (" !", 0, [0, 1, 0, 0, 0]),
        ("a\x01ü\x7f~0", 0, [65, 0, 95, 95, 94]),
        ("data/0123456", 5, [16, 17, 18, 19, 20]),
    ],
)
def test_a_name_is_a_number_of_five_digits(name: str, skip: int, digits: list[int]) -> None:
    expected = 0
    for digit in digits:
        expected = expected * 96 + digit
    assert number(name, skip) == expected


@pytest.mark.parametrize(
    ("low", "high", "half"),
    [
        ("a", "c", "b    "),
        ("a", "b", "aP   "),
        ("x/a", "x/c", "x/b    "),
        ("x/1", "x/" + chr(LAST), "x/X    "),
        ("", "~", "O    "),
    ],
)
def test_the_middle_is_halfway_between_two_names(low: str, high: str, half: str) -> None:
    assert middle(low, high) == half
    assert low < half < high


def test_the_less_two_names_have_in_common_the_farther_they_are_apart() -> None:
    assert distance("a", "b") > distance("a/1", "a/9") > distance("a/1", "a/2")
    assert distance("a/1", "a/9") == (-2, 8 * 96**4)
