# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names from a file, in the order of a listing."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._catalogue_file import (
    write_catalogue,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.known_names import (
    in_order,
    known_names,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from hypothesis import given
from hypothesis import strategies as st

MANY = 100_000


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_they_are_sorted_as_a_listing_is_and_each_comes_once(names: list[str]) -> None:
    assert list(in_order(names)) == sorted(set(names), key=lambda name: name.encode())


def test_a_list_in_any_order_is_sorted(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("ü\nb\n\na b\r\nb\n", newline="")
    assert list(known_names(str(path), is_catalogue=False)) == ["a b", "b", "ü"]


def test_a_list_of_json_may_hold_names_with_line_feeds(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("".join(json.dumps({"name": name}) + "\n" for name in ("b\nc", "a")))
    assert list(known_names(str(path), is_catalogue=False)) == ["a", "b\nc"]


@pytest.mark.parametrize("is_catalogue", [True, False])
def test_of_a_prefix_only_its_names_come(tmp_path: Path, is_catalogue: bool) -> None:
    path, names = tmp_path / "names", ["a", "b", "ba", "c"]
    if is_catalogue:
        write_catalogue(path, [*(name.encode().hex().encode() for name in names), b"end 4"])
    else:
        path.write_text("\n".join(names))
    assert list(known_names(str(path), "b", is_catalogue=is_catalogue)) == ["b", "ba"]


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"^names: cannot read .*none: No such file"):
        list(known_names(str(tmp_path / "none"), is_catalogue=False))


def test_half_of_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text('{"name": "\\ud800"}\n')
    with pytest.raises(MigrationError, match=r"^names: cannot sort names"):
        list(known_names(str(path), is_catalogue=False))


def test_memory_does_not_grow_with_the_list() -> None:
    """Python's share of it; SQLite keeps 2 MB of its file."""
    tracemalloc.start()
    try:
        assert sum(1 for _name in in_order(f"{i * 7919 % MANY:0100}" for i in range(MANY))) == MANY
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
