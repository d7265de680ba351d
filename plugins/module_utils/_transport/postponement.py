# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a server asks to come back with in hours does not keep others waiting."""

from __future__ import annotations

from .._errors import AttemptError, MigrationError

LONG_PAUSE = 10.0
"""Seconds that a server may ask for and that are waited for at once."""

FREE = 64
"""Operations that may be postponed whatever becomes of the others."""

SHARE = 4
"""Operations that have to succeed for each other one that may be postponed."""


class PostponedError(MigrationError):
    """A server asks for a long pause before the same is tried again; others go first.

    It is fatal, so that nothing takes it for the failure of one object on the way to those who
    postpone.

    :param refusal: what the server answered.
    :ivar seconds: how long the pause is.
    """

    fatal = True

    def __init__(self, refusal: AttemptError, seconds: float) -> None:
        super().__init__(
            f"{refusal.message}. It asks to be asked again after {seconds:,.0f} seconds",
            remedy=refusal.remedy,
        )
        self.seconds = seconds


class Postponement:
    """Which operations are postponed, for all threads.

    A server that refuses single objects for long lets the others pass.  One that refuses more than
    a few, and more than one in five, means all requests: then each waits where it is, which slows
    the run down.  Without a lock: one more or less does not matter.

    :param free: operations that may be postponed whatever becomes of the others.
    """

    def __init__(self, free: float = FREE) -> None:
        self._free = free
        self._postponed = self._succeeded = 0

    def succeed(self) -> None:
        """Count an operation that succeeded."""
        self._succeeded += 1

    def check(self, refusal: AttemptError) -> None:
        """Postpone what was refused, if the pause is a long one and it may be.

        :raises PostponedError: it is postponed.
        """
        seconds = refusal.retry_after or 0.0
        may = self._postponed < self._free + self._succeeded // SHARE
        if refusal.retryable and seconds > LONG_PAUSE and may:
            self._postponed += 1
            raise PostponedError(refusal, seconds) from refusal
