# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the collection raises when it cannot go on."""

from __future__ import annotations

from ._printable import printable


class MigrationError(Exception):
    """A failure told to the user in one line, in which all is printable.

    :param message: what is wrong, with the value that is wrong.
    :param option: the option to look at, as the user writes it: ``source.auth.password``.
    :param remedy: what to do about it.
    """

    fatal: bool = False
    """Every other object would fail as well: the run ends."""

    def __init__(
        self, message: str, *, option: str | None = None, remedy: str | None = None
    ) -> None:
        self.message = message
        self.option = option
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        parts = [f"{self.option}: {self.message}" if self.option else self.message]
        if self.remedy:
            parts.append(self.remedy)
        text = ". ".join(part.rstrip(".") for part in parts) + "."
        return printable(" ".join(text.split()))


class AttemptError(MigrationError):
    """One attempt failed.  It tells whether and when another one is worth it.

    :ivar retryable: whether another attempt may succeed.
    :ivar attempts: tries in all, where that is fewer than usual.
    :ivar retry_after: seconds that the server asks to wait.
    :ivar unanswered: address of a server that did not answer itself.
    :ivar unreachable: whether no connection was made, or none over which anything came.
    :ivar throttled: whether the server asks for fewer requests.
    """

    retryable = False
    attempts: int | None = None
    retry_after: float | None = None
    unanswered = ""
    unreachable = False
    throttled = False


class EndedError(MigrationError):
    """This process was told to end."""

    fatal = True

    def __init__(self) -> None:
        super().__init__(
            "this process was told to end (SIGTERM)",
            remedy="What was under way was finished, what was done counts. The next run goes on "
            "from there",
        )
