# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Env files, edited without touching what was not asked for.

Three programs read them, each by its own rules: docker compose v2 (compose-go's ``dotenv``),
shells (``set -a; . FILE``) and systemd (``EnvironmentFile=``).  A line *holds* a value when all
three read that value from it.  Where they differ, or where one of them would expand something, the
value counts as unknown, so that setting it writes the line anew.

Four things are kept although not every reader knows them: ``export`` and a comment behind the
value (systemd does not), CRLF (shells do not) and a byte order mark (compose alone does).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

_BOM = "\ufeff"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
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


@dataclass(frozen=True)
class EnvFile:
    """The entries of an env file, in order; `render` gives back each byte that `parse` got."""

    entries: tuple[Entry, ...] = ()
    bom: str = ""

    @classmethod
    def parse(cls, content: bytes) -> EnvFile:
        """:raises MigrationError: a quote is opened and never closed."""
        text = content.decode("utf-8", "surrogateescape")
        bom = _BOM if text.startswith(_BOM) else ""
        entries = []
        position = len(bom)
        while position < len(text):
            entries.append(_read(text, position))
            position += len(entries[-1].text)
        return cls(tuple(entries), bom)

    def render(self) -> bytes:
        text = self.bom + "".join(entry.text for entry in self.entries)
        return text.encode("utf-8", "surrogateescape")

    def has(self, name: str) -> bool:
        return any(entry.name == name for entry in self.entries)

    def get(self, name: str) -> str | None:
        """The value which every reader takes `name` for; None without one."""
        found = self._effective(name)
        return None if found is None else self.entries[found].value

    def with_value(self, name: str, value: str) -> EnvFile:
        """The file with the last line of `name`, the one that counts, holding `value`.

        Earlier lines of the same name stay: no reader heeds them, and others may refer to them.

        :raises MigrationError: it cannot be written so that all readers agree.
        """
        found = self._effective(name)
        if found is None:
            return self._with_new(name, value)
        entry = self.entries[found]
        if entry.value == value:
            return self
        _refuse_crowded(entry, name, f"values.{name}")
        changed = _rewrite(entry, name, value)
        return replace(self, entries=(*self.entries[:found], changed, *self.entries[found + 1 :]))

    def effective(self, name: str) -> Entry | None:
        """The entry that gives `name` its value."""
        found = self._effective(name)
        return None if found is None else self.entries[found]

    def with_entry(self, name: str, entry: Entry) -> EnvFile:
        """The file with `entry`, of another file, in place of its own line of `name`.

        :raises MigrationError: the present line holds more than one assignment.
        """
        found = self._effective(name)
        if found is None:
            return self._appended(entry.text if entry.eol else entry.text + "\n")
        present = self.entries[found]
        text = entry.text.removesuffix(entry.eol) + present.eol
        if text == present.text:
            return self
        _refuse_crowded(present, name, "path")
        changed = replace(entry, text=text, eol=present.eol)
        return replace(self, entries=(*self.entries[:found], changed, *self.entries[found + 1 :]))

    def without(self, name: str) -> EnvFile:
        """The file without any line of `name`."""
        for entry in self.entries:
            if entry.name == name:
                _refuse_crowded(entry, name, "absent")
        return replace(self, entries=tuple(e for e in self.entries if e.name != name))

    def _effective(self, name: str) -> int | None:
        """The index of the last entry that gives `name` a value, or else that exports it."""
        named = [i for i, entry in enumerate(self.entries) if entry.name == name]
        giving = [i for i in named if self.entries[i].assigns or not self.entries[i].exported]
        return max(giving or named, default=None)

    def _with_new(self, name: str, value: str) -> EnvFile:
        assignments = [entry for entry in self.entries if entry.assigns]
        export = bool(assignments) and all(entry.exported for entry in assignments)
        head = "export " if export else ""
        return self._appended(_rewrite(Entry("", head=head, eol=self._eol), name, value).text)

    @property
    def _eol(self) -> str:
        return "\r\n" if any(e.text.endswith("\r\n") for e in self.entries[:1]) else "\n"

    def _appended(self, line: str) -> EnvFile:
        content = self.render()
        if self.entries and not content.endswith(b"\n"):
            content += self._eol.encode()
        if _continues(content.decode("latin-1").rstrip("\r\n")):
            content += self._eol.encode()  # or shells and old systemds take `line` for its end
        return EnvFile.parse(content + line.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True)
class Edit:
    """What `edit` did: the new content, and the names it concerned, each in one of the tuples."""

    content: bytes
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def edit(content: bytes, values: Mapping[str, str], absent: Iterable[str] = ()) -> Edit:
    """Set `values` and remove `absent` in an env file.

    :raises MigrationError: a name or a value that cannot be written for every reader, a line that
        cannot be changed alone, or a file with an open quote.  No value is in the message.
    """
    before = after = EnvFile.parse(content)
    removed = []
    for name in dict.fromkeys(absent):
        check_name(name, "absent")
        if name in values:
            raise MigrationError(
                f"{name} is in values as well", option="absent", remedy="Name it in one of the two"
            )
        if before.has(name):
            after = after.without(name)
            removed.append(name)
    added: list[str] = []
    changed: list[str] = []
    for name, value in values.items():
        check_name(name, "values")
        edited = after.with_value(name, value)
        if edited is not after:
            (changed if before.has(name) else added).append(name)
        after = edited
    return Edit(after.render(), tuple(added), tuple(changed), tuple(removed))


def check_name(name: str, option: str) -> None:
    """:raises MigrationError: `name` is none that a shell can export."""
    if not _NAME.fullmatch(name):
        raise MigrationError(
            f"{name!r} is not the name of an environment variable",
            option=option,
            remedy="Use letters, digits and _, and no digit in front",
        )


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
    if "'" not in value and not _continues(value):
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


def _rewrite(entry: Entry, name: str, value: str) -> Entry:
    """`entry` giving `name` the `value`, in its own style where that is safe."""
    written = quote(name, value, entry.quote)
    tail = entry.tail if entry.tail.strip() else ""
    bare = written[:1] not in ("'", '"')
    if bare and tail and not (written and _PLAIN[""].match(written + tail)):
        written = f"'{written}'"
    text = f"{entry.head}{name}={written}{tail}{entry.eol}"
    return _read(text, 0)


def _read(text: str, position: int) -> Entry:
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
        while end < len(text) and _continues(text[start:end].rstrip("\r\n")):
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


def _continues(text: str) -> bool:
    """Does `text` end in a backslash that is not itself escaped?"""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _refuse_crowded(entry: Entry, name: str, option: str) -> None:
    if entry.crowded:
        raise MigrationError(
            f"the line of {name} holds more than one plain assignment",
            option=option,
            remedy=f"Write {name}=... on a line of its own, then run this again",
        )
