# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Nothing that a name or a server says does anything to a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.json_lines import (
    JsonLinesFile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.name_list import (
    read_names,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import Action
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import Report
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import (
    printable,
    printable_json,
    safe_in_json,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
    Response,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    status_error,
)
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.security

HOSTILE = [
    "b\x1b]0;TITLE\x07\x1b[2K\x1b[1A\x1b[32mok: all fine",
    "c1 \x9b32mok",
    "back\x08\x08\x7f",
    "turned \u202e around \u2066",
    "tag \U000e0001",
    "alone \ud800",
    "line\u2028\x85end",
    "zero\u200bwidth\0",
]
NAMES = pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller/日本 😀", "Müller/日本 😀"),
        ("a\x1b[1mb", r"a\x1b[1mb"),
        ("\x9b\n", r"\x9b\n"),
        ("\u202e\ud800", r"\u202e\ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_json_reads_the_same(text: str) -> None:
    written = printable_json({"name": text})
    assert written.isprintable()
    assert json.loads(written) == {"name": text}


@NAMES
def test_an_error_is_printable(name: str) -> None:
    error = MigrationError(f"'{name}' failed", option=name, remedy=name)
    assert str(error).isprintable()


@NAMES
def test_what_a_server_says_is_printable(name: str) -> None:
    body = f"<html>{name}\n{name}".encode("utf-8", "surrogatepass")
    refused = Response(500, b"HTTP/1.1 500 X\r\n\r\n", body)
    assert str(status_error(Request("PUT", "http://h/o"), refused, "source")).isprintable()


@NAMES
def test_a_diff_and_the_first_failure_are_printable(name: str) -> None:
    report = Report()
    report.add(Action.COPY, Outcome(Kind.COPIED, name, 1))
    report.add(Action.COPY, Outcome(Kind.FAILED, name, reason=name))
    assert all(line.isprintable() for line in report.diff()["prepared"].splitlines())
    assert report.diff()["prepared"].count("\n") == 1
    with pytest.raises(MigrationError) as caught:
        report.raise_for_failures()
    assert str(caught.value).isprintable()


@NAMES
def test_a_list_is_printable_and_its_names_are_read_back(name: str, tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    file = JsonLinesFile(str(path))
    file.open()
    file.write({"name": name})
    file.close()
    assert path.read_text().removesuffix("\n").isprintable()
    assert read_names(str(path), "copy_again") == {name}


@pytest.mark.security
def test_a_result_holds_nothing_that_json_leaves_as_it_is() -> None:
    result = {"names": ["a\x9b2J\u202e", ("b\x7f",)], "k\x9d": {"n": 1, "text": "ä\n\x1b"}}
    shown = safe_in_json(result)
    assert shown == {
        "names": ["a\\x9b2J\\u202e", ["b\\x7f"]],
        "k\\x9d": {"n": 1, "text": "ä\n\x1b"},
    }
    assert json.dumps(shown, ensure_ascii=False).isprintable()
