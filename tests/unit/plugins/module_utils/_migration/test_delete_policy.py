# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Deletes are allowed only when they cannot be a mistake."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.delete_policy import (
    SegmentDeletes,
    parse_max_delete,
    refuse_suspicious_deletes,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)


@pytest.mark.parametrize(
    ("max_delete", "objects", "most"),
    [("7", 10, 7), ("0", 10, 0), ("10%", 100, 10), ("10%", 9, 0), (" 5 % ", 100, 5)],
)
def test_a_limit_is_a_count_or_a_percentage(max_delete: str, objects: int, most: int) -> None:
    assert parse_max_delete(max_delete, objects) == most


@pytest.mark.parametrize("max_delete", ["", "%", "-1", "many", "1.5%", "²"])
def test_anything_else_is_refused_by_name(max_delete: str) -> None:
    with pytest.raises(MigrationError, match=r"^max_delete: ") as caught:
        parse_max_delete(max_delete, 10)
    assert repr(max_delete) in str(caught.value)


def test_as_many_as_the_limit_are_allowed_and_not_one_more() -> None:
    refuse_suspicious_deletes(5, "5", source=1, destination=100)
    with pytest.raises(MigrationError, match=r"^max_delete: 6 objects .* more than the 5"):
        refuse_suspicious_deletes(6, "5", source=1, destination=100)


def test_segments_that_were_deleted_before_count() -> None:
    refuse_suspicious_deletes(5, "10", source=1, destination=100, deleted=5)
    with pytest.raises(MigrationError, match="more than the 4"):
        refuse_suspicious_deletes(5, "10", source=1, destination=100, deleted=6)


def test_an_empty_source_allows_none() -> None:
    with pytest.raises(MigrationError, match=r"^prune: .* is empty, the destination has 100"):
        refuse_suspicious_deletes(1, "100%", source=0, destination=100)


@pytest.mark.parametrize(("source", "counted"), [(90, 100), (100, 0), (100, 90)])
def test_a_listing_that_agrees_with_the_count_is_trusted(source: int, counted: int) -> None:
    refuse_suspicious_deletes(1, "5", source=source, destination=100, counted=counted)
    with pytest.raises(MigrationError, match="more than the 5"):
        refuse_suspicious_deletes(6, "5", source=source, destination=100, counted=counted)


def test_a_listing_that_lacks_what_the_server_counts_means_no_delete() -> None:
    with pytest.raises(MigrationError, match=r"^prune: .* shows 89 objects, its server counts 100"):
        refuse_suspicious_deletes(1, "100%", source=89, destination=100, counted=100)


def segments(*names: str) -> list[Step]:
    entries = [ListedObject(name, 1, "h", "text/plain", "2026-01-01T00:00:00") for name in names]
    return [Step(Action.DELETE, entry, entry) for entry in entries]


def segment_deletes(
    *, prune: bool = True, strangers: tuple[str, ...] = (), most: int = 100
) -> SegmentDeletes:
    return SegmentDeletes(
        prune=prune,
        may_delete=lambda step: step.entry.name not in strangers,
        most=lambda: most,
    )


def test_segments_that_the_source_lacks_are_deleted() -> None:
    assert segment_deletes().names("o", segments("a", "b"), 1) == ["a", "b"]


def test_a_segment_that_somebody_else_wrote_is_left() -> None:
    deletes = segment_deletes(strangers=("b",), most=2)
    assert deletes.names("o", segments("a", "b", "c"), 1) == ["a", "c"]
    assert segment_deletes(strangers=("a", "b")).names("o", segments("a", "b"), 0) == []


@pytest.mark.parametrize("strangers", [(), ("a",)])
def test_without_prune_a_segment_too_many_is_an_error_whose_ever_it_is(
    strangers: tuple[str, ...],
) -> None:
    deletes = segment_deletes(prune=False, strangers=strangers)
    with pytest.raises(MigrationError, match=r"^prune: .* segment 'a' .* object 'o' that"):
        deletes.names("o", segments("a", "b"), 1)
    assert deletes.names("o", [], 1) == []


def test_no_segment_is_deleted_of_an_object_of_which_the_source_lists_none() -> None:
    with pytest.raises(MigrationError, match=r"^prune: .*no segment .* 'o', the destination 2"):
        segment_deletes().names("o", segments("a", "b"), 0)
    assert segment_deletes().names("o", [], 0) == []


def test_segments_of_all_objects_count_against_one_limit() -> None:
    deletes = segment_deletes(most=3)
    assert deletes.names("o", segments("a"), 1) == ["a"]
    assert deletes.names("p", segments("b"), 1) == ["b"]
    with pytest.raises(MigrationError, match=r"^max_delete: 2 segments .* 2 were .* 3 may be"):
        deletes.names("q", segments("c", "d"), 1)
    assert deletes.names("q", segments("c"), 1) == ["c"]


def test_a_segment_that_was_not_deleted_after_all_does_not_count() -> None:
    deletes = segment_deletes(most=2)
    assert deletes.names("o", segments("a", "b"), 1) == ["a", "b"]
    deletes.give_back(1)
    assert deletes.names("o", segments("b"), 1) == ["b"]
    with pytest.raises(MigrationError, match=r"^max_delete: .* 2 were .* 2 may be"):
        deletes.names("p", segments("c"), 1)


def test_the_limit_is_not_asked_for_as_long_as_nothing_is_to_be_deleted() -> None:
    def most() -> int:
        raise AssertionError("the destination was not listed to its end yet")

    deletes = SegmentDeletes(prune=True, may_delete=lambda _step: True, most=most)
    assert deletes.names("o", [], 1) == []


@pytest.mark.parametrize(("destination", "most"), [(10, 1), (100, 10)])
def test_a_percentage_is_one_of_the_destination(destination: int, most: int) -> None:
    refuse_suspicious_deletes(most, "10%", source=1000, destination=destination)
    with pytest.raises(MigrationError, match=rf"{most + 1} objects .* more than the {most} "):
        refuse_suspicious_deletes(most + 1, "10%", source=1000, destination=destination)
