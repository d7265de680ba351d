# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one mover remembers between runs, and the lists of one run that are too long for memory.

Nothing in it is needed for a right result: a mover without it asks the servers again.  It holds no
secret.
"""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from .._swift.listing import ListedObject
from .journal_database import JournalDatabase, JournalError
from .plan import Action, Step
from .run_lock import RunLock
from .state_dir import state_file

NEXT_DEFERRED = "select * from deferred where name > ? order by name limit 1"
NEXT_POSTPONED = "select * from postponed where name > ? order by name limit 1"
NEXT_EXPIRY = "select * from deletion where name > ? and name < ? order by name limit 1"
NEXT_DYNAMIC = "select * from dynamic where name > ? order by name limit 1"
NEXT_EXTRA = "select * from extra where name > ? order by name limit 1"

FOUND_EXPIRED = 0
"""Takes the place of the moment at which an object was to expire."""

Seen = TypeVar("Seen")


class Postponed(NamedTuple):
    """What is to be done with an object for which a server asks for a long pause.

    :param is_large: whether it is copied as a large object.
    :param due: when it may be asked for again, by ``time.monotonic()``.
    :param reason: what the server answered.
    """

    step: Step
    is_large: bool
    due: float
    reason: str


class Dynamic(NamedTuple):
    """A dynamic large object of the source and where its segments are."""

    name: str
    container: str
    prefix: str


class Journal:
    """A SQLite file below the state directory, for one pair of containers.

    :param directory: the state directory, made with mode 0700.
    :param pair: identifies source and destination.
    :param check_mode: read what is there, write nothing.
    :raises JournalError: here and in every method, what is the matter with the file.
    """

    def __init__(self, directory: str, pair: tuple[str, str], *, check_mode: bool = False) -> None:
        self._check_mode = check_mode
        self._database = JournalDatabase(
            state_file(directory, pair, ".sqlite"), check_mode=check_mode
        )
        self._lock = RunLock(self.path.with_suffix(".lock"))

    @property
    def path(self) -> Path:
        """The file, whose name stands for the pair."""
        return self._database.path

    def lock(self, timeout: float) -> bool:
        """Wait until no other run on this mover works on the same pair.

        A run whose playbook was killed may still be finishing.

        :param timeout: seconds.
        :returns: whether it had to wait.
        :raises MigrationError: the other one is still there.
        :raises JournalError: no lock can be had here.
        """
        if self._check_mode:
            return False
        try:
            return self._lock.take(timeout)
        except OSError as error:
            raise JournalError(self.path, error) from None

    def lock_and_look(self, timeout: float, seen: Seen, look: Callable[[], Seen]) -> Seen:
        """Wait as :meth:`lock` does, then give what the run must act upon.

        :param timeout: seconds.
        :param seen: what was seen before.
        :param look: sees it again, as the run that was waited for may have changed it.
        :raises MigrationError: as :meth:`lock` and ``look`` do.
        """
        return look() if self.lock(timeout) else seen

    def place(self) -> str:
        """Identify this file among all movers, from its beginning on."""
        self._database.do(
            "insert into place select ? where not exists (select * from place)",
            secrets.token_hex(8),
        )
        [(name,)] = self._database.do("select id from place")
        return f"{name}@{platform.node()}"

    def proved_equal(self, source: ListedObject, destination: ListedObject) -> bool:
        """Whether these two were once proved equal and neither has changed since."""
        rows = self._database.do("select pair from settled where name = ?", source.name)
        return rows == [(_pair(source, destination),)]

    def was_proved_equal(self, name: str) -> bool:
        """Whether the destination's object of this name was once proved equal to the source's."""
        return bool(self._database.do("select 1 from settled where name = ?", name))

    def note_equal(self, source: ListedObject, destination: ListedObject) -> None:
        """Remember that these two were proved equal."""
        pair = _pair(source, destination)
        self._database.do("insert or replace into settled values (?, ?)", source.name, pair)

    def note_dynamic(self, dynamic: Dynamic) -> None:
        """Remember a dynamic large object, whose entry in a listing does not show what it is."""
        self._database.do("insert or replace into dynamic values (?, ?, ?)", *dynamic)

    def dynamics(self) -> Iterator[Dynamic]:
        """The dynamic large objects seen in earlier runs and in this one, in order of names."""
        return (Dynamic(*row) for row in self._database.rows(NEXT_DYNAMIC))

    def dynamic(self, name: str) -> Dynamic:
        """One of them."""
        [row] = self._database.do("select * from dynamic where name = ?", name)
        return Dynamic(*row)

    def forget_dynamic(self, name: str) -> None:
        """Forget a dynamic large object that is none any more."""
        self._database.do("delete from dynamic where name = ?", name)

    def is_complete(self, prefix: str) -> bool:
        """Whether a complete run has filled this journal, so that it knows the large objects."""
        return any(
            prefix.startswith(row[0]) for row in self._database.do("select prefix from familiar")
        )

    def note_complete(self, prefix: str) -> None:
        """Note that a run over the names with this prefix came to its end."""
        self._database.do("insert or ignore into familiar values (?)", prefix)

    def defer(self, action: Action, entry: ListedObject) -> None:
        """Put a large object off until all plain objects, its segments among them, are copied.

        A symlink likewise.
        """
        self._database.do(
            "insert or replace into deferred values (?, ?, ?, ?, ?, ?, ?, ?)",
            entry.name,
            action.value,
            *entry[1:],
        )

    def deferred(self) -> Iterator[tuple[Action, ListedObject]]:
        """What was put off, in order of names."""
        for row in self._database.rows(NEXT_DEFERRED):
            yield Action(row[1]), ListedObject(row[0], *row[2:])

    def forget_deferred(self, name: str) -> None:
        """Note that what was put off is done."""
        self._database.do("delete from deferred where name = ?", name)

    def postpone(self, postponed: Postponed) -> None:
        """Put a step off until all others are done."""
        step, is_large, due, reason = postponed
        text = json.dumps([step.action.value, step.entry, step.existing])
        self._database.do(
            "insert or replace into postponed values (?, ?, ?, ?, ?)",
            *(step.entry.name, is_large, due, text, reason),
        )

    def postponed(self) -> Iterator[Postponed]:
        """The steps put off, in order of names."""
        for _name, is_large, due, text, reason in self._database.rows(NEXT_POSTPONED):
            action, entry, existing = json.loads(text)
            step = Step(
                Action(action),
                ListedObject(*entry),
                ListedObject(*existing) if existing else None,
            )
            yield Postponed(step, bool(is_large), due, reason)

    def resume(self, name: str) -> None:
        """Note that a step is not put off any more."""
        self._database.do("delete from postponed where name = ?", name)

    def was_put_off(self, name: str) -> bool:
        """Whether an object is deferred or postponed in this run."""
        rows = self._database.do(
            "select name from deferred where name = ? "
            "union select name from postponed where name = ?",
            *(name, name),
        )
        return bool(rows)

    def due(self) -> float | None:
        """When the first of the steps put off may be done, by ``time.monotonic()``."""
        [(due,)] = self._database.do("select min(due) from postponed")
        return None if due is None else float(due)

    def note_returned(self, name: str, hash_: str) -> None:
        """Note that a rollback wrote an object with this MD5 to the old container."""
        self._database.do("insert or replace into returned values (?, ?)", name, hash_)

    def returned(self, entry: ListedObject) -> bool:
        """Whether what the old container's listing shows was written by a rollback."""
        return self._database.do("select hash from returned where name = ?", entry.name) == [
            (entry.hash,)
        ]

    def note_expiry(self, container: str, entry: ListedObject, moment: int) -> None:
        """Note when an object of the source expires, in seconds since 1970.

        :param entry: how it was listed: another version may expire at another time, or never.
        """
        key = f"{container}\0{entry.name}"
        self._database.do(
            "insert or replace into deletion values (?, ?, ?)", key, entry.version, moment
        )
        self._database.do("insert or ignore into expiring values (?)", key)

    def note_expired(self, container: str, entry: ListedObject) -> None:
        """Note that the source does not give an object any more whose time had come.

        That version does not come back: what has expired takes no POST.
        """
        self._database.do(
            "update deletion set moment = ? where name = ? and version = ?",
            *(FOUND_EXPIRED, f"{container}\0{entry.name}", entry.version),
        )

    def expiry(self, container: str, entry: ListedObject) -> int | None:
        """Return when a listed version of an object expires; None if nobody saw that."""
        key = (f"{container}\0{entry.name}", entry.version)
        rows = self._database.do("select moment from deletion where name = ? and version = ?", *key)
        return int(rows[0][0]) if rows else None

    def expiries(self, container: str) -> Iterator[tuple[str, str, int]]:
        """The objects of a container whose times were seen, in order.

        :returns: of each the name, the version, and the moment or FOUND_EXPIRED.
        """
        key, end = f"{container}\0", f"{container}\1"
        while rows := self._database.do(NEXT_EXPIRY, key, end):
            key = rows[0][0]
            yield key.partition("\0")[2], *rows[0][1:]

    def note_expiring(self, container: str, name: str) -> None:
        """Note that the destination has an object in this run whose time was seen.

        What is copied is noted by :meth:`note_expiry`.
        """
        self._database.do("insert or ignore into expiring values (?)", f"{container}\0{name}")

    def expiring(self, container: str, moment: int) -> Iterator[str]:
        """The objects so noted whose time has come by a moment, in seconds since 1970."""
        begin, end = f"{container}\0", f"{container}\1"
        rows = self._database.do(
            "select name from deletion join expiring using (name) "
            "where name > ? and name < ? and moment <= ?",
            begin,
            end,
            moment,
        )
        return (name.partition("\0")[2] for (name,) in rows)

    def note_extra(self, entry: ListedObject) -> None:
        """Note an object of the destination that the source's listing lacks."""
        values = (entry.name, entry.size, entry.last_modified)
        self._database.do("insert into extra values (?, ?, ?)", *values)

    def extras(self) -> Iterator[ListedObject]:
        """The objects noted, in order of names; of each its name, size and time."""
        return (
            ListedObject(row[0], row[1], "", "", row[2]) for row in self._database.rows(NEXT_EXTRA)
        )

    def close(self) -> None:
        """Give the lock back."""
        self._database.close()
        self._lock.release()


def _pair(source: ListedObject, destination: ListedObject) -> str:
    return "\n".join(
        (
            source.hash,
            source.last_modified,
            source.content_type,
            destination.hash,
            destination.last_modified,
            destination.content_type,
        )
    )
