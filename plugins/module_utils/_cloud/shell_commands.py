# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Simple commands of a shell, as far as they change variables or ask for their values."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .shell_variables import ShellVariables
from .shell_words import Literal, Parameter, Piece, Word, plain

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_DECLARES = frozenset({"declare", "export", "local", "readonly", "typeset"})
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_TILDE = re.compile(r"(^|:)~(?=[/:]|$)")


class ShellCommands:
    """The commands that assign, unset, read and test variables.  No other is run."""

    def __init__(self, variables: ShellVariables) -> None:
        self._variables = variables

    def run(self, words: list[Word]) -> bool | None:
        """Run one.

        :returns: whether it succeeds, None if only a shell can tell.
        """
        name = plain(words[0])
        if name in ("builtin", "command") and len(words) > 1:
            return self.run(words[1:])
        if name in _DECLARES:
            self._declare(words[1:])
            return True
        if name == "unset":
            for word in words[1:]:
                unset = self._variables.expand(word)
                if unset == "-f":  # functions of these names
                    break
                if unset is None or not unset.startswith("-"):
                    self._variables.unset(unset)
            return True
        if name == "read":
            self._read(words[1:])
            return None
        if name in ("[", "test"):
            return self.test(words[1 : -1 if name == "[" else None])
        if all(assigned(word) for word in words):
            for found in map(assigned, words):
                if found:
                    name, adds, value = found
                    self._assign(name, self._value(value), adds=adds)
            return True
        for word in words:  # ${NAME:=word} may be anywhere
            self._variables.expand(word)
        if name in ("true", ":", "set", "echo"):
            return True
        return False if name == "false" else None

    def _declare(self, words: list[Word]) -> None:
        flags = [text for text in map(plain, words) if text and text.startswith("-")]
        is_plain = all(set(flag[1:]) <= set("xgrp") for flag in flags)
        expanded: list[tuple[str, bool, str | None]] = []
        for word in words:
            found = assigned(word, may_be_quoted=True)
            if found:
                name, adds, value = found
                is_simple = is_plain and not _is_braced(word)
                expanded.append((name, adds, self._value(value) if is_simple else None))
            elif not isinstance(word[0], Literal):
                self._variables.unset(None)
        # All are expanded before the first is assigned.
        for name, adds, text in expanded:
            self._assign(name, text, adds=adds)

    def _value(self, value: Word) -> str | None:
        return self._variables.expand(self._at_home(value))

    def _assign(self, name: str, text: str | None, *, adds: bool) -> None:
        before = self._variables.expand((Parameter(name),)) if adds else ""
        whole = None if before is None or text is None else before + text
        self._variables.assign(name, whole)

    def _at_home(self, value: Word) -> Iterable[Piece]:
        """Put the home directory where ``~`` stands for it: at the begin, and after ``:``."""
        for index, piece in enumerate(value):
            if not isinstance(piece, Literal) or not piece.is_bare:
                yield piece
                continue

            def home(found: re.Match[str], place: int = index, text: str = piece.text) -> str:
                is_whole = found.end() < len(text) or place == len(value) - 1
                if is_whole and (found[1] or place == 0):
                    return found[1] + self._variables.values.get("HOME", "~")
                return found[0]

            yield Literal(_TILDE.sub(home, piece.text), is_bare=True)

    def _read(self, words: list[Word]) -> None:
        """It has nothing to read, as where nobody sits at the keyboard."""
        takes_value = False
        for word in map(plain, words):
            if takes_value or word is None:
                takes_value = False
            elif word.startswith("-"):
                takes_value = word[-1] in "adinNptu"
            else:
                self._variables.assign(word, "")

    def test(self, words: list[Word], *, splits: bool = True) -> bool | None:
        """Return what ``test`` says of these words, None if only a shell can tell.

        :param splits: whether an expansion without quotes may be several words, or none.
        """
        texts = [self._variables.expand(word) for word in words]
        if None in texts:
            return None
        if splits:
            kept: list[str | None] = []
            for word, text in zip(words, texts, strict=True):
                parts = (text or "").split()
                is_bare = all(isinstance(piece, Parameter) for piece in word)
                if is_bare and len(parts) > 1:
                    return None
                if parts or not is_bare:
                    kept.append(text)
            texts = kept
        return _says(texts)


def _says(texts: list[str | None]) -> bool | None:
    if texts and texts[0] == "!":
        status = _says(texts[1:])
        return None if status is None else not status
    match texts:
        case []:
            return False
        case [text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-n", text]:
            return bool(text)
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
    return None


def assigned(word: Word, *, may_be_quoted: bool = False) -> tuple[str, bool, Word] | None:
    """Return the name that a word assigns to, whether it adds to what is there, and the value."""
    first = word[0]
    if not isinstance(first, Literal) or not (first.is_bare or may_be_quoted):
        return None
    found = _ASSIGNMENT.match(first.text)
    if not found:
        return None
    value = Literal(first.text[found.end() :], is_bare=first.is_bare)
    return found[1], bool(found[2]), (value, *word[1:])


def _is_braced(word: Word) -> bool:
    """Whether ``{a,b}`` makes several words of it."""
    texts = (piece.text for piece in word if isinstance(piece, Literal) and piece.is_bare)
    return any(_BRACES.search(text) for text in texts)
