# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One thing that is looked at before a migration, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ._errors import EndedError, MigrationError
from ._printable import printable

OK = "ok"
WARNING = "warning"
FAILURE = "failure"
VERDICTS = (FAILURE, WARNING, OK)
"""All verdicts, the worst first."""


@dataclass(frozen=True)
class Check:
    """What was found, and what to do about it.

    :ivar name: what was looked at: ``quota of the destination``.
    :ivar verdict: one of :data:`VERDICTS`.  A migration or a cutover would fail, or lose something,
        after a ``failure``; after a ``warning`` somebody has to decide.
    :ivar seen: what was found, a sentence without its full stop.
    :ivar remedy: what to do, likewise; empty where nothing is to be done.
    """

    name: str
    verdict: str
    seen: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.verdict!r} is no verdict")

    @classmethod
    def failed(cls, name: str, error: MigrationError) -> Check:
        """Tell of an error as a check that failed.

        :raises EndedError: it is this one, which tells nothing of what was looked at.
        """
        if isinstance(error, EndedError):
            raise error
        seen = f"{error.option}: {error.message}" if error.option else error.message
        return cls(name, FAILURE, printable(seen), printable(error.remedy or ""))

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module returns it."""
        return asdict(self)


def attempt(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Make a check, or several; an error of it is a failure, which keeps no other from being made.

    :param name: what the check is called if it raises an error.
    :raises EndedError: this process was told to end.
    """
    try:
        return list(look())
    except MigrationError as error:
        return [Check.failed(name, error)]
