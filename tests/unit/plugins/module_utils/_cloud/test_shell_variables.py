# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables of a shell, and what a word stands for."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_variables import (
    ShellVariables,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_words import (
    Computed,
    Literal,
    Parameter,
)

WORD = (Literal("word"),)


@pytest.fixture
def variables() -> ShellVariables:
    made = ShellVariables()
    made.assign("EMPTY", "")
    made.assign("FULL", "text")
    made.assign("UNCLEAR", None)
    return made


def test_of_the_environment_only_the_home_directory_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/chris")
    monkeypatch.setenv("OS_PASSWORD", "another")
    assert ShellVariables().values == {"HOME": "/home/chris"}


@pytest.mark.parametrize(
    ("operator", "absent", "empty", "full"),
    [
        ("", "", "", "text"),
        ("-", "word", "", "text"),
        (":-", "word", "word", "text"),
        ("=", "word", "", "text"),
        (":=", "word", "word", "text"),
        ("+", "", "word", "word"),
        (":+", "", "", "word"),
        ("?", None, "", "text"),
        (":?", None, None, "text"),
    ],
)
def test_an_operator_counts_for_what_is_not_there_and_with_a_colon_for_what_is_empty(
    variables: ShellVariables, operator: str, absent: str | None, empty: str | None, full: str
) -> None:
    found = [
        variables.expand((Parameter(name, operator, WORD),)) for name in ("ABSENT", "EMPTY", "FULL")
    ]
    assert found == [absent, empty, full]
    assigned = {"ABSENT": "word"} if operator.endswith("=") else {}
    expected = {"EMPTY": "word" if operator == ":=" else "", "FULL": "text", **assigned}
    assert {**variables.values, "HOME": ""} == {"HOME": "", **expected}


@pytest.mark.parametrize("operator", ["", "-", ":-", "=", "+", ":+", "?"])
def test_what_only_a_shell_can_tell_stays_so_whatever_stands_behind_it(
    variables: ShellVariables, operator: str
) -> None:
    assert variables.expand((Parameter("UNCLEAR", operator, WORD),)) is None
    assert variables.unknown == {"UNCLEAR"}


def test_a_default_that_only_a_shell_can_tell_is_assigned_as_such(
    variables: ShellVariables,
) -> None:
    assert variables.expand((Parameter("EMPTY", ":=", (Computed(),)),)) is None
    assert variables.unknown == {"UNCLEAR", "EMPTY"}
    assert "EMPTY" not in variables.values


def test_a_word_is_known_if_all_of_it_is_and_all_of_it_is_expanded(
    variables: ShellVariables,
) -> None:
    assert variables.expand((Literal("a "), Parameter("FULL"), Parameter("ABSENT"))) == "a text"
    assert variables.expand((Computed(), Parameter("ABSENT", "=", WORD))) is None
    assert variables.values["ABSENT"] == "word"
    assert variables.expand(()) == ""


def test_the_last_assignment_counts(variables: ShellVariables) -> None:
    variables.assign("UNCLEAR", "text")
    variables.assign("FULL", None)
    assert variables.unknown == {"FULL"}
    assert variables.values["UNCLEAR"] == "text"
    assert "FULL" not in variables.values


def test_what_is_unset_is_known_to_be_away(variables: ShellVariables) -> None:
    for name in ("UNCLEAR", "FULL", "ABSENT"):
        variables.unset(name)
    assert variables.unknown == set()
    assert variables.expand((Parameter("FULL", "-", WORD),)) == "word"


def test_when_nobody_knows_what_is_unset_nothing_is_known_any_more(
    variables: ShellVariables,
) -> None:
    variables.unset(None)
    assert variables.values == {}
    assert variables.unknown == {"HOME", "EMPTY", "FULL", "UNCLEAR"}
