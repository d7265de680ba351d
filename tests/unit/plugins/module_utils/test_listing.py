# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing is read to its end, in order, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._listing import (
    Entry,
    ListingError,
    listing,
    rows,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True)


def row(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "bytes": 1,
        "hash": "h",
        "content_type": "text/plain",
        "last_modified": "2026-01-01T00:00:00.000000",
    }


def server(names: list[str], sizes: list[int]) -> Any:
    """A server whose n-th page has at most ``sizes[n]`` entries, as Ceph's short pages."""
    ordered = sorted(names, key=lambda name: name.encode())
    limits = iter(sizes)

    def fetch(marker: str) -> list[dict[str, Any]]:
        left = [row(name) for name in ordered if name.encode() > marker.encode()]
        return left[: next(limits, 2)]

    return fetch


@given(NAMES, st.lists(st.integers(1, 5)))
def test_short_pages_lose_nothing_and_names_come_in_utf8_order(
    names: list[str], sizes: list[int]
) -> None:
    found = [entry.name for entry in listing(server(names, sizes))]
    assert found == sorted(names, key=lambda name: name.encode())


def test_is_lazy_page_by_page() -> None:
    asked: list[str] = []

    def fetch(marker: str) -> list[dict[str, Any]]:
        asked.append(marker)
        return [row(f"{len(asked):03}")]

    entries = listing(fetch)
    assert next(entries).name == "001"
    assert asked == [""]


@pytest.mark.parametrize("second", ["a", "b", "aa"])
def test_a_name_that_does_not_follow_its_predecessor_is_an_error(second: str) -> None:
    with pytest.raises(ListingError, match="not in order"):
        list(listing(lambda marker: [row("b"), row(second)] if not marker else []))


def test_a_repeated_page_is_an_error_and_not_a_loop() -> None:
    with pytest.raises(ListingError) as caught:
        list(listing(lambda marker: [row("a"), row("b")]))
    assert str(caught.value) == (
        "the listing of container is not in order: 'a' came after 'b'. "
        "Nothing was deleted. If it comes again, ask the server's admin."
    )


def test_the_container_is_named_in_the_error() -> None:
    with pytest.raises(ListingError, match=r"^the listing of container 'c' is not in order"):
        list(listing(lambda _marker: [row("a")], "container 'c'"))


def test_a_name_after_a_marker_is_asked_for_only_when_the_page_is_used_up() -> None:
    asked: list[str] = []

    def fetch(marker: str) -> list[dict[str, Any]]:
        asked.append(marker)
        return [] if marker else [row("a"), row("b")]

    entries = listing(fetch)
    assert [next(entries).name, next(entries).name] == ["a", "b"]
    assert asked == [""]
    assert list(entries) == []
    assert asked == ["", "b"]


def test_an_entry_without_content_type_has_an_empty_one() -> None:
    bare = {key: value for key, value in row("a").items() if key != "content_type"}
    (entry,) = listing(lambda marker: [] if marker else [bare])
    assert entry.content_type == ""


def test_the_quotes_of_an_slo_etag_are_dropped() -> None:
    page = [{**row("a"), "slo_etag": '"0123"'}]
    (entry,) = listing(lambda marker: [] if marker else page)
    assert entry.slo_etag == "0123"


@pytest.mark.parametrize("body", [b"[{}]", b"[1]", b'[{"subdir": "x/"}]', b'[{"name": 1}]', b"[x]"])
def test_rows_that_are_no_objects_are_an_error(body: bytes) -> None:
    with pytest.raises(ListingError) as caught:
        rows(body)
    assert str(caught.value) == "what the server sent as a page of a listing is not a listing."


def test_a_page_is_given_as_it_was_sent() -> None:
    page = [row("a"), row("b") | {"slo_etag": "e"}]
    assert rows(json.dumps(page).encode()) == page
    assert rows(b"") == rows(b"[]") == []


def test_every_value_of_a_row_is_in_its_entry() -> None:
    page = [row("a") | {"bytes": 7, "slo_etag": "e"}]
    (entry,) = listing(lambda marker: [] if marker else page)
    moment = "2026-01-01T00:00:00.000000"
    assert entry == Entry("a", 7, "h", "text/plain", moment, "e")


@pytest.mark.parametrize("missing", ["bytes", "hash", "last_modified"])
def test_a_row_that_lacks_something_is_an_error(missing: str) -> None:
    lacking = row("a")
    del lacking[missing]
    with pytest.raises(ListingError, match="is not a listing"):
        list(listing(lambda _marker: [lacking]))


def test_times_of_swift_and_of_ceph_compare_as_texts() -> None:
    moments = ["2026-01-01T00:00:26.197Z", "2026-01-01T00:00:26.197500"]
    pages = [[row("a") | {"last_modified": moments[0]}, row("b") | {"last_modified": moments[1]}]]
    ceph, swift = listing(lambda _marker: pages.pop() if pages else [])
    assert ceph.last_modified < swift.last_modified
