# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The words and operators of a shell program, as POSIX and bash quote and expand them.

No kept library does it: shlex expands nothing, and the parsers of bash on PyPI refuse ``case``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .._errors import MigrationError

_CONTINUED = re.compile(r"\\\r?\n")
# A line of a file from Windows ends with \r\n.
_BLANK = re.compile(r"(?:[ \t]|\\\r?\n|\r(?=\n|\Z))+")
_COMMENT = re.compile(r"#[^\n]*")
_OPERATOR = re.compile(r"<<<|<<-|;;&|&>>|&&|\|\||;;|;&|<<|>>|<&|>&|<>|>\||&>|\|&|[\n;&|()<>]")
_BARE = re.compile(r"[^ \t\r\n'\"\\;&|<>()$`]+|\r(?!\n|\Z)|\$(?![A-Za-z0-9_({'\"@*#?$!-])")
_QUOTED = re.compile(r"[^\"\\$`]+|\$(?![A-Za-z0-9_({@*#?$!-])")
_DEFAULT = re.compile(r"[^}'\"\\$`]+|\$(?![A-Za-z0-9_({'\"@*#?$!-])")
_PARAMETER = re.compile(
    r"\$(?:([A-Za-z_][A-Za-z0-9_]*|\d)|\{([A-Za-z_][A-Za-z0-9_]*|\d+)(:?[-+=?]|\}))"
)
_SPECIAL = re.compile(r"\$[@*#?$!-]")
_ESCAPED = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))|([^\\]+)", re.DOTALL
)
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "v": "\v",
}

_DEEPEST = 40
"""Expansions within expansions that are read."""


class ShellSyntaxError(MigrationError):
    """A quote or an expansion that begins and does not end."""


@dataclass(frozen=True)
class Literal:
    """Text that stands for itself.

    :ivar is_bare: whether it stands without quotes, so that ``~`` and ``{a,b}`` mean something.
    """

    text: str
    is_bare: bool = False


@dataclass(frozen=True)
class Parameter:
    """``$NAME``, or ``${NAME:-word}`` and the like.

    :ivar operator: "" or one of ``- + = ?``, with ``:`` before it if empty counts as unset.
    """

    name: str
    operator: str = ""
    word: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Computed:
    """What only a shell can tell: the output of a command, arithmetic, ``${NAME%pattern}``."""


Piece: TypeAlias = "Literal | Parameter | Computed"
Word = tuple[Piece, ...]


class Operator(NamedTuple):
    """What stands between words: ``;``, ``&&``, a new line, ``<`` ..."""

    text: str


Token: TypeAlias = "Word | Operator"  # noqa: S105 - a word of a program, no secret


def plain(token: Token) -> str | None:
    """Return the text of a word without quotes and expansions, of an operator None."""
    if isinstance(token, Operator):
        return None
    if all(isinstance(piece, Literal) and piece.is_bare for piece in token):
        return "".join(piece.text for piece in token if isinstance(piece, Literal))
    return None


def tokens(text: str) -> Iterator[Token]:
    """Yield the words and operators of a program; comments and here-documents are left out.

    :raises ShellSyntaxError: a quote or an expansion does not end.
    """
    return _Reader(text).tokens()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self._documents: list[tuple[str, bool]] = []

    def tokens(self) -> Iterator[Token]:
        document = ""
        while self._at < len(self._text):
            if self._take(_BLANK) or self._take(_COMMENT):
                continue
            if found := self._take(_OPERATOR):
                document = found[0] if found[0] in ("<<", "<<-") else ""
                yield Operator(found[0])
                if found[0] == "\n":
                    self._skip_documents()
                continue
            word = self._word(_BARE, end="")
            if document:
                ending = "".join(piece.text for piece in word if isinstance(piece, Literal))
                self._documents.append((ending, document == "<<-"))
                document = ""
            yield word

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if found := pattern.match(self._text, self._at):
            self._at = found.end()
        return found

    def _skip_documents(self) -> None:
        for ending, is_indented in self._documents:
            while self._at < len(self._text):
                line, _newline, _rest = self._text[self._at :].partition("\n")
                self._at += len(line) + 1
                line = line.removesuffix("\r")
                if (line.lstrip("\t") if is_indented else line) == ending:
                    break
        self._documents.clear()

    def _word(self, bare: re.Pattern[str], *, end: str, quotes: bool = True) -> Word:
        """Read a word up to what ends it.

        :param bare: what is text without quotes there.
        :param end: what ends it; "" stands for a blank or an operator.
        :param quotes: whether ``'`` and ``$'`` quote.
        """
        pieces: list[Piece] = []
        begun = self._at
        while self._at < len(self._text):
            character = self._text[self._at]
            if end and character == end:
                self._at += 1
                return tuple(pieces)
            if found := self._take(bare):
                pieces.append(Literal(found[0], is_bare=bare is _BARE))
            elif character == "\\":
                pieces.append(self._escape(end, is_quoted=end == '"' or not quotes))
            elif character == "'" and quotes:
                pieces.append(Literal(self._until("'", self._at + 1)))
            elif character == '"':
                self._at += 1
                # An empty literal tells that even an empty word is one.
                pieces += (*self._inner(_QUOTED, '"'), Literal(""))
            elif character == "`":
                self._command("`")
                pieces.append(Computed())
            elif character == "$":
                pieces += self._dollar(quotes=quotes)
            elif end:
                pieces.append(Literal(character))
                self._at += 1
            else:
                return tuple(pieces)
        if end:
            raise self._endless(end, begun)
        return tuple(pieces)

    def _inner(self, bare: re.Pattern[str], end: str, *, quotes: bool = False) -> Word:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ShellSyntaxError("not an openrc file: its expansions are nested too deep")
        try:
            return self._word(bare, end=end, quotes=quotes)
        finally:
            self._depth -= 1

    def _escape(self, end: str, *, is_quoted: bool) -> Literal:
        if self._take(_CONTINUED):
            return Literal("")
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        is_kept = is_quoted and following not in ("$", "`", '"', "\\", end)
        return Literal("\\" + following if is_kept or not following else following)

    def _until(self, end: str, start: int) -> str:
        found = self._text.find(end, start)
        if found < 0:
            raise self._endless(end, start)
        self._at = found + len(end)
        return self._text[start:found]

    def _endless(self, end: str, start: int) -> ShellSyntaxError:
        line = self._text.count("\n", 0, start) + 1
        return ShellSyntaxError(
            f"not an openrc file: what begins in line {line} does not end with {end}"
        )

    def _dollar(self, *, quotes: bool) -> Word:
        if self._text.startswith("$'", self._at) and quotes:
            return (Literal(self._ansi_c()),)
        if self._text.startswith('$"', self._at):
            self._at += 2
            return self._inner(_QUOTED, '"')
        if self._text.startswith("$(", self._at):
            self._at += 1
            self._command("(")
            return (Computed(),)
        found = self._take(_PARAMETER)
        if found and (found[1] or found[3] == "}"):
            return (Parameter(found[1] or found[2]),)
        if found:
            # Within double quotes a single quote is only a character.
            return (Parameter(found[2], found[3], self._inner(_DEFAULT, "}", quotes=quotes)),)
        if self._text.startswith("${", self._at):  # ${NAME%pattern}, ${#NAME} ...
            self._at += 2
            self._inner(_DEFAULT, "}", quotes=quotes)
            return (Computed(),)
        if self._take(_SPECIAL):
            return (Computed(),)
        self._at += 1
        return (Literal("$"),)

    def _ansi_c(self) -> str:
        self._at += 2
        text: list[str] = []
        while not self._text.startswith("'", self._at):
            found = re.compile(r"[^\\']+").match(self._text, self._at) or _ESCAPED.match(
                self._text, self._at
            )
            if not found:
                raise self._endless("'", self._at)
            self._at = found.end()
            text.append(found[0] if found[0][0] != "\\" else _unescaped(found))
        self._at += 1
        return "".join(text)

    def _command(self, begin: str) -> None:
        """Skip a command whose output is wanted, with the quotes in it."""
        begun = self._at
        if begin == "`":
            self._at += 1
            while not self._text.startswith("`", self._at):
                if self._at >= len(self._text):
                    raise self._endless("`", begun)
                self._at += 2 if self._text[self._at] == "\\" else 1
            self._at += 1
            return
        depth = 0
        while self._at < len(self._text):
            if self._take(_BLANK) or (depth and self._take(_COMMENT)):
                continue
            if found := self._take(_OPERATOR):
                depth += {"(": 1, ")": -1}.get(found[0], 0)
                if depth == 0:
                    return
            elif not self._inner(_BARE, "", quotes=True):
                self._at += 1
        raise self._endless(")", begun)


def _unescaped(found: re.Match[str]) -> str:
    hexadecimal, unicode, octal, other, _text = found.groups()
    if hexadecimal or unicode:
        return chr(int(hexadecimal or unicode, 16))
    if octal:
        return chr(int(octal, 8) & 0xFF)
    return _ESCAPES.get(other, other if other in "\\'\"?" else "\\" + other)
