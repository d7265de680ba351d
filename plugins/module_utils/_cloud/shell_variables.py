# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables of a shell: known ones, and those whose values only a shell can tell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .shell_words import Computed, Literal, Parameter, Piece


class ShellVariables:
    """The variables at one moment.  Of the environment, only HOME counts.

    :ivar values: those that are known.
    :ivar unknown: the names of those whose values only a shell can tell.
    """

    def __init__(self) -> None:
        self.values = {"HOME": str(Path.home())}
        self.unknown: set[str] = set()

    def assign(self, name: str, value: str | None) -> None:
        """Give a variable a value, or with None one that only a shell can tell."""
        self.values.pop(name, None)
        self.unknown.discard(name)
        if value is None:
            self.unknown.add(name)
        else:
            self.values[name] = value

    def unset(self, name: str | None) -> None:
        """Take a variable away, or with None nobody knows which."""
        if name is None:
            self.unknown |= set(self.values)
            self.values.clear()
        else:
            self.values.pop(name, None)
            self.unknown.discard(name)

    def expand(self, word: Iterable[Piece]) -> str | None:
        """Return the text that a word stands for, None if only a shell can tell."""
        texts = [self._expand(piece) for piece in word]
        return None if None in texts else "".join(text for text in texts if text is not None)

    def _expand(self, piece: Piece) -> str | None:
        if isinstance(piece, Literal):
            return piece.text
        if isinstance(piece, Computed) or piece.name in self.unknown:
            return None
        return self._parameter(piece, self.values.get(piece.name))

    def _parameter(self, parameter: Parameter, value: str | None) -> str | None:
        operator = parameter.operator.lstrip(":")
        is_there = bool(value) if parameter.operator.startswith(":") else value is not None
        if operator == "+":
            return self.expand(parameter.word) if is_there else ""
        if is_there or not operator:
            return value or ""
        if operator == "?":
            return None
        default = self.expand(parameter.word)
        if operator == "=":
            self.assign(parameter.name, default)
        return default
