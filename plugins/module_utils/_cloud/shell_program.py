# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables that a shell has after it has read a file of assignments.

Nothing is run.  What assigns, unsets or decides between the two is followed; a variable whose
value depends on a command is known to be unknown.  Of the environment, only HOME counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .shell_commands import ShellCommands, assigned
from .shell_variables import ShellVariables
from .shell_words import Operator, Token, Word, plain, tokens

_ENDS = frozenset({"\n", ";", "&", "&&", "||", "|", "|&", "(", ")", ";;", ";&", ";;&"})
_LOOPS = frozenset({"for", "while", "until", "select"})


def follow(text: str) -> ShellVariables:
    """Return the variables that a program leaves behind.

    :raises ShellSyntaxError: a quote or an expansion does not end.
    """
    variables = ShellVariables()
    _Follower(variables, list(tokens(text))).run()
    return variables


class _Follower:
    """Goes through the tokens of a program once."""

    def __init__(self, variables: ShellVariables, program: list[Token]) -> None:
        self._variables = variables
        self._commands = ShellCommands(variables)
        self._program = program
        self._at = 0
        self._doubts = 0

    def run(self) -> None:
        while self._at < len(self._program):
            self._list(())
            self._at += 1  # a word that ends what was never begun

    def _next(self) -> str | None:
        """The text of the next token if it is a plain word."""
        return plain(self._program[self._at]) if self._at < len(self._program) else None

    def _operator(self) -> str:
        token = self._program[self._at] if self._at < len(self._program) else Operator("")
        return token.text if isinstance(token, Operator) else ""

    def _list(self, ends: Iterable[str]) -> bool | None:
        """Follow commands up to one of the words that end them.

        :returns: whether the last one succeeded, None if only a shell can tell.
        """
        status: bool | None = True
        ends = (*ends, ")", ";;", ";&", ";;&")
        while self._at < len(self._program):
            if self._next() in ends or self._operator() in ends:
                break
            if self._operator() in ("\n", ";", "&", "|", "|&"):
                self._at += 1
                continue
            joined = self._operator() in ("&&", "||")
            status = self._other(before=status) if joined else self._command()
        return status

    def _other(self, *, before: bool | None) -> bool | None:
        """Follow what comes after ``&&`` or ``||``.

        :param before: whether what is before it succeeded.
        """
        wanted = self._operator() == "&&"
        self._at += 1
        while self._operator() == "\n":
            self._at += 1
        if self._at >= len(self._program):
            return None
        if before is None:
            self._perhaps(self._command)
            return None
        if before is wanted:
            return self._command()
        self._skip(self._command)
        return before

    def _perhaps(self, follow: Callable[[], object]) -> None:
        """Follow what may or may not be run: what it changes is unknown then."""
        variables = self._variables
        before, unknown = dict(variables.values), set(variables.unknown)
        self._in_doubt(follow)
        changed = {
            name
            for name in before.keys() | variables.values.keys()
            if before.get(name) != variables.values.get(name)
        }
        variables.unknown |= unknown | changed
        variables.values = {name: before[name] for name in before.keys() - variables.unknown}

    def _skip(self, follow: Callable[[], object]) -> None:
        """Go over what is not run, or not in this shell."""
        values, unknown = dict(self._variables.values), set(self._variables.unknown)
        self._in_doubt(follow)
        self._variables.values, self._variables.unknown = values, unknown

    def _in_doubt(self, follow: Callable[[], object]) -> None:
        self._doubts += 1
        follow()
        self._doubts -= 1

    def _command(self) -> bool | None:
        word = self._next()
        if word == "!":
            self._at += 1
            status = self._command() if self._at < len(self._program) else None
            return None if status is None else not status
        if word == "if":
            return self._if()
        if word in _LOOPS:
            return self._loop()
        if word == "case":
            return self._case()
        if word == "{":
            return self._group("}")
        if self._operator() == "(":
            self._skip(lambda: self._group(")"))
            return None
        return self._simple()

    def _group(self, end: str) -> bool | None:
        self._at += 1
        status = self._list((end,))
        self._at += 1
        return status

    def _if(self) -> bool | None:
        taken: bool | None = False
        while self._next() in ("if", "elif"):
            self._at += 1
            condition = self._condition(taken=taken)
            self._at += 1
            self._branch(is_taken=None if condition and taken is None else condition)
            taken = taken or condition if condition is not False else taken
        if self._next() == "else":
            self._at += 1
            self._branch(is_taken=None if taken is None else not taken)
        self._at += 1
        return None

    def _condition(self, *, taken: bool | None) -> bool | None:
        """Follow a condition.

        :param taken: whether a branch before it was taken.
        """
        statuses: list[bool | None] = []

        def follow() -> None:
            statuses.append(self._list(("then",)))

        if taken:
            self._skip(follow)
            return False
        if taken is None:
            self._perhaps(follow)
        else:
            follow()
        return statuses[0]

    def _branch(self, *, is_taken: bool | None) -> None:
        def follow() -> object:
            return self._list(("elif", "else", "fi"))

        if is_taken:
            follow()
        elif is_taken is None:
            self._perhaps(follow)
        else:
            self._skip(follow)

    def _loop(self) -> bool | None:
        def follow() -> None:
            if self._next() in ("for", "select"):
                self._at += 1
                self._variables.assign(self._next() or "", None)
            self._at += 1
            self._list(("do",))
            self._at += 1
            self._list(("done",))

        self._perhaps(follow)
        self._at += 1
        return None

    def _case(self) -> bool | None:
        def follow() -> None:
            while self._at < len(self._program) and self._next() != "esac":
                while self._at < len(self._program) and self._operator() != ")":
                    if self._next() == "esac":
                        return
                    self._at += 1
                self._at += 1
                self._perhaps(lambda: self._list(("esac",)))
                if self._operator():
                    self._at += 1

        self._perhaps(follow)
        self._at += 1
        return None

    def _simple(self) -> bool | None:
        if self._next() == "[[":
            return self._double_brackets()
        words: list[Word] = []
        is_piped = self._at > 0 and self._program[self._at - 1] in (Operator("|"), Operator("|&"))
        while self._at < len(self._program):
            token = self._program[self._at]
            if not isinstance(token, Operator):
                words.append(token)
                self._at += 1
            elif token.text not in _ENDS:  # a redirection and where it leads
                self._at += 2
            elif token.text == "(" and len(words) == 1:
                return self._function_or_array(words[0])
            else:
                break
        if not words:
            self._at += 1
            return None
        if is_piped or self._operator() in ("|", "|&", "&"):
            self._skip(lambda: self._commands.run(words))
            return None
        if plain(words[0]) in ("exit", "return") and not self._doubts:
            self._at = len(self._program)
        return self._commands.run(words)

    def _double_brackets(self) -> bool | None:
        """Follow ``[[ ]]``, in which nothing is split, and ``&&`` and ``||`` have a meaning."""
        status: bool | None = True
        joined, words, is_simple = "&&", list[Word](), True
        while self._at < len(self._program):
            self._at += 1
            token = self._program[self._at] if self._at < len(self._program) else Operator("]]")
            if not isinstance(token, Operator) and plain(token) != "]]":
                words.append(token)
            elif isinstance(token, Operator) and token.text not in ("&&", "||", "]]"):
                is_simple = False
            else:
                status = _joined(
                    joined, left=status, right=self._commands.test(words, splits=False)
                )
                if not isinstance(token, Operator):
                    self._at += 1
                    break
                joined, words = token.text, []
        return status if is_simple else None

    def _function_or_array(self, word: Word) -> bool | None:
        array = assigned(word)
        while self._at < len(self._program) and self._operator() != ")":
            self._at += 1
        self._at += 1
        if array:
            self._variables.assign(array[0], None)
            return True
        while self._operator() == "\n":
            self._at += 1
        if self._at < len(self._program):
            self._perhaps(self._command)
        return True


def _joined(operator: str, *, left: bool | None, right: bool | None) -> bool | None:
    if operator == "&&":
        return False if False in (left, right) else None if None in (left, right) else True
    return True if True in (left, right) else None if None in (left, right) else False
