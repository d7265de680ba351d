# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The three programs that read env files, and values that they could take differently.

Two are models, whose sources are named; the third, the shell, is the real one.
"""

from __future__ import annotations

import re
import subprocess
import tempfile

from hypothesis import strategies as st

TRICKY = st.text(alphabet="ab1\\'\"$`#;& \t\n={}()~!*é\u00a0\u0085\u2028%\ufeff|<>:-", max_size=8)
VALUES = TRICKY | st.text(max_size=20)


def compose_reads(content: bytes) -> dict[str, str]:
    """docker compose 2.26.1, github.com/compose-spec/compose-go dotenv/parser.go; no expansion."""
    source = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    values = {}
    while source := re.sub(r"\A(?:\s+|#[^\n]*)+", "", source):
        source = re.sub(r"\Aexport\s+", "", source)
        name, mark, source = re.split(r"([=:\n]|\Z)", source, maxsplit=1)
        if mark not in ("=", ":"):
            continue
        source = source.lstrip("\t\v\f\r \x85\xa0")
        if source[:1] not in ("'", '"'):
            line = source.partition("\n")[0]
            source = source[len(line) :]
            value = line.partition(" #")[0].rstrip()
            assert "$" not in value, "compose would expand it"
        else:
            kind = source[0]
            inner = re.match(rf"(?s){kind}((?:[^\\{kind}]|\\.)*){kind}", source)
            assert inner, "compose finds no closing quote"
            source = source[inner.end() :]
            value = inner[1].replace("\\" + kind, kind) if kind == "'" else unescape(inner[1])
        values[name.rstrip()] = value
    return values


def unescape(text: str) -> str:
    """A double quoted value: compose-go first takes the backslash from ``\\"``, then expands."""
    assert not re.search(r'(?<!\\)(?:\\\\)*\\[^"\\$]', text), "compose has escapes of its own"
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", text), "compose would expand it"
    return re.sub(r'\\(["\\$])', r"\1", text)


def systemd_reads(content: bytes) -> dict[str, str]:
    """systemd 252, src/basic/env-file.c parse_env_file_internal."""
    values = {}
    text = content.decode("utf-8", "surrogateescape")
    statement = re.compile(
        r"""(?sx) [\s]* (?: [#;] (?:\\.|[^\n\r])*
        | (?P<name> [^=\n\r]*) (?: = [ \t]* (?P<value> (?:
            '[^']*' [ \t]* | "(?:\\.|[^"\\])*" [ \t]* | \\. | [^\n\r\\] )* ) | (?=[\n\r]|\Z) ) )"""
    )
    position = 0
    while position < len(text):
        found = statement.match(text, position)
        assert found
        position = max(found.end(), position + 1)
        if found["value"] is not None:
            values[found["name"].rstrip()] = systemd_value(found["value"])
    return values


def systemd_value(raw: str) -> str:
    value, position = "", 0
    while quoted := re.compile(r"""(?s)'([^']*)'[ \t]*|"((?:\\.|[^"\\])*)"[ \t]*""").match(
        raw, position
    ):
        single, double = quoted.groups()
        value += single if double is None else re.sub(r'\\(["\\$`])', r"\1", double)
        position = quoted.end()
    bare = raw[position:].rstrip(" \t")
    return value + re.sub(r"(?s)\\(.)", r"\1", bare)


def shell_reads(content: bytes) -> dict[str, str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        done = subprocess.run(
            ["sh", "-c", 'set -a; . "$1"; exec env -0', "sh", file.name],
            capture_output=True,
            check=True,
            env={"PATH": "/usr/bin:/bin"},
        )
    pairs = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)
