# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Env files: what is asked for changes, nothing else does, and each reader agrees on the result."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._dotenv import EnvFile, edit
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.env_file_readers import (
    VALUES,
    compose_reads,
    shell_reads,
    systemd_reads,
)

NAMES = st.sampled_from(["STORAGE_ENV", "SWIFT_KEY", "S3_REGION", "A", "_b1"])
COMMENTS = st.sampled_from(["# SWIFT_KEY=old", "  # it's", "", "   ", "#", "; ini comment"])
ASSIGNMENTS = st.builds(
    "{}{}={}{}".format,
    st.sampled_from(["", "export ", "  "]),
    NAMES,
    st.sampled_from(
        ["", "plain", "'single'", '"double"', "'two\nlines'", '"a\\"b"', "$OTHER", "a b"]
    ),
    st.sampled_from(["", " ", " # note", "\t"]),
)
OTHERS = st.sampled_from(
    ["set -a", "my.key: x", "export A", "A", "ÄÖ=1", "fi", "\udcff\udcfe", "="]
)
UNHURRIED = settings(deadline=None)
LINES = COMMENTS | ASSIGNMENTS | OTHERS


@st.composite
def env_files(draw: st.DrawFn) -> bytes:
    eol = draw(st.sampled_from(["\n", "\r\n"]))
    text = draw(st.sampled_from(["", "\ufeff"])) + eol.join(draw(st.lists(LINES, max_size=8)))
    return (text + draw(st.sampled_from(["", eol]))).encode("utf-8", "surrogateescape")


@UNHURRIED
@given(env_files())
def test_a_file_is_rendered_byte_for_byte(content: bytes) -> None:
    assert EnvFile.parse(content).render() == content


@UNHURRIED
@given(st.binary(max_size=60))
def test_any_bytes_are_rendered_byte_for_byte_or_refused(content: bytes) -> None:
    try:
        parsed = EnvFile.parse(content)
    except MigrationError as error:
        assert "never closed" in str(error)
    else:
        assert parsed.render() == content


@UNHURRIED
@given(env_files(), NAMES, VALUES)
def test_setting_touches_no_other_line(content: bytes, name: str, value: str) -> None:
    before = EnvFile.parse(content)
    try:
        after = before.with_value(name, value)
    except MigrationError:
        return
    assert EnvFile.parse(after.render()) == after
    assert after.get(name) == value
    assert after.bom == before.bom
    old = [entry.text for entry in before.entries]
    new = [entry.text for entry in after.entries]
    if before.has(name):
        assert len(old) == len(new)
        assert sum(a != b for a, b in zip(old, new, strict=True)) <= 1
    else:
        assert "".join(new).startswith("".join(old))


@UNHURRIED
@given(env_files(), NAMES, VALUES)
def test_setting_again_changes_nothing(content: bytes, name: str, value: str) -> None:
    try:
        once = edit(content, {name: value})
    except MigrationError:
        return
    again = edit(once.content, {name: value})
    assert again.content == once.content
    assert (again.added, again.changed, again.removed) == ((), (), ())
    assert bool(once.added or once.changed) == (once.content != content)


@UNHURRIED
@given(env_files(), NAMES)
def test_removing_leaves_all_other_lines(content: bytes, name: str) -> None:
    before = EnvFile.parse(content)
    removed = edit(content, {}, [name])
    after = EnvFile.parse(removed.content)
    assert not after.has(name)
    assert [e for e in before.entries if e.name != name] == list(after.entries)
    assert removed.removed == ((name,) if before.has(name) else ())


@UNHURRIED
@given(st.dictionaries(NAMES, VALUES, min_size=1), st.sampled_from(["", "'", '"']))
def test_every_reader_gets_the_value_that_was_set(values: dict[str, str], style: str) -> None:
    content = b"".join(f"{name}={style}old{style}\n".encode() for name in list(values)[::2])
    written: dict[str, str] = {}
    for name, value in values.items():
        try:
            content = edit(content, {name: value}).content
        except MigrationError as error:
            assert repr(value) not in str(error)
        else:
            written[name] = value
    shell, systemd, compose = (r(content) for r in (shell_reads, systemd_reads, compose_reads))
    for name, value in written.items():
        assert (shell[name], systemd[name], compose[name]) == (value, value, value)


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "v", "KEY=v\n"),
        ("A=1", "v", "A=1\nKEY=v\n"),
        ("A=1\r\n", "v", "A=1\r\nKEY=v\r\n"),
        ("export A=1\nexport B=2\n", "v", "export A=1\nexport B=2\nexport KEY=v\n"),
        ("export A=1\nB=2\n", "v", "export A=1\nB=2\nKEY=v\n"),
        ("# c \\\n", "v", "# c \\\n\nKEY=v\n"),
        ("KEY=old", "v", "KEY=v"),
        ("KEY='old'\n", "v", "KEY='v'\n"),
        ('KEY="old"\n', "v w", 'KEY="v w"\n'),
        ('KEY="old"\n', "$v", "KEY='$v'\n"),
        ('KEY="old"\n', "$'v'", "KEY=\"\\$'v'\"\n"),
        ("KEY='old'\n", "it's", 'KEY="it\'s"\n'),
        ("KEY=old\n", "a&b", "KEY='a&b'\n"),
        ("KEY=old\n", "", "KEY=\n"),
        ("KEY=old # note\n", "new", "KEY=new # note\n"),
        ("KEY=old\t# note\n", "new", "KEY='new'\t# note\n"),
        ("KEY=old # note\n", "", "KEY='' # note\n"),
        ("KEY= # note\n", "new", "KEY=new # note\n"),
        ("KEY= \n", "", "KEY=\n"),
        ("  export  KEY=old\n", "new", "  export  KEY=new\n"),
        ("KEY = old\n", "new", "KEY=new\n"),
        ("KEY: old\n", "new", "KEY=new\n"),
        ("KEY='two\nlines' # c\nB=1\n", "v", "KEY='v' # c\nB=1\n"),
        ("KEY=$HOME/x # c\n", "v", "KEY=v # c\n"),
        ("KEY=1\nKEY=2\nB=3\n", "v", "KEY=1\nKEY=v\nB=3\n"),
        ("KEY=1\nexport KEY\n", "v", "KEY=v\nexport KEY\n"),
        ("KEY=1\nKEY\n", "v", "KEY=1\nKEY=v\n"),
        ("KEY\n", "v", "KEY=v\n"),
        ("export KEY\n", "v", "export KEY=v\n"),
        ("\ufeffKEY=old\n", "v", "\ufeffKEY=v\n"),
        ("\ufeff", "v", "\ufeffKEY=v\n"),
        ("B='\nKEY=inner\n'\n", "v", "B='\nKEY=inner\n'\nKEY=v\n"),
        ("# KEY=old\n", "v", "# KEY=old\nKEY=v\n"),
        ("KEY=old\r\n", "a\nb", "KEY='a\nb'\r\n"),
        ("KEY='C:\\'\nB='x'\n", "v", "KEY='v'\nB='x'\n"),
        ("OPTS=a \\\n KEY=b\n", "v", "OPTS=a \\\n KEY=b\nKEY=v\n"),
    ],
)
def test_setting_keeps_the_style_of_the_line(before: str, value: str, after: str) -> None:
    assert edit(before.encode(), {"KEY": value}).content.decode() == after


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=v # c", "v"),
        ("KEY='a b'\t# c", "a b"),
        ('KEY="a\\\\b\\$c\\""', 'a\\b$c"'),
        ("export KEY=v\r", "v"),
        ("KEY='$x'", "$x"),
        ("KEY=", ""),
        ("KEY=a#b", None),
        ("KEY=a b", None),
        ("KEY = v", None),
        ("KEY: v", None),
        ('KEY="$x"', None),
        ('KEY="a\\n"', None),
        ('KEY="a`b"', None),
        ("KEY='a\\'", None),
        ("KEY=~/x", None),
        ("KEY", None),
        ("OTHER=v", None),
    ],
)
def test_a_value_counts_only_when_all_readers_agree(line: str, value: str | None) -> None:
    assert EnvFile.parse(f"{line}\n".encode()).get("KEY") == value


@pytest.mark.parametrize(
    "content",
    [
        "KEY=1 B=2\n",
        "export KEY=1 B=2\n",
        "KEY=1; export KEY\n",
        "KEY='1'; export KEY\n",
        "KEY='it\\'s'\n",
        "KEY=a\\\nb\n",
        "KEY='a'\\\nb\n",
    ],
)
def test_a_line_with_more_than_the_assignment_is_refused(content: str) -> None:
    for values, absent in (({"KEY": "new"}, []), ({}, ["KEY"])):
        with pytest.raises(MigrationError, match="the line of KEY holds more than one"):
            edit(content.encode(), values, absent)
    assert edit(content.encode(), {"C": "1"}).content.decode().startswith(content)


def test_removing_takes_every_line_of_the_name_and_its_comment() -> None:
    content = b"# why\nKEY=1\nA=1\nexport KEY=2 # c\nKEY: 3\nexport KEY\nKEY='x\ny'"
    assert edit(content, {}, ["KEY", "MISSING"]).content == b"# why\nA=1\n"


def test_an_edit_names_what_it_did() -> None:
    done = edit(b"A=1\nB=2\nC=3\n", {"A": "1", "B": "x", "D": "y"}, ["C", "E"])
    assert done.content == b"A=1\nB=x\nD=y\n"
    assert (done.added, done.changed, done.removed) == (("D",), ("B",), ("C",))


@pytest.mark.parametrize("content", [b"A=1\nKEY='x\nB=1\n", b'A=1\nKEY="x\\"\n'])
def test_an_open_quote_is_refused_with_its_line(content: bytes) -> None:
    with pytest.raises(MigrationError, match=r"^path: line 2 opens a quote that is never closed"):
        edit(content, {"B": "1"})


@pytest.mark.parametrize(
    "value",
    [
        *("s3cret\0", "s3cret\r", "s3cret\x1b", "s3cret\x7f"),
        *("s3cret\udcff", "s3cret\ufdd0", "s3cret\uffff", "s3cret\U0001fffe"),
        *("`s3cret'", "s3cret`\\"),
    ],
)
def test_a_value_that_readers_would_take_differently_is_refused_unseen(value: str) -> None:
    with pytest.raises(MigrationError) as caught:
        edit(b"", {"KEY": value})
    assert str(caught.value).startswith("values.KEY: the value has ")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A.B", "A B", "Ä", "A=", "A\n"])
def test_a_name_that_no_shell_exports_is_refused(name: str) -> None:
    with pytest.raises(
        MigrationError, match=r"^values: .* is not the name of an environment variable"
    ):
        edit(b"", {name: "v"})
    with pytest.raises(MigrationError, match=r"^absent: "):
        edit(b"", {}, [name])


def test_a_name_to_set_and_to_remove_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"^absent: KEY is in values as well"):
        edit(b"", {"KEY": "v"}, ["KEY"])


def test_bytes_that_are_not_text_are_kept() -> None:
    assert edit(b"# \xff\xfe\nA=\xe9\n", {"B": "1"}).content == b"# \xff\xfe\nA=\xe9\nB=1\n"
