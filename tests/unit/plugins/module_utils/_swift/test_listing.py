# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing is read to its end, in order, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
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


def entries(*found: dict[str, Any], what: str = "container 'c'") -> list[ListedObject]:
    """The entries of a listing of one page."""
    return list(listing(lambda marker: [] if marker else list(found), what))


@pytest.mark.parametrize("body", [b"[1]", b"[null]", b"[x]", b"{}", b"7", b'"a"'])
def test_what_is_no_list_of_rows_is_an_error(body: bytes) -> None:
    with pytest.raises(ListingError) as caught:
        rows(body, "container 'c'")
    expected = "what the server sent as a page of the listing of container 'c' is not a listing."
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("body", "value"),
    [(b"[{}]", "nothing"), (b'[{"subdir": "x/"}]', "nothing"), (b'[{"name": 1}]', "1")],
)
def test_a_row_without_a_name_is_an_error(body: bytes, value: str) -> None:
    with pytest.raises(ListingError) as caught:
        rows(body, "container 'c'")
    assert caught.value.message == f"the listing of container 'c' has {value} as 'name'"


def test_a_page_is_given_as_it_was_sent() -> None:
    page = [row("a"), row("b") | {"slo_etag": "e"}]
    assert rows(json.dumps(page).encode()) == page
    assert rows(b"") == rows(b"[]") == []


def test_every_value_of_a_row_is_in_its_entry() -> None:
    page = [row("a") | {"bytes": 7, "slo_etag": "e", "symlink_path": "/v1/AUTH_x/c/ü"}]
    (entry,) = listing(lambda marker: [] if marker else page)
    moment = "2026-01-01T00:00:00.000000"
    assert entry == ListedObject("a", 7, "h", "text/plain", moment, "e", "/v1/AUTH_x/c/ü")


@pytest.mark.parametrize("name", ["a", "ü"])
def test_an_object_of_which_old_versions_are_kept_is_no_symlink(name: str) -> None:
    shown = "/v1/AUTH_x/c/a?version-id=1764412345.12345"
    (entry,) = entries(row(name) | {"symlink_path": shown, "version_symlink": True})
    assert entry.symlink == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, None) for field in ("bytes", "hash", "last_modified")),
        *((field, 1.5) for field in ("bytes", "hash", "last_modified", "content_type", "slo_etag")),
        *(("bytes", value) for value in (-1, True, "", "1e3", "0x10", " 7", "7.0", "-7", "\u0667")),
        *(("bytes", value) for value in (10**18, "9" * 19)),
        *(("hash", value) for value in ("", ["h"], {})),
        *(
            ("last_modified", value)
            for value in ("", "Thu, 01 Jan 2026 00:00:00 GMT", "2026-13-01T00:00:00.000000")
        ),
        ("last_modified", "0001-01-01T00:00:00+05:00"),
        *((f, "half: \ud800") for f in ("name", "hash", "content_type", "slo_etag")),
        *(("symlink_path", value) for value in (1.5, ["/v1/AUTH_x/c/o"], "half: \ud800")),
    ],
)
def test_a_wrong_value_is_an_error_that_names_container_object_and_field(
    field: str, value: object
) -> None:
    with pytest.raises(ListingError) as caught:
        entries(row("a") | {field: value})
    of = "" if field == "name" else " of 'a'"
    shown = json.dumps(value)
    assert caught.value.message == f"the listing of container 'c' has {shown} as '{field}'{of}"


@pytest.mark.parametrize("missing", ["bytes", "hash", "last_modified"])
def test_a_row_that_lacks_something_is_an_error(missing: str) -> None:
    lacking = row("a")
    del lacking[missing]
    with pytest.raises(ListingError, match=f"'c' has nothing as '{missing}' of 'a'"):
        entries(lacking)


@pytest.mark.parametrize("value", ["x" * 1000, "9" * 5000, 10**4000])
def test_a_long_wrong_value_is_told_in_part(value: object) -> None:
    with pytest.raises(ListingError) as caught:
        entries(row("a") | {"bytes": value})
    assert len(caught.value.message) < 200


def test_an_empty_name_is_an_error() -> None:
    with pytest.raises(ListingError, match="has \"\" as 'name'"):
        entries(row(""))


def test_a_hash_is_the_same_in_either_case() -> None:
    (entry,) = entries(row("a") | {"hash": "0123ABCDEF", "slo_etag": '"ABC"'})
    assert (entry.hash, entry.slo_etag) == ("0123abcdef", "abc")
    (entry,) = entries(row("a") | {"hash": "0123ABCDEF", "bytes": "7"})
    assert entry.hash == "0123abcdef"


def test_a_number_of_bytes_may_come_as_text() -> None:
    (entry,) = entries(row("ä") | {"bytes": "0700"})
    assert (entry.name, entry.size) == ("ä", 700)


def test_no_content_type_is_an_empty_one() -> None:
    (entry,) = entries(row("a") | {"content_type": None, "slo_etag": None})
    assert (entry.content_type, entry.slo_etag) == ("", "")


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-01-01T00:00:26", "2026-01-01T00:00:26"),
        ("2026-01-01T00:00:26Z", "2026-01-01T00:00:26"),
        ("2026-01-01T00:00:26.197Z", "2026-01-01T00:00:26.197"),
        ("2026-01-01T00:00:26.197500Z", "2026-01-01T00:00:26.197500"),
        ("2026-01-01 00:00:26.197500", "2026-01-01T00:00:26.197500"),
        ("2026-01-01T00:00:26.197500123Z", "2026-01-01T00:00:26.197500"),
        ("2026-01-01T00:00:26+00:00", "2026-01-01T00:00:26.000000"),
        ("2026-01-01T05:30:26.5+05:30", "2026-01-01T00:00:26.500000"),
        ("2026-01-01T00:00:26.5+0000", "2026-01-01T00:00:26.500000"),
        ("20260101T000026", "2026-01-01T00:00:26.000000"),
    ],
)
def test_a_time_in_another_form_is_the_same_time(sent: str, moment: str) -> None:
    (entry,) = entries(row("a") | {"last_modified": sent})
    assert entry.last_modified == moment


def test_times_of_swift_and_of_ceph_compare_as_texts() -> None:
    moments = ["2026-01-01T00:00:26.197Z", "2026-01-01T00:00:26.197500"]
    pages = [[row("a") | {"last_modified": moments[0]}, row("b") | {"last_modified": moments[1]}]]
    ceph, swift = listing(lambda _marker: pages.pop() if pages else [])
    assert ceph.last_modified < swift.last_modified
