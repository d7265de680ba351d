# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the checker calls a difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dataset.verify import Seen, differences, merge

SEEN = Seen({"content-type": "a/b", "x-object-meta-a": "1"}, "0123", 5, ())


def test_the_same_has_no_difference() -> None:
    assert list(differences("name", SEEN, replace(SEEN))) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (replace(SEEN, md5="4567"), "MD5"),
        (replace(SEEN, size=6), "size"),
        (replace(SEEN, parts=((5, "0123"),)), "segments"),
        (replace(SEEN, headers={"content-type": "a/c", "x-object-meta-a": "1"}), "content-type"),
        (replace(SEEN, headers={"content-type": "a/b"}), "x-object-meta-a"),
        (replace(SEEN, headers={**SEEN.headers, "x-delete-at": "9"}), "x-delete-at"),
    ],
)
def test_each_change_is_one_difference_in_both_directions(changed: Seen, what: str) -> None:
    assert [found.what for found in differences("name", SEEN, changed)] == [what]
    assert [found.what for found in differences("name", changed, SEEN)] == [what]


def test_a_difference_reads_well() -> None:
    changed = replace(SEEN, headers={"content-type": "a/b"})
    (found,) = differences("a b", SEEN, changed)
    assert str(found) == "'a b': x-object-meta-a: source '1', destination None"


def test_listings_are_merged_in_the_order_of_utf8() -> None:
    fullwidth, brain = "\uff26", "\U0001f9e0"  # UTF-16 would have them the other way round
    assert list(merge(iter(["a", fullwidth, brain]), iter(["b", brain, brain + "c"]))) == [
        ("a", True, False),
        ("b", False, True),
        (fullwidth, True, False),
        (brain, True, True),
        (brain + "c", False, True),
    ]


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b"]])
def test_what_one_side_alone_has_is_found(names: list[str]) -> None:
    assert list(merge(iter(names), iter([]))) == [(name, True, False) for name in names]
    assert list(merge(iter([]), iter(names))) == [(name, False, True) for name in names]
