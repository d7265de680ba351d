# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The first and the last name of a page, and its rows before an end."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import listing_page
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_page import (
    ends,
    within,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.listing_server import row

NAME = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(NAME, min_size=1, max_size=5, unique=True), NAME)
def test_the_ends_of_a_page_are_found_whatever_the_names(found: list[str], end: str) -> None:
    found.sort()
    for separators in ((", ", ": "), (",", ":")):
        page = json.dumps([row(name) for name in found], separators=separators).encode()
        assert ends(page) == (found[0], found[-1])
        kept = [one["name"] for one in json.loads(within(page, end))]
        assert kept == [name for name in found if name < end]


@pytest.mark.parametrize("first", ["a", "ab"])
@pytest.mark.parametrize("number", [1, 2, 100])
def test_the_ends_of_a_page_are_found_without_what_is_between(
    monkeypatch: pytest.MonkeyPatch, first: str, number: int
) -> None:
    # Of the large page, one of the two first names lets the head end within a letter.
    found = [first, *("b" + "é" * 490 + f"{position:04}" for position in range(number - 1))]
    page = json.dumps([row(name) for name in found], ensure_ascii=False).encode()
    monkeypatch.setattr(listing_page, "rows", None)
    assert ends(page) == (found[0], found[-1])


def test_a_server_that_writes_its_pages_differently_is_understood() -> None:
    page = json.dumps([row("a"), row("b")], indent=2).encode()
    assert ends(page) == ("a", "b")
    assert ends(b"[ ]") is ends(b"") is None
