# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Simple commands of a shell: what they change, and whether they succeed."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_commands import (
    ShellCommands,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_variables import (
    ShellVariables,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.shell_words import (
    Operator,
    Word,
    tokens,
)

HOME = "/home/chris"


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> ShellVariables:
    monkeypatch.setenv("HOME", HOME)
    made = ShellVariables()
    made.assign("TWO", "two words")
    made.assign("UNCLEAR", None)
    return made


def words(command: str) -> list[Word]:
    found = list(tokens(command))
    assert not any(isinstance(each, Operator) for each in found)
    return [each for each in found if not isinstance(each, Operator)]


@pytest.mark.parametrize(
    ("command", "succeeds"),
    [
        ("true", True),
        (": a b", True),
        ("set -e", True),
        ("echo a", True),
        ("false", False),
        ("command false", False),
        ("builtin true", True),
        ("A=b", True),
        ("export A", True),
        ("unset A", True),
        ("read A", None),
        ("date", None),
        ("'true'", None),
        ("A=b date", None),
        ("[ -n a ]", True),
        ("test -z a", False),
    ],
)
def test_a_command_succeeds_or_not_or_only_a_shell_can_tell(
    variables: ShellVariables, command: str, succeeds: bool | None
) -> None:
    assert ShellCommands(variables).run(words(command)) is succeeds


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("A=b", "b"),
        ("A=b A+=c", "bc"),
        ("B=c A=$B", "c"),
        ("export A=b", "b"),
        ("export A='b c'", "b c"),
        ("export 'A=b c'", "b c"),
        ("export 'A=~/b'", "~/b"),
        ("declare -x A=b", "b"),
        ("readonly A=b", "b"),
        ("command export A=b", "b"),
        ("A={b,c}", "{b,c}"),
        (": ${A:=b}", "b"),
        ("date ${A:=b}", "b"),
        # All words of a declaration are expanded before the first is assigned.
        ("export B=c A=$B", ""),
        # The environment of one command only.
        ("A=b date", ""),
        ("'A=b'", ""),
    ],
)
def test_a_value_is_assigned(variables: ShellVariables, command: str, value: str) -> None:
    ShellCommands(variables).run(words(command))
    assert variables.values.get("A", "") == value
    assert "A" not in variables.unknown


@pytest.mark.parametrize(
    "command",
    [
        "A=$UNCLEAR",
        "A=$(date)",
        "UNCLEAR+=b A=$UNCLEAR",
        "declare -i A=1+1",
        "declare -x -u A=b",
        "export A={b,c}",
        "export A=b{1..3}",
    ],
)
def test_a_value_that_only_a_shell_can_tell_is_unknown(
    variables: ShellVariables, command: str
) -> None:
    ShellCommands(variables).run(words(command))
    assert "A" in variables.unknown
    assert "A" not in variables.values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("~", HOME),
        ("~/ca.pem", f"{HOME}/ca.pem"),
        ("/a:~/b:~", f"/a:{HOME}/b:{HOME}"),
        ("~/$TWO", f"{HOME}/two words"),
        ("~chris/a", "~chris/a"),
        ("~$TWO", "~two words"),
        ("a~/b", "a~/b"),
        ("'~/a'", "~/a"),
        ("''~/a", "~/a"),
        ("'/a:~/b'", "/a:~/b"),
    ],
)
def test_the_home_directory_is_put_where_a_shell_puts_it(
    variables: ShellVariables, written: str, value: str
) -> None:
    ShellCommands(variables).run(words(f"A={written}"))
    assert variables.values["A"] == value


@pytest.mark.parametrize(
    ("command", "away"),
    [("unset TWO", True), ("unset -v TWO", True), ("unset -f TWO", False), ("unset", False)],
)
def test_what_is_unset_is_away(variables: ShellVariables, command: str, away: bool) -> None:
    ShellCommands(variables).run(words(command))
    assert ("TWO" not in variables.values) is away
    assert variables.unknown == {"UNCLEAR"}


@pytest.mark.parametrize("command", ["unset $UNCLEAR", "export $UNCLEAR", "export $TWO"])
def test_when_only_a_shell_can_tell_which_variable_is_meant_none_is_known(
    variables: ShellVariables, command: str
) -> None:
    ShellCommands(variables).run(words(command))
    assert variables.values == {}
    assert {"HOME", "TWO"} < variables.unknown


@pytest.mark.parametrize(
    "command", ["read A B", "read -sr A B", "read -p 'Password: ' A B", "read -n 1 -t 5 A B"]
)
def test_there_is_nothing_to_read(variables: ShellVariables, command: str) -> None:
    ShellCommands(variables).run(words(command))
    assert variables.values == {"HOME": HOME, "TWO": "two words", "A": "", "B": ""}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("", False),
        ("''", False),
        ("a", True),
        ("-z ''", True),
        ("-n ''", False),
        ("a = a", True),
        ("a == b", False),
        ("a != b", True),
        ("! -z ''", False),
        ("! ! a", True),
        ("-e /", None),
        ("! -e /", None),
        ("1 -lt 2", None),
        ("-n $UNCLEAR", None),
        # Without quotes an empty value is no word: this asks whether "-n" is empty.
        ("-n $ABSENT", True),
        ('-n "$ABSENT"', False),
        ("$ABSENT", False),
        ("$TWO = a", None),
        ('"$TWO" = "two words"', True),
    ],
)
def test_a_condition_holds_or_not_or_only_a_shell_can_tell(
    variables: ShellVariables, condition: str, holds: bool | None
) -> None:
    assert ShellCommands(variables).test(words(condition)) is holds


def test_within_double_brackets_a_value_is_one_word(variables: ShellVariables) -> None:
    commands = ShellCommands(variables)
    assert commands.test(words("-n $ABSENT"), splits=False) is False
    assert commands.test(words("$TWO = 'two words'"), splits=False) is True
