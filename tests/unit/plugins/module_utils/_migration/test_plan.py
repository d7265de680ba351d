# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The plan against a model of two containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    ChangeDetection,
    plan,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from hypothesis import given
from hypothesis import strategies as st

EARLY = "2026-01-01T00:00:00.000000"
LATE = "2026-01-01T01:00:00.000000"


def entry(name: str = "a", **changes: Any) -> ListedObject:
    return ListedObject(name, 3, "h", "text/plain", EARLY)._replace(**changes)


CONTAINERS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.sampled_from(["x", "y"])
)


@given(CONTAINERS, CONTAINERS)
def test_carrying_out_the_plan_makes_the_destination_equal_to_the_source(
    source: dict[str, str], destination: dict[str, str]
) -> None:
    def entries(container: dict[str, str], moment: str) -> list[ListedObject]:
        ordered = sorted(container, key=lambda name: name.encode())
        return [entry(name, hash=container[name], last_modified=moment) for name in ordered]

    result = dict(destination)
    steps = list(plan(entries(source, EARLY), entries(destination, LATE), ChangeDetection().decide))
    for step in steps:
        assert (step.existing is not None) is (step.entry.name in destination)
        if step.action is Action.DELETE:
            del result[step.entry.name]
        elif step.action is not Action.KEEP:
            result[step.entry.name] = step.entry.hash
    assert result == source
    assert [step.entry.name for step in steps] == sorted({*source, *destination})
    untouched = {name for name, content in source.items() if destination.get(name) == content}
    assert untouched == {step.entry.name for step in steps if step.action is Action.KEEP}


class Endless:
    """A listing without an end that counts what was taken of it."""

    def __init__(self, letter: str = "") -> None:
        self.taken = 0
        self._letter = letter

    def __iter__(self) -> Iterator[ListedObject]:
        while True:
            self.taken += 1
            yield entry(f"{self.taken:09}{self._letter}")


@pytest.mark.parametrize(("left", "right"), [("", ""), ("a", "b"), ("b", "a")])
def test_holds_one_entry_of_each_side_at_a_time(left: str, right: str) -> None:
    source, destination = Endless(left), Endless(right)
    steps = plan(source, destination, ChangeDetection().decide)
    for number in range(1, 11):
        step = next(steps)
        assert max(source.taken, destination.taken) <= number + 1
        assert step.entry.name[:9] in (f"{number:09}", f"{(number + 1) // 2:09}")


def test_of_a_side_that_is_empty_nothing_is_held() -> None:
    source, destination = Endless(), Endless()
    copies, deletes = (
        plan(source, [], ChangeDetection().decide),
        plan([], destination, ChangeDetection().decide),
    )
    assert [next(copies).action for _number in range(3)] == [Action.COPY] * 3
    assert [next(deletes).action for _number in range(3)] == [Action.DELETE] * 3
    assert source.taken == destination.taken == 3


@pytest.mark.parametrize(
    ("source", "destination", "action"),
    [
        ({}, {"last_modified": LATE}, Action.KEEP),
        ({"hash": "other"}, {"last_modified": LATE}, Action.REPLACE),
        ({"size": 4}, {"last_modified": LATE}, Action.REPLACE),
        ({"content_type": "x/y"}, {"last_modified": LATE}, Action.REFRESH),
        # A POST changed the source's metadata after it was copied.
        ({"last_modified": LATE}, {}, Action.REFRESH),
        ({}, {}, Action.REFRESH),
        # The manifest's hash differs with its containers' names: the segments count.
        ({"slo_etag": "s"}, {"slo_etag": "s", "hash": "m", "last_modified": LATE}, Action.KEEP),
        ({"slo_etag": "s"}, {"slo_etag": "t", "last_modified": LATE}, Action.REPLACE),
        ({"slo_etag": "s"}, {"last_modified": LATE}, Action.REPLACE),
        ({}, {"slo_etag": "s", "last_modified": LATE}, Action.REPLACE),
        ({"slo_etag": "s", "size": 4}, {"slo_etag": "s", "last_modified": LATE}, Action.REPLACE),
    ],
)
def test_what_two_entries_of_one_name_call_for(
    source: dict[str, object], destination: dict[str, object], action: Action
) -> None:
    assert ChangeDetection().decide(entry(**source), entry(**destination)) is action


def test_a_copy_that_is_younger_by_less_than_the_margin_is_doubtful() -> None:
    copy = entry(last_modified="2026-01-01T00:00:01.000000")
    assert ChangeDetection(margin=0.9).decide(entry(), copy) is Action.KEEP
    assert ChangeDetection(margin=1.1).decide(entry(), copy) is Action.REFRESH
    assert ChangeDetection(margin=float("inf")).decide(entry(), copy) is Action.REFRESH
    assert ChangeDetection(margin=1.0).decide(entry(), copy) is Action.REFRESH


def test_a_copy_that_looks_older_as_its_clock_is_behind_is_good() -> None:
    source = entry(last_modified="2026-01-01T00:10:00.000000")
    copy = entry(last_modified="2026-01-01T00:00:10.000000")
    assert ChangeDetection(margin=-591.0).decide(source, copy) is Action.KEEP
    assert ChangeDetection(margin=-589.0).decide(source, copy) is Action.REFRESH


def test_a_copy_older_than_the_migration_is_somebody_elses_and_doubtful() -> None:
    begun = ChangeDetection(since="2026-01-01T01:00:00")
    theirs = entry(last_modified="2026-01-01T00:59:59.999990")
    assert begun.decide(entry(), theirs) is Action.REFRESH
    assert begun.decide(entry(), entry(last_modified="2026-01-01T01:00:00")) is Action.KEEP
    assert begun.decide(entry(), entry(last_modified=LATE)) is Action.KEEP


@pytest.mark.parametrize(
    ("moment", "action"),
    [
        ("2026-01-01T00:59:59.999990", Action.KEEP),
        ("2026-01-01T01:00:00.000000", Action.REFRESH),
        ("2026-01-01T02:00:00.000000", Action.REFRESH),
        ("2026-01-01T02:00:00.000010", Action.KEEP),
    ],
)
def test_what_the_application_wrote_before_it_went_back_is_doubtful(
    moment: str, action: Action
) -> None:
    again = ChangeDetection(used=("2026-01-01T01:00:00.000000", "2026-01-01T02:00:00.000000"))
    assert again.decide(entry(), entry(last_modified=moment)) is action


@pytest.mark.parametrize(
    ("here", "there", "action"),
    [
        ("text/plain;charset=utf-8", "text/plain; charset=utf-8", Action.KEEP),
        ("text/plain; charset=utf-8", "text/plain;charset=utf-8", Action.KEEP),
        ('text/html;profile="a, b"', 'b"', Action.KEEP),
        ('text/html;profile="a, b"', 'c"', Action.REFRESH),
        ("text/plain", "text/plain;charset=utf-8", Action.REFRESH),
        ("b", "a,b", Action.REFRESH),
    ],
)
def test_a_content_type_may_be_spelled_as_each_server_shows_it(
    here: str, there: str, action: Action
) -> None:
    source, copy = entry(content_type=here), entry(content_type=there, last_modified=LATE)
    assert ChangeDetection().decide(source, copy) is action


@pytest.mark.parametrize("changes", [{}, {"hash": "other"}, {"content_type": "x/y"}])
def test_a_doubtful_pair_that_was_proved_equal_before_is_kept(changes: dict[str, object]) -> None:
    asked: list[tuple[ListedObject, ListedObject]] = []

    def proved_equal(source: ListedObject, destination: ListedObject) -> bool:
        asked.append((source, destination))
        return True

    pair = entry(**changes), entry()
    assert ChangeDetection(proved_equal=proved_equal).decide(*pair) is Action.KEEP
    assert asked == [pair]


@pytest.mark.parametrize(
    ("source", "destination", "action"),
    [
        ("/v1/a/c/o", "/v1/b/d/o", Action.REFRESH),
        ("/v1/a/c/o", "", Action.REFRESH),
        ("", "/v1/b/d/o", Action.REPLACE),
    ],
)
def test_a_symlink_is_looked_at_even_if_it_was_proved_equal(
    source: str, destination: str, action: Action
) -> None:
    changes = ChangeDetection(proved_equal=lambda _source, _destination: True)
    copy = entry(symlink=destination, last_modified=LATE)
    assert changes.decide(entry(symlink=source), copy) is action
