# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Names of objects from a file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.name_list import (
    UNREADABLE,
    read_names,
)


def written(folder: Path, text: str) -> str:
    path = folder / "names"
    path.write_bytes(text.encode())
    return str(path)


@pytest.mark.parametrize(
    "text",
    ["a//b\n c \nü\n", "a//b\n c \nü", "a//b\r\n c \r\nü\r\n", "a//b\n\n c \nü\n"],
    ids=["lines", "no end", "CRLF", "empty line"],
)
def test_one_name_a_line_is_taken_as_it_is(tmp_path: Path, text: str) -> None:
    assert read_names(written(tmp_path, text), "names") == {"a//b", " c ", "ü"}


def test_a_list_that_a_module_wrote_gives_its_names_whatever_they_hold(tmp_path: Path) -> None:
    names = ["two\nlines", '{"name": "x"}', "plain"]
    text = "".join(json.dumps({"name": name, "outcome": "failed"}) + "\n" for name in names)
    assert read_names(written(tmp_path, text), "names") == set(names)


@pytest.mark.parametrize("key", ["outcome", "verdict"])
def test_of_a_list_that_a_module_wrote_only_what_is_asked_for_counts(
    tmp_path: Path, key: str
) -> None:
    rows = [("lost", "unreadable"), ("old", "accepted"), ("fine", "copied"), ("other", "differ")]
    text = "".join(json.dumps({"name": name, key: outcome}) + "\n" for name, outcome in rows)
    path = written(tmp_path, text)
    assert read_names(path, "names", UNREADABLE) == {"lost", "old"}
    assert read_names(path, "names") == {"lost", "old", "fine", "other"}


def of_a_run(folder: Path) -> Path:
    """The list of all objects of a run."""
    rows = [
        ("right", "match", "kept"),
        ("mended", "match", "copied"),
        ("refused", "error", "failed"),
        ("lost", "error", "unreadable"),
        ("other", "differ", "differ"),
        ("absent", "missing-on-dst", "missing"),
        ("gone", "missing-on-src", "deleted"),
    ]
    text = "".join(
        json.dumps({"name": name, "outcome": outcome, "counted_as": counted}) + "\n"
        for name, outcome, counted in rows
    )
    path = folder / "run.jsonl.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_of_the_list_of_a_run_only_what_is_not_right_counts(tmp_path: Path) -> None:
    path = str(of_a_run(tmp_path))
    assert read_names(path, "names") == {"refused", "lost", "other", "absent"}
    assert read_names(path, "names", UNREADABLE) == {"lost"}


@pytest.mark.parametrize("damage", [lambda data: data[:-12], lambda _data: b"a name\n"])
def test_a_compressed_list_that_is_damaged_is_told(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = of_a_run(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(MigrationError, match=r"^names: cannot read .*\.gz: "):
        read_names(str(path), "names")


def test_an_empty_file_has_no_names(tmp_path: Path) -> None:
    assert read_names(written(tmp_path, ""), "names") == set()


def test_a_line_of_json_without_a_name_is_told_with_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, '{"name": "a"}\n{"nam": "b"}\n')
    with pytest.raises(MigrationError, match=r"^accept: line 2 of .*names is not a JSON object"):
        read_names(path, "accept")


@pytest.mark.parametrize("content", [None, b"\xff\n"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_told_by_its_option(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "names"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MigrationError, match=r"^accept: cannot read .*names: "):
        read_names(str(path), "accept")
