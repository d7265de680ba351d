# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an application knows beside two listings, against plain sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.catalogue import (
    MOST,
    MOST_ASKED,
    Catalogue,
    Fate,
    Place,
    Stage,
    fate,
    places,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))

# known, old, new: what has become of it while copying, when copied, in use.
FATES = {
    (True, True, True): (Fate.FOUND,) * 4,
    (True, True, False): (Fate.NOT_COPIED, Fate.LOST, Fate.NOT_COPIED, Fate.LOST),
    (True, False, True): (Fate.NEW_ONLY, Fate.NEW_ONLY, Fate.FOUND, Fate.FOUND),
    (True, False, False): (Fate.MISSING,) * 4,
    (False, True, True): (Fate.UNKNOWN,) * 4,
    (False, True, False): (Fate.UNKNOWN, Fate.UNKNOWN, Fate.UNKNOWN, Fate.DELETED),
    (False, False, True): (Fate.UNKNOWN,) * 4,
}


def entry(name: str) -> ListedObject:
    return ListedObject(name, 1, "h", "text/plain", "2026-01-01T00:00:00.000000")


def listed(old: Iterable[str], new: Iterable[str]) -> list[Both]:
    old, new = set(old), set(new)
    return [
        Both(entry(name) if name in old else None, entry(name) if name in new else None)
        for name in sorted(old | new, key=lambda name: name.encode())
    ]


def catalogue(
    known: str, old: str, new: str, stage: Stage = Stage.COPIED, **options: Any
) -> Catalogue:
    """Of names of a letter each."""
    found = Catalogue(stage, **options)
    found.take(places(sorted(known), listed(old, new)))
    return found


@given(NAMES, NAMES, NAMES)
def test_each_name_comes_once_in_order_with_where_it_is(
    known: set[str], old: set[str], new: set[str]
) -> None:
    found = list(places(sorted(known), listed(old, new)))
    assert [place.name for place in found] == sorted(known | old | new)
    assert {place.name for place in found if place.known} == known
    assert {place.name for place in found if place.old} == old
    assert {place.name for place in found if place.new} == new


@given(NAMES, NAMES, NAMES, st.sampled_from(Stage))
def test_the_counts_are_those_of_the_sets(
    known: set[str], old: set[str], new: set[str], stage: Stage
) -> None:
    found = Catalogue(stage)
    found.take(places(sorted(known), listed(old, new)))
    gone = (old - new) - known if stage is Stage.IN_USE else set()
    assert found.known == len(known)
    assert found.unknown == len((old | new) - known)
    assert found.counts[Fate.DELETED] == len(gone)
    assert found.counts[Fate.MISSING] == len(known - old - new)
    apart = Fate.NOT_COPIED if stage in (Stage.COPYING, Stage.PROVED) else Fate.LOST
    assert found.counts[apart] == len((known & old) - new)


@pytest.mark.parametrize(("place", "fates"), FATES.items())
def test_where_a_name_is_tells_what_has_become_of_it(
    place: tuple[bool, bool, bool], fates: tuple[Fate, ...]
) -> None:
    found = tuple(fate(Place("a", *place), stage) for stage in Stage)
    assert found == fates


def test_neither_the_names_nor_the_listings_are_read_ahead() -> None:
    taken = [0, 0]

    def endless(which: int) -> Iterator[str]:
        while True:
            taken[which] += 1
            yield f"{taken[which]:09}"

    merged = places(endless(0), (Both(entry(name), None) for name in endless(1)))
    for _time in range(100):
        next(merged)
    assert max(taken) <= 102


@pytest.mark.parametrize(
    ("listing", "by_name", "stage", "expected"),
    [
        # The listing lacks what its server gives.
        ((True, False), (True, True), Stage.COPIED, Fate.FOUND),
        ((False, False), (True, False), Stage.COPIED, Fate.UNLISTED),
        ((False, False), (True, False), Stage.COPYING, Fate.UNLISTED),
        ((False, False), (True, False), Stage.IN_USE, Fate.LOST),
        ((False, False), (True, True), Stage.COPIED, Fate.FOUND),
        ((False, False), (False, True), Stage.COPIED, Fate.NEW_ONLY),
        ((False, False), (False, True), Stage.IN_USE, Fate.FOUND),
        ((False, True), (True, True), Stage.COPYING, Fate.FOUND),
        # It does not.
        ((True, False), (True, False), Stage.COPIED, Fate.LOST),
        ((False, False), (False, False), Stage.COPYING, Fate.MISSING),
        ((False, True), (False, True), Stage.COPYING, Fate.NEW_ONLY),
    ],
)
def test_what_a_listing_lacks_is_asked_for_by_name(
    listing: tuple[bool, bool], by_name: tuple[bool, bool], stage: Stage, expected: Fate
) -> None:
    found = Catalogue(stage, ask=lambda _name: by_name)
    found.take([Place("a", True, *listing)])
    assert {what for what, number in found.counts.items() if number} == {expected}


@pytest.mark.parametrize(
    ("stage", "told_before", "expected"),
    [
        (Stage.COPYING, "b", {Fate.NEW_ONLY: 1, Fate.JUST_GONE: 1, Fate.FOUND: 1}),
        (Stage.COPYING, "abc", {Fate.NEW_ONLY: 2, Fate.FOUND: 1}),
        (Stage.COPYING, "", {Fate.JUST_GONE: 2, Fate.FOUND: 1}),
        (Stage.PROVED, "", {Fate.FOUND: 3}),
    ],
)
def test_what_the_look_before_has_not_told_is_being_deleted(
    stage: Stage, told_before: str, expected: dict[Fate, int]
) -> None:
    found = catalogue("abc", "c", "abc", stage, was_told=lambda name: name in told_before)
    assert {what: number for what, number in found.counts.items() if number} == expected
    assert found.known == 3
    assert set(found.names["new_only"]) <= set(told_before)


def test_only_so_many_are_asked_for() -> None:
    asked: list[str] = []

    def ask(name: str) -> tuple[bool, bool]:
        asked.append(name)
        return False, False

    found = Catalogue(Stage.COPIED, ask=ask)
    found.take(Place(f"{i:06}", known=True, old=True, new=False) for i in range(MOST_ASKED + 5))
    assert len(asked) == MOST_ASKED
    assert found.counts[Fate.LOST] == MOST_ASKED + 5


def test_what_is_there_is_not_asked_for() -> None:
    def ask(name: str) -> tuple[bool, bool]:
        raise AssertionError(name)

    found = catalogue("ab", "abc", "ab", Stage.IN_USE, ask=ask)
    assert found.counts[Fate.DELETED] == 1


def test_the_first_names_are_kept_and_all_are_written() -> None:
    rows: list[dict[str, Any]] = []
    found = Catalogue(Stage.COPIED, write=rows.append)
    found.take(Place(f"{i:03}", known=True, old=True, new=False) for i in range(MOST + 5))
    assert found.names["lost"] == [f"{i:03}" for i in range(MOST)]
    assert rows == [{"name": f"{i:03}", "fate": "lost"} for i in range(MOST + 5)]


def test_what_is_where_it_should_be_is_told_without_names() -> None:
    found = catalogue("ab", "abc", "ab", write=lambda line: pytest.fail(str(line)))
    assert not any(found.names.values())


def test_names_that_are_asked_for_in_another_form_count_if_the_application_knows_them() -> None:
    rows: list[dict[str, Any]] = []
    found = catalogue("ab", "abc", "abc", is_changed=lambda name: name in "bc", write=rows.append)
    assert found.changed == 1
    assert found.names["changed"] == ["b"]
    assert rows == [{"name": "b", "fate": "changed"}]
    assert found.counts[Fate.FOUND] == 2


@pytest.mark.parametrize(
    ("old", "another"), [("abcd", False), ("ab", False), ("a", True), ("", True)]
)
def test_when_most_are_missing_it_is_another_container(old: str, another: bool) -> None:
    assert catalogue("abcd", old, old).is_of_another is another


def test_an_application_without_files_has_no_other_container() -> None:
    assert not catalogue("", "ab", "ab").is_of_another
