# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Decides, and nothing else does, which failure is tried again, when, and how often."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from .._errors import AttemptError, MigrationError

T = TypeVar("T")

RETRIED_STATUSES = frozenset({408, 409, 422, 425, 429, 498, 500, 502, 503, 504})
"""409 is a conflict of timestamps, 422 bytes damaged on the way, 498 Swift's own rate limit."""

THROTTLING_STATUSES = frozenset({429, 498, 503})
"""The server has too much to do."""

GATEWAY_STATUSES = frozenset({502, 503, 504})
"""A gateway answers in place of a server that does not: it may be restarted."""

DAMAGED_ATTEMPTS = 4
"""Tries in all when bytes are damaged: on the way that passes, at the source it does not."""


PATIENCE = 180.0
"""Seconds to wait in all for a server that does not answer: it may be restarted."""

FIRST_CONTACT = 8.0
"""Seconds after which a server that nobody has reached yet is given up: its address may be wrong.
With the time for a connection, the error comes within half a minute."""

MAX_UNANSWERED = 10
"""Operations in a row, each tried to its end without an answer, after which a server is gone."""


class _Renewable(Protocol):
    def renew(self, rejected: str) -> str: ...


class UnauthorizedError(MigrationError):
    """A token was refused (401).  One new login is tried before this is final.

    :param otherwise: what it means if it was not for the token: it is raised in the end.
    """

    fatal = True

    def __init__(
        self,
        message: str,
        connection: _Renewable,
        token: str,
        otherwise: MigrationError | None = None,
    ) -> None:
        super().__init__(
            message,
            remedy="The login itself worked: check that its role may use the object store here",
        )
        self.connection = connection
        self.token = token
        self.otherwise = otherwise


class ServerGoneError(MigrationError):
    """A server does not answer any more."""

    fatal = True

    def __init__(self, server: str, last: MigrationError) -> None:
        super().__init__(
            f"{server} does not answer any more. The last try: {last.message}",
            remedy=(
                "See that it runs and can be reached from the host that runs the module. "
                "What is done stays; the next run does the rest"
            ),
        )


class Server:
    """What is known of one server, for all threads.

    Without a lock: one answer or failure more or less does not matter.  A server that has never
    answered is not waited for.
    """

    def __init__(self) -> None:
        self.answers = 0
        """Requests that it has answered itself."""
        self._failures = 0
        self._answers_before = 0

    @property
    def failures(self) -> int:
        """Operations given up without an answer since its last one."""
        return self._failures if self.answers == self._answers_before else 0

    def fail(self) -> int:
        """Count an operation given up without an answer, and give their number."""
        self._failures = self.failures + 1
        self._answers_before = self.answers
        return self._failures


class Servers:
    """All servers that are talked to, by their addresses."""

    def __init__(self) -> None:
        self._known: dict[str, Server] = {}

    def at(self, address: str) -> Server:
        """The server at ``https://HOST:PORT``."""
        return self._known.setdefault(address, Server())


@dataclass(frozen=True)
class Retry:
    """Full jitter: each wait is random between 0 and a ceiling that doubles.

    A server's ``Retry-After`` comes before it, so that those who got the same do not all come back
    at the same moment.

    :param attempts: tries in all.
    :param base: ceiling of the first wait in seconds.
    :param ceiling: ceiling of every wait in seconds, without the server's ``Retry-After``.
    :param servers: what all that share it know of the servers.
    :param on_throttled: called when a server asks for fewer requests.
    """

    attempts: int = 10
    base: float = 0.5
    ceiling: float = 30.0
    servers: Servers = field(default_factory=Servers)
    on_throttled: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic

    def call(self, operation: Callable[[], T]) -> T:
        """Do ``operation`` until it succeeds, and raise its last error when it does not.

        An :class:`AttemptError` says whether it is tried again, and how often; the first that is
        throttled is told to ``on_throttled``.  While a server that was there before answers nobody,
        it is tried for longer; that a gateway answers in its place is no answer.  After the first
        :class:`UnauthorizedError` of a side its token is renewed, the second is final.

        :raises ServerGoneError: a server answers no operation any more.
        :raises MigrationError: what the last try raised.
        """
        renewed: list[_Renewable] = []
        attempt = 0
        waited = 0.0
        throttled = False
        begun = self.clock()
        answers = 0  # of the server that failed, at the last try
        while True:
            try:
                return operation()
            except UnauthorizedError as error:
                if error.connection in renewed:
                    raise error.otherwise or error from None
                error.connection.renew(error.token)
                renewed.append(error.connection)
            except AttemptError as error:
                attempt += 1
                attempts = min(self.attempts, error.attempts or self.attempts)
                server = self.servers.at(error.unanswered)
                silent = error.unanswered and server.answers == answers > 0 and server.failures == 0
                patient = silent and waited < PATIENCE
                late = self.clock() - begun > FIRST_CONTACT
                hopeless = error.unreachable and server.answers == 0 and late
                tried = attempt >= attempts and not patient
                if not error.retryable or tried or hopeless:
                    if error.unreachable and server.answers == 0 and not error.remedy:
                        error.remedy = (
                            f"Check that {error.unanswered} is the right address (storage_url "
                            "replaces it), and that this host may connect to it"
                        )
                    if error.unanswered and server.fail() >= MAX_UNANSWERED:
                        raise ServerGoneError(error.unanswered, error) from error
                    raise
                answers = server.answers
                if error.throttled and not throttled:
                    throttled = True
                    self.on_throttled()
                wait = self.wait(attempt, error.retry_after)
                waited += wait
                self.sleep(wait)

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait before the next try.

        :param attempt: tries so far.  :param retry_after: seconds that the server asks for.
        """
        jitter = self.uniform(0, min(self.ceiling, self.base * 2 ** (attempt - 1)))
        return min(PATIENCE, max(0.0, retry_after or 0.0)) + jitter
