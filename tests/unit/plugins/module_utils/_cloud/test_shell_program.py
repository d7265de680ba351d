# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a program leaves behind, beside a real shell that has read the same."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import shell_program
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.shell import in_a_shell

NAMES = ("OS_A", "OS_B", "OS_C")


def texts(alphabet: str) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=4)


parameters = st.sampled_from(NAMES)
simple = st.one_of(
    st.text("ab~:#=%{}é-", min_size=1, max_size=3),
    st.builds("\\{}".format, st.sampled_from(" $\"'\\`a#")),
    st.builds("'{}'".format, texts('a $"\\`;#\n|')),
    st.builds("$'{}'".format, texts('a "$;')),
    st.builds("${}".format, parameters),
    st.builds("${{{}}}".format, parameters),
)
in_quotes = st.one_of(
    texts("ab '#;~&\n"),
    st.builds("\\{}".format, st.sampled_from('$"\\`a ')),
    st.builds("${{{}}}".format, parameters),
)
quoted = st.builds('"{}"'.format, st.lists(in_quotes, max_size=3).map("".join))
defaults = st.builds(
    "${{{}{}{}}}".format,
    parameters,
    st.sampled_from([":-", "-", ":+", "+", ":=", "="]),
    st.one_of(st.text("ab.", max_size=2), quoted, st.builds("${}".format, parameters)),
)
words = st.lists(st.one_of(simple, quoted, defaults), max_size=4).map("".join)
assignments = st.builds("{}{}{}".format, parameters, st.sampled_from(["=", "=", "+="]), words)
commands = st.one_of(
    assignments,
    st.builds("export {} {}".format, assignments, assignments),
    st.builds("declare -x {}".format, assignments),
    st.builds("unset {}".format, parameters),
    st.builds("{} nothing".format, assignments),
    st.builds("( {} )".format, assignments),
    st.builds("echo {} # {}".format, words, texts("a'\"$`")),
)
conditions = st.one_of(
    st.builds('[ {} "${}" ]'.format, st.sampled_from(["-z", "-n", "! -z"]), parameters),
    st.builds('[[ "${}" {} {} ]]'.format, parameters, st.sampled_from(["==", "!="]), quoted),
    st.sampled_from(["true", "false", "! true"]),
)
statements = st.one_of(
    commands,
    st.builds("{} && {}".format, conditions, commands),
    st.builds("{} || {}".format, conditions, commands),
    st.builds("if {}; then {}\nelse {}\nfi".format, conditions, commands, commands),
    st.builds(
        "if {}; then {}\nelif {}\nthen {}\nfi".format, conditions, commands, conditions, commands
    ),
)


@given(st.lists(statements, max_size=6).map("\n".join))
def test_a_program_leaves_what_it_leaves_in_a_shell(program: str) -> None:
    found = shell_program.follow(program)
    expected = in_a_shell(program)
    for name in NAMES:
        assert name in found.unknown or found.values.get(name) == expected.get(name)


@given(st.lists(st.one_of(assignments, commands), max_size=6).map("\n".join))
def test_what_runs_no_command_is_known(program: str) -> None:
    assert "{" in program or not shell_program.follow(program).unknown
