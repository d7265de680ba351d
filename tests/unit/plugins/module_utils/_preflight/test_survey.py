# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one pass over a listing shows."""

from __future__ import annotations

import datetime
import tracemalloc
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import (
    FIRST,
    FOLDER,
    LOOKED_AT,
    SAMPLED,
    Amount,
    Survey,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

NOW = "2026-11-29T15:10:00.000000"
OLD = "2026-01-01T00:00:00.000000"


def entry(name: str, size: int = 1, changed: str = OLD, **more: str) -> ListedObject:
    kind = more.pop("content_type", "text/plain")
    return ListedObject(name, size, "0" * 32, kind, changed, **more)


def survey(*entries: ListedObject, names: int = 1024, sizes: int = 1 << 30) -> Survey:
    made = Survey(NOW, names, sizes)
    made.read(entries)
    return made


def test_an_empty_listing_shows_nothing() -> None:
    nothing = survey()
    assert nothing.total == (0, 0)
    assert (nothing.longest, nothing.largest, nothing.name_length) == (None, None, 0)
    assert list(nothing.classes()) == []
    assert nothing.changes(3) == [Amount()] * 3
    assert nothing.to_dict()["sizes"] == []


def test_objects_are_counted_by_their_size() -> None:
    found = survey(*(entry(f"{size}", size) for size in (0, 1, 2, 3, 4, 1023, 1024)))
    assert found.total == (7, 2057)
    assert found.to_dict()["sizes"] == [
        {"below": 1, "objects": 1, "bytes": 0},
        {"below": 2, "objects": 1, "bytes": 1},
        {"below": 4, "objects": 2, "bytes": 5},
        {"below": 8, "objects": 1, "bytes": 4},
        {"below": 1024, "objects": 1, "bytes": 1023},
        {"below": 2048, "objects": 1, "bytes": 1024},
    ]


def test_the_longest_name_is_found_by_its_bytes() -> None:
    found = survey(entry("abcde"), entry("üüü"), entry("xyz"), names=5)
    assert found.longest is not None
    assert (found.longest.name, found.name_length) == ("üüü", 6)
    assert (found.too_long.objects, found.too_long.names) == (1, ["üüü"])


def test_the_largest_object_and_those_over_the_limit_are_found() -> None:
    found = survey(entry("a", 5), entry("b", 9), entry("c", 6), sizes=5)
    assert found.largest is not None
    assert found.largest.name == "b"
    assert found.over_size.names == ["b", "c"]


def test_kinds_are_told_apart() -> None:
    found = survey(
        entry("empty", 0),
        entry("folder", 0, content_type=FOLDER),
        entry("link", 0, symlink="/v1/a/c/o"),
        entry("large", 1 << 40, slo_etag="1" * 32),
        entry("plain"),
    )
    assert found.empty.names == ["empty"]
    assert found.symlinks.names == ["link"]
    assert found.large.names == ["large"]
    assert found.over_size.objects == 0  # a large object is one already


def test_names_that_somebody_changes_are_counted() -> None:
    found = survey(entry("a//b"), entry("a/b"), entry("a%b"), entry("a\\b"), entry("dir/"))
    assert found.changed_names.names == ["a//b", "a\\b"]
    forms = {form.what: named.names for form, named in found.forms.items()}
    assert forms == {
        "'//' in them": ["a//b"],
        "'%' in them": ["a%b"],
        "a backslash in them": ["a\\b"],
        "'/' at their ends": ["dir/"],
    }


def test_changes_are_counted_for_each_hour() -> None:
    found = survey(
        entry("now", 1, "2026-11-29T15:09:59.000000"),
        entry("ahead", 2, "2026-11-29T16:00:01.000000"),
        entry("before", 4, "2026-11-29T14:59:59.000000"),
        entry("two hours ago", 8, "2026-11-29T13:00:00.000000"),
        entry("yesterday", 16, "2026-11-28T15:00:00.000000"),
        entry("long ago", 32),
    )
    changes = found.changes(24)
    assert len(changes) == 24
    assert changes[:2] == [Amount(3, 7), Amount(1, 8)]
    assert changes[23] == Amount(1, 16)
    assert sum(each.objects for each in changes) == 5


def test_only_the_first_names_are_kept() -> None:
    found = survey(*(entry(f"a//{number:03}") for number in range(100)))
    assert found.changed_names.objects == 100
    assert found.changed_names.names == [f"a//{number:03}" for number in range(FIRST)]


def test_each_class_of_sizes_has_a_sample_of_its_own() -> None:
    found = survey(*(entry(f"{number:05}", 1 + number % 2 * 99) for number in range(2000)))
    samples = [(amount, {each.size for each in sample}) for amount, sample in found.classes()]
    assert samples == [(Amount(1000, 1000), {1}), (Amount(1000, 100_000), {100})]
    for _amount, sample in found.classes():
        assert len({each.name for each in sample}) == SAMPLED
        assert max(each.name for each in sample) > "00500"


def test_a_few_of_each_class_are_looked_at_with_the_extremes() -> None:
    found = survey(
        *(entry(f"{number:05}", 1 + number % 2 * 99) for number in range(2000)),
        entry("x" * 20, 1),
        entry("y", 120),
    )
    sizes = [each.size for each in found.looked_at()]
    assert sizes.count(1) in (LOOKED_AT, LOOKED_AT + 1)
    assert len(sizes) <= 2 * LOOKED_AT + 2
    assert {"x" * 20, "y"} <= {each.name for each in found.looked_at()}
    assert survey().looked_at() == []


def test_memory_does_not_grow_with_the_objects() -> None:
    def listed() -> Iterator[ListedObject]:
        for number in range(30_000):
            changed = datetime.datetime(2000, 1, 1) + datetime.timedelta(hours=number)
            yield entry(f"a//{number}", number, changed.isoformat(timespec="microseconds"))

    made = Survey(NOW, 1024, 1 << 30)
    tracemalloc.start()
    try:
        made.read(listed())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert made.total.objects == 30_000
    assert peak < 3_000_000


@pytest.mark.parametrize("seed", range(3))
def test_the_seed_decides_about_the_sample(seed: int) -> None:
    def sampled(chosen: int) -> list[str]:
        made = Survey(NOW, 1024, 1 << 30, chosen)
        made.read(entry(f"{number}") for number in range(1000))
        return [each.name for _amount, sample in made.classes() for each in sample]

    assert sampled(seed) == sampled(seed) != sampled(seed + 1)
