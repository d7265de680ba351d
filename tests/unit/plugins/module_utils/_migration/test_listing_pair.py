# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Both listings side by side, and whether each was whole."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    ListingPair,
    stat_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    IncompleteListingError,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

Stores = tuple[ObjectStore, ObjectStore]


@pytest.fixture
def stores(source: ObjectServer, destination: ObjectServer) -> Stores:
    source.script, destination.script = both = (ObjectStore(), ObjectStore())
    for store, names in zip(both, ("abd", "bcde"), strict=True):
        for name in names:
            store.put(name, name.encode())
        store.containers["c"]["x-container-object-count"] = str(len(names))
    return both


def pair(source: ObjectServer, destination: ObjectServer, prefix: str = "") -> ListingPair:
    def old() -> object:
        return source.container()

    def new() -> object:
        return destination.container(label="destination")

    before = (stat_of(source.container()), stat_of(destination.container()))
    return ListingPair((old, new), prefix, before)  # type: ignore[arg-type]


def shown(names: ListingPair) -> list[tuple[str, str]]:
    return [(each.name if each else "-", copy.name if copy else "-") for each, copy in names]


@pytest.mark.usefixtures("stores")
def test_each_name_of_either_listing_comes_once_and_in_order(
    source: ObjectServer, destination: ObjectServer
) -> None:
    names = pair(source, destination)
    assert shown(names) == [("a", "-"), ("b", "b"), ("-", "c"), ("d", "d"), ("-", "e")]
    names.check(destination=True)


@pytest.mark.parametrize("side", [0, 1])
def test_a_listing_that_shows_too_little_is_refused(
    source: ObjectServer, destination: ObjectServer, stores: Stores, side: int
) -> None:
    stores[side].containers["c"]["x-container-object-count"] = "900"
    names = pair(source, destination)
    shown(names)
    with pytest.raises(IncompleteListingError, match=f"shows {3 + side} objects, .* 900"):
        names.check(destination=True)


def test_what_the_destinations_listing_lacks_counts_only_if_asked_for(
    source: ObjectServer, destination: ObjectServer, stores: Stores
) -> None:
    stores[1].containers["c"]["x-container-object-count"] = "900"
    names = pair(source, destination)
    shown(names)
    names.check(destination=False)


def test_a_part_of_the_names_is_not_compared_with_what_is_counted(
    source: ObjectServer, destination: ObjectServer, stores: Stores
) -> None:
    stores[0].containers["c"]["x-container-object-count"] = "900"
    names = pair(source, destination, "b")
    assert shown(names) == [("b", "b")]
    names.check(destination=True)


def test_a_container_that_is_not_there_is_named(
    source: ObjectServer, destination: ObjectServer, stores: Stores
) -> None:
    stores[0].containers.clear()
    with pytest.raises(MigrationError, match="'c'"):
        pair(source, destination)
