# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A catalogue in a file: whole, in order, or refused."""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._catalogue_file import (
    CatalogueError,
    checked,
    read_catalogue,
    write_catalogue,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))


def lines(*names: str) -> list[bytes]:
    ordered = sorted(names, key=lambda name: name.encode())
    return [*(name.encode().hex().encode() for name in ordered), b"end %d" % len(names)]


@given(NAMES)
def test_what_is_written_is_read_in_the_order_of_a_listing(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    path = tmp_path_factory.mktemp("catalogue") / "names"
    assert write_catalogue(path, lines(*names)) == len(names)
    assert list(read_catalogue(path, "names")) == sorted(names)


def test_nobody_else_may_read_the_file_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / "names"
    write_catalogue(path, lines("a"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_says_nothing_but_the_names(tmp_path: Path) -> None:
    path, other = tmp_path / "names", tmp_path / "other"
    for each in (path, other):
        write_catalogue(each, lines("a", "b\n"))
    assert path.read_bytes() == other.read_bytes()
    assert b"names" not in path.read_bytes()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([b"61", b"62"], "ends after 2 names without saying so"),
        ([], "ends after 0 names without saying so"),
        ([b"61", b"end 2"], "says 'end 2' after 1 names"),
        ([b"61", b"end 1", b"62"], "says 'end 1' after 1 names"),
        ([b"61", b"end 1x"], "says 'end 1x' after 1 names"),
        ([b"62", b"61", b"end 2"], "line 2 of a catalogue is not in order"),
        ([b"61", b"61", b"end 2"], "line 2 of a catalogue is not in order"),
        ([b"6", b"end 1"], "no line '6'"),
        ([b"6A", b"end 1"], "no line '6A'"),
        ([b"", b"end 1"], "no line ''"),
        ([b"Pager\x1b[2J\xff", b"end 1"], r"no line 'Pager\\x1b\[2J\\xff'"),
    ],
)
def test_lines_that_are_no_whole_catalogue_are_refused(given: list[bytes], told: str) -> None:
    with pytest.raises(CatalogueError, match=told):
        list(checked(given))


def test_what_is_left_of_a_catalogue_that_broke_off_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "names"
    with pytest.raises(CatalogueError):
        write_catalogue(path, [b"61"])
    assert not path.exists()


@pytest.mark.parametrize("cut", [5, 12, -9, -1], ids=["header", "first block", "end", "sum"])
def test_a_part_of_a_file_is_no_catalogue(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "names"
    write_catalogue(path, lines("a", "b"))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(CatalogueError, match="is no whole catalogue"):
        list(read_catalogue(path, "names"))


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("chris/a\n")
    with pytest.raises(CatalogueError, match=r"^names: .* is no whole catalogue"):
        list(read_catalogue(path, "names"))


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "names"
    with gzip.open(path, "wb") as file:
        file.write(b"ff\nend 1\n")
    with pytest.raises(CatalogueError, match="not UTF-8"):
        list(read_catalogue(path, "names"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=r"^names: cannot read .*none: No such file"):
        list(read_catalogue(tmp_path / "none", "names"))
    with pytest.raises(MigrationError, match=r"^path: cannot write .*x: No such file"):
        write_catalogue(tmp_path / "none" / "x", lines())


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MigrationError, match="symbolic link"):
        write_catalogue(link, lines("a"))
    assert not (tmp_path / "elsewhere").exists()
