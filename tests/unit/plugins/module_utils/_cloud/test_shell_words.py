# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Words and operators of a shell program."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_words import (
    Computed,
    Literal,
    Operator,
    Parameter,
    ShellSyntaxError,
    Token,
    plain,
    tokens,
)


def bare(*texts: str) -> list[Token]:
    return [(Literal(text, is_bare=True),) for text in texts]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("export A=b # c", ["export", "A=b"]),
        ("a#b \\\n  c", ["a#b", "c"]),
        ("a \\\r\n  c\r", ["a", "c"]),
    ],
)
def test_comments_and_continued_lines_are_no_words(program: str, words: list[str]) -> None:
    assert list(tokens(program)) == bare(*words)


def test_operators_stand_by_themselves() -> None:
    found = [
        token.text if isinstance(token, Operator) else plain(token)
        for token in tokens("a;b&&c 2>&1\nd<<<e")
    ]
    assert found == ["a", ";", "b", "&&", "c", "2", ">&", "1", "\n", "d", "<<<", "e"]


def test_a_document_is_no_program() -> None:
    program = "cat <<'EOF' <<-END\nA=$(\nEOF\n\tB='\n\tEND\nC=d"
    found = [plain(token) for token in tokens(program) if not isinstance(token, Operator)]
    assert found == ["cat", None, "END", "C=d"]


@pytest.mark.parametrize(
    ("word", "piece"),
    [
        ("$A", Parameter("A")),
        ("${A}", Parameter("A")),
        ("${A:-b}", Parameter("A", ":-", (Literal("b"),))),
        ("${A-${B}}", Parameter("A", "-", (Parameter("B"),))),
        ("$(date '+)' `x` $(y))", Computed()),
        ("$((1 + (2)))", Computed()),
        ("`date \\` '`", Computed()),
        ("${A%b}", Computed()),
        ("${#A}", Computed()),
        ("$?", Computed()),
        ("'a b'", Literal("a b")),
        ("$'a\\tb\\x41\\101\\u00e9\\q'", Literal("a\tbAAé\\q")),
    ],
)
def test_a_word_has_pieces(word: str, piece: object) -> None:
    assert list(tokens(word)) == [(piece,)]


@pytest.mark.parametrize("program", ["'a", '"a', "`a", "$(a", "${A:-b", "$'a", "$((1)"])
def test_what_does_not_end_is_told_with_its_line(program: str) -> None:
    with pytest.raises(ShellSyntaxError, match="begins in line 2 does not end"):
        list(tokens("a\n" + program))


def test_nothing_is_nested_without_end() -> None:
    with pytest.raises(ShellSyntaxError, match="nested too deep"):
        list(tokens("${A:-" * 100))
