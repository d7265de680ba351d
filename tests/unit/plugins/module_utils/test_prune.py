# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Deletes are allowed only when they cannot be a mistake."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._prune import (
    allow_deletes,
    most_deletes,
)


@pytest.mark.parametrize(
    ("max_delete", "objects", "most"),
    [("7", 10, 7), ("0", 10, 0), ("10%", 100, 10), ("10%", 9, 0), (" 5 % ", 100, 5)],
)
def test_a_limit_is_a_count_or_a_percentage(max_delete: str, objects: int, most: int) -> None:
    assert most_deletes(max_delete, objects) == most


@pytest.mark.parametrize("max_delete", ["", "%", "-1", "many", "1.5%", "²"])
def test_anything_else_is_refused_by_name(max_delete: str) -> None:
    with pytest.raises(MigrationError, match=r"^max_delete: ") as caught:
        most_deletes(max_delete, 10)
    assert repr(max_delete) in str(caught.value)


def test_as_many_as_the_limit_are_allowed_and_not_one_more() -> None:
    allow_deletes(5, "5", source=1, destination=100)
    with pytest.raises(MigrationError, match=r"6 objects .* more than the 5"):
        allow_deletes(6, "5", source=1, destination=100)


def test_segments_that_were_deleted_before_count() -> None:
    allow_deletes(5, "10", source=1, destination=100, deleted=5)
    with pytest.raises(MigrationError, match="more than the 4"):
        allow_deletes(5, "10", source=1, destination=100, deleted=6)


def test_an_empty_source_allows_none() -> None:
    with pytest.raises(MigrationError, match="listing is empty"):
        allow_deletes(1, "100%", source=0, destination=100)


@pytest.mark.parametrize(("source", "counted"), [(90, 100), (100, 0), (100, 90)])
def test_a_listing_that_agrees_with_the_count_is_trusted(source: int, counted: int) -> None:
    allow_deletes(1, "5", source=source, destination=100, counted=counted)
    with pytest.raises(MigrationError, match="more than the 5"):
        allow_deletes(6, "5", source=source, destination=100, counted=counted)


def test_a_listing_that_lacks_what_the_server_counts_means_no_delete() -> None:
    with pytest.raises(MigrationError, match=r"^prune: .* shows 89 objects, its server counts 100"):
        allow_deletes(1, "100%", source=89, destination=100, counted=100)
