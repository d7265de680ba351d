# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What all threads of a run know together of the servers that they talk to."""

from __future__ import annotations

from collections.abc import Callable

PROBE = 1.0
"""Seconds after which somebody asks again a server that answers nobody."""

SLICE = 0.2
"""Seconds after which those who wait look whether it has answered somebody."""


class Server:
    """What is known of one server, for all threads.

    Without a lock: one answer or failure more or less does not matter.  A server that has never
    answered is not waited for.
    """

    def __init__(self) -> None:
        self.answers = 0
        """Requests that it has answered itself."""
        self.has_accepted = False
        """Whether it has done what a login asked for."""
        self._failures = 0
        self._answers_before = 0
        self._next_probe = 0.0

    @property
    def failures(self) -> int:
        """Operations given up without an answer since its last one."""
        return self._failures if self.answers == self._answers_before else 0

    def fail(self) -> int:
        """Count an operation given up without an answer, and give their number."""
        self._failures = self.failures + 1
        self._answers_before = self.answers
        return self._failures

    def wait(
        self, seconds: float, sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> float:
        """Wait until it answers somebody, or this one is the next to ask it.

        However long each of those who wait would wait, one of them asks it each second.

        :param seconds: how long at most.
        :returns: the seconds waited.
        """
        answers, waited = self.answers, 0.0
        while waited < seconds and self.answers == answers and not self.probe(clock()):
            pause = min(SLICE, seconds - waited)
            sleep(pause)
            waited += pause
        return waited

    def probe(self, now: float) -> bool:
        """Whether it is to be asked again now: true for one caller each second.

        :param now: seconds that only grow.
        """
        if now < self._next_probe:
            return False
        is_first = now > self._next_probe + PROBE  # nobody has waited for it lately
        self._next_probe = now + PROBE
        return not is_first


class Servers:
    """All servers that are talked to, by their addresses."""

    def __init__(self) -> None:
        self._known: dict[str, Server] = {}

    def at(self, address: str) -> Server:
        """The server at ``https://HOST:PORT``."""
        return self._known.setdefault(address, Server())
