# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Env files, edited without touching what was not asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ._env_entry import Entry, continues, read, refuse_crowded, rewrite
from ._errors import MigrationError

_BOM = "\ufeff"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


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
            entries.append(read(text, position))
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
        refuse_crowded(entry, name, f"values.{name}")
        changed = rewrite(entry, name, value)
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
        refuse_crowded(present, name, "path")
        changed = replace(entry, text=text, eol=present.eol)
        return replace(self, entries=(*self.entries[:found], changed, *self.entries[found + 1 :]))

    def without(self, name: str) -> EnvFile:
        """The file without any line of `name`."""
        for entry in self.entries:
            if entry.name == name:
                refuse_crowded(entry, name, "absent")
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
        return self._appended(rewrite(Entry("", head=head, eol=self._eol), name, value).text)

    @property
    def _eol(self) -> str:
        return "\r\n" if any(e.text.endswith("\r\n") for e in self.entries[:1]) else "\n"

    def _appended(self, line: str) -> EnvFile:
        content = self.render()
        if self.entries and not content.endswith(b"\n"):
            content += self._eol.encode()
        if continues(content.decode("latin-1").rstrip("\r\n")):
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
