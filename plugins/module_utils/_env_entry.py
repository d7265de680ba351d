# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One line of an env file, and what each of its readers takes it for.

Three programs read them, each by its own rules: docker compose v2 (compose-go's ``dotenv``),
shells (``set -a; . FILE``) and systemd (``EnvironmentFile=``).  A line *holds* a value when all
three read that value from it.  Where they differ, or where one of them would expand something, the
value counts as unknown, so that setting it writes the line anew.

Four things are kept although not every reader knows them: ``export`` and a comment behind the
value (systemd does not), CRLF (shells do not) and a byte order mark (compose alone does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ._errors import MigrationError

_EOL = r"(?P<eol>\r?\n|\Z)"

# compose also takes "NAME: value", and knows names that no shell would.
_HEAD = re.compile(
    r"(?P<head>[ \t]*(?:export[ \t]+)?)(?P<name>[^\W\d][\w.\[\]-]*)(?P<sep>[ \t]*[=:][ \t]*)"
)
# "NAME" alone: compose takes the value of its own environment.  "export NAME": shells export it.
_MENTION = re.compile(rf"(?P<head>[ \t]*(?:export[ \t]+)?)(?P<name>[^\W\d][\w.\[\]-]*)[ \t]*{_EOL}")

_BARE = r"[A-Za-z0-9_./:@%+,=-]*"  # literal for every reader, also behind `export`
_TAIL = rf"(?P<tail>[ \t]+#[^\n]*?|[ \t]*){_EOL}"
# A backslash before the closing quote: the end of the value for shells, not for compose.
_PLAIN = {
    # Not behind a tab: compose takes the comment for a part of the value then.
    "": re.compile(rf"(?P<value>{_BARE})(?P<tail>[ \t]* #[^\n]*?|[ \t]*){_EOL}"),
    "'": re.compile(rf"'(?P<value>(?:[^'\\]|\\[^'])*)'{_TAIL}"),
    '"': re.compile(rf'"(?P<value>(?:[^"\\$`]|\\["\\$])*)"{_TAIL}'),
}
_ANY = {
    "": re.compile(rf"(?P<raw>[^\n]*?){_TAIL}"),
    "'": re.compile(rf"(?P<raw>'[^']*')(?P<tail>[^\n]*?){_EOL}"),
    '"': re.compile(rf'(?P<raw>"(?:[^"\\]|\\.)*")(?P<tail>[^\n]*?){_EOL}', re.DOTALL),
}
_COMMENT = re.compile(r"[ \t]+#.*|[ \t]*")
_SECOND_STATEMENT = re.compile(r"(?:;[ \t]*|[ \t]+)(?:export\b|[A-Za-z_]\w*=)")
# What systemd refuses in a value: control characters, surrogates (bytes that are no UTF-8) and
# Unicode's noncharacters.
_NONCHARACTERS = "".join(chr(0x10000 * p + n) for p in range(17) for n in (0xFFFE, 0xFFFF))
_UNWRITABLE = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")


@dataclass(frozen=True)
class Entry:
    """One line of the file, or several when a quoted value spans them.

    :ivar text: the characters as they are in the file, line ending included.
    :ivar name: the variable, None for comments, blank lines and whatever else stands there.
    :ivar value: what each reader takes it for; None when they differ.
    :ivar assigns: False for a name without a value.
    :ivar crowded: there is more in this entry than one assignment.
    """

    text: str
    name: str | None = None
    value: str | None = None
    head: str = ""
    quote: str = ""
    tail: str = ""
    eol: str = ""
    assigns: bool = False
    crowded: bool = False

    @property
    def exported(self) -> bool:
        return "export" in self.head


def quote(name: str, value: str, style: str = "") -> str:
    """`value` as docker compose, shells and systemd read it alike.

    :param style: the quote to prefer: ``'``, ``"`` or none.
    :raises MigrationError: there is no such form; names `name`, never `value`.
    """
    if _UNWRITABLE.search(value):
        raise _unwritable(name, "control characters or bytes that are not UTF-8")
    if style == '"' and not re.search(r'["$`\\]', value):
        return f'"{value}"'
    if style == "" and re.fullmatch(_BARE, value):
        return value
    if "'" not in value and not continues(value):
        return f"'{value}'"
    if "`" in value:
        raise _unwritable(name, "a backtick, and a single quote or a final backslash with it")
    # Only these three escapes mean the same to each reader.
    return '"' + re.sub(r'(["$\\])', r"\\\1", value) + '"'


def _unwritable(name: str, what: str) -> MigrationError:
    return MigrationError(
        f"the value has {what}, which docker compose, shells and systemd do not read alike",
        option=f"values.{name}",
        remedy="Choose another value",
    )


def rewrite(entry: Entry, name: str, value: str) -> Entry:
    """`entry` giving `name` the `value`, in its own style where that is safe."""
    written = quote(name, value, entry.quote)
    tail = entry.tail if entry.tail.strip() else ""
    bare = written[:1] not in ("'", '"')
    if bare and tail and not (written and _PLAIN[""].match(written + tail)):
        written = f"'{written}'"
    text = f"{entry.head}{name}={written}{tail}{entry.eol}"
    return read(text, 0)


def read(text: str, position: int) -> Entry:
    """The entry that begins at `position`, the beginning of a line."""
    head = _HEAD.match(text, position)
    if head is None:
        return _read_other(text, position)
    start = head.end()
    kind = text[start] if text[start : start + 1] in ("'", '"') else ""
    entry = Entry("", head["name"], head=head["head"], quote=kind, assigns=True)
    plain = _PLAIN[kind].match(text, start) if head["sep"] == "=" else None
    if plain is None:
        return _read_unclear(text, position, head, entry)
    value = plain["value"] if kind != '"' else re.sub(r'\\(["\\$])', r"\1", plain["value"])
    text = text[position : plain.end()]
    return replace(entry, text=text, value=value, tail=plain["tail"], eol=plain["eol"])


def _read_unclear(text: str, position: int, head: re.Match[str], entry: Entry) -> Entry:
    """An assignment whose value depends on the reader: where it ends, and what else it holds."""
    start = head.end()
    if not entry.quote:
        start -= len(head["sep"]) - len(head["sep"].rstrip())  # the blank of "NAME= # comment"
    found = _ANY[entry.quote].match(text, start)
    if found is None:
        raise MigrationError(
            f"line {text.count(chr(10), 0, position) + 1} opens a quote that is never closed",
            option="path",
            remedy="Close it",
        )
    if entry.quote:
        crowded = not _COMMENT.fullmatch(found["tail"])
    else:
        crowded = _SECOND_STATEMENT.search(found["raw"].strip()) is not None
    end = found.end()
    if not _COMMENT.fullmatch(found["tail"]) or not found["tail"].strip():
        while end < len(text) and continues(text[start:end].rstrip("\r\n")):
            crowded = True
            end = text.find("\n", end) + 1 or len(text)
    return replace(
        entry, text=text[position:end], tail=found["tail"], eol=found["eol"], crowded=crowded
    )


def _read_other(text: str, position: int) -> Entry:
    mention = _MENTION.match(text, position)
    if mention is None:
        return Entry(text[position : text.find("\n", position) + 1 or len(text)])
    return Entry(mention[0], mention["name"], head=mention["head"], eol=mention["eol"])


def continues(text: str) -> bool:
    """Does `text` end in a backslash that is not itself escaped?"""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def refuse_crowded(entry: Entry, name: str, option: str) -> None:
    """:raises MigrationError: `entry` cannot be changed without touching what else it holds."""
    if entry.crowded:
        raise MigrationError(
            f"the line of {name} holds more than one plain assignment",
            option=option,
            remedy=f"Write {name}=... on a line of its own, then run this again",
        )
