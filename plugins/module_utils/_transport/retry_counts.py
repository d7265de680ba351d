# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How often something was tried again, and why."""

from __future__ import annotations

import threading

from .._errors import AttemptError

THROTTLED, UNANSWERED, DAMAGED = "throttled", "unanswered", "damaged"
BROKEN, REFUSED, OTHER = "broken", "refused", "other"

REASONS = {
    THROTTLED: "the server asked for fewer requests (429, 498, 503)",
    UNANSWERED: "the server did not answer itself",
    DAMAGED: "the bytes that came, or their version, were wrong",
    BROKEN: "the body of a GET broke off, and its rest was asked for",
    REFUSED: "a token was refused, and a new login was made",
    OTHER: "any other failure that may pass",
}
"""Why something is tried again."""


class RetryCounts:
    """Counts of all threads of a run."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(REASONS, 0)
        self._mutex = threading.Lock()

    def add(self, reason: str) -> None:
        """Count one more try.

        :param reason: one of ``REASONS``.
        """
        with self._mutex:
            self._counts[reason] += 1

    @property
    def by_reason(self) -> dict[str, int]:
        """How many there were so far, for each reason."""
        return dict(self._counts)

    @property
    def total(self) -> int:
        """How many there were so far."""
        return sum(self._counts.values())


def reason_of(error: AttemptError) -> str:
    """Why an operation is tried again that has raised an error."""
    if error.throttled:
        return THROTTLED
    if error.unanswered:
        return UNANSWERED
    # Fewer tries than usual are worth it where what came is wrong.
    return OTHER if error.attempts is None else DAMAGED
