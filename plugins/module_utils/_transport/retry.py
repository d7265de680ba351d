# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Decides, and nothing else does, which failure is tried again, when, and how often."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, Protocol, TypeVar

from .._errors import AttemptError, MigrationError
from .postponement import Postponement
from .retry_counts import REFUSED, RetryCounts, reason_of
from .servers import Server, Servers

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

SPREAD = 0.5
"""Seconds in which all come back to a server that answers again."""


class _Renewable(Protocol):
    def renew(self, rejected: str) -> str: ...


class UnauthorizedError(MigrationError):
    """A token was refused (401).  One new login is tried before this is final.

    :param otherwise: what it means if it was not for the token: it is raised in the end, and tried
        again before if it says that it may pass.
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
            remedy=(
                "The login itself worked: check that its role may use the object store here, and "
                "that its user there, as which Ceph counts the project, is not suspended"
            ),
        )
        self.connection = connection
        self.token = token
        self.otherwise = otherwise


class UncheckedTokenError(AttemptError):
    """A Ceph that took this login before refuses also a new token.

    Its gateway answers so (401) as long as it cannot reach the Keystone that checks tokens.

    :param server: its address.
    """

    fatal = True
    retryable = True

    def __init__(self, message: str, server: str) -> None:
        super().__init__(
            f"{message}, also with a new token",
            remedy=(
                "See that the gateway reaches its Keystone, and check that the login's role may "
                "still use the object store and its user there is not suspended. What is done "
                "stays; the next run does the rest"
            ),
        )
        self.unanswered = server


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


@dataclass(frozen=True)
class Retry:
    """Full jitter: each wait is random between 0 and a ceiling that doubles.

    A server's ``Retry-After`` comes before it, so that those who got the same do not all come back
    at the same moment.

    :param attempts: tries in all.
    :param base: ceiling of the first wait in seconds.
    :param ceiling: ceiling of every wait in seconds, without the server's ``Retry-After``.
    :param servers: what all that share it know of the servers.
    :param counts: counts what is tried again.
    :param on_throttled: called when a server asks for fewer requests.
    :param on_back: called when a server answers again that was waited for.
    :param postponement: which operations are postponed when a server asks for a long pause; None
        for none.
    """

    attempts: int = 10
    base: float = 0.5
    ceiling: float = 30.0
    servers: Servers = field(default_factory=Servers)
    counts: RetryCounts = field(default_factory=RetryCounts)
    on_throttled: Callable[[], None] = lambda: None
    on_back: Callable[[], None] = lambda: None
    postponement: Postponement | None = None
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform
    clock: Callable[[], float] = time.monotonic

    def call(self, operation: Callable[[], T]) -> T:
        """Do ``operation`` until it succeeds, and raise its last error when it does not.

        An :class:`AttemptError` says whether it is tried again, and how often; the first that is
        throttled is told to ``on_throttled``.  While a server that was there before answers nobody,
        it is tried for longer, by one after the other, and by all as soon as it answers one; that a
        gateway answers in its place is no answer.  After the first :class:`UnauthorizedError` of a
        side its token is renewed, the second is final, unless it says otherwise.

        :raises ServerGoneError: a server answers no operation any more.
        :raises PostponedError: a server asks for a long pause.
        :raises MigrationError: what the last try raised.
        """
        tries: _Tries | None = None
        begun = self.clock()
        while True:
            try:
                result = operation()
            except UnauthorizedError as error:
                tries = tries or _Tries(self, begun)
                tries.refused(error)
            except AttemptError as error:
                tries = tries or _Tries(self, begun)
                tries.failed(error)
            else:
                if self.postponement is not None:
                    self.postponement.succeed()
                return result

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait before the next try.

        :param attempt: tries so far.  :param retry_after: seconds that the server asks for.
        """
        jitter = self.uniform(0, min(self.ceiling, self.base * 2 ** (attempt - 1)))
        return min(PATIENCE, max(0.0, retry_after or 0.0)) + jitter


class _Tries:
    """The tries of one operation that have failed.

    :param begun: when the first began, by the clock of the retry.
    """

    def __init__(self, retry: Retry, begun: float) -> None:
        self._retry, self._begun = retry, begun
        self._renewed: list[_Renewable] = []
        self._number = 0
        self._waited = 0.0
        self._throttled = False
        self._answers = 0  # of the server that failed, at the last try

    def refused(self, error: UnauthorizedError) -> None:
        """Renew the token of a side once, and wait when it may pass without that."""
        if error.connection not in self._renewed:
            error.connection.renew(error.token)
            self._renewed.append(error.connection)
            self._retry.counts.add(REFUSED)
        elif isinstance(error.otherwise, AttemptError):
            self.failed(error.otherwise)
        else:
            raise error.otherwise or error

    def failed(self, error: AttemptError) -> None:
        """Wait until the next try, and raise the error when there is none."""
        retry = self._retry
        self._number += 1
        if error.throttled and not self._throttled:
            self._throttled = True
            retry.on_throttled()
        if retry.postponement is not None:
            retry.postponement.check(error)
        server = retry.servers.at(error.unanswered)
        has_answered_nobody = server.answers == self._answers > 0 and server.failures == 0
        silent = server if error.unanswered and has_answered_nobody else None
        if not error.retryable or self._is_last(error, server, silent):
            self._give_up(error, server)
        self._answers = server.answers
        retry.counts.add(reason_of(error))
        first_contact = error.unreachable and server.answers == 0
        most = FIRST_CONTACT - (retry.clock() - self._begun) if first_contact else math.inf
        self._wait(error, None if error.retry_after else silent, most)

    def _is_last(self, error: AttemptError, server: Server, silent: Server | None) -> bool:
        """Whether the try that raised this was the last."""
        retry = self._retry
        attempts = min(retry.attempts, error.attempts or retry.attempts)
        is_late = retry.clock() - self._begun >= FIRST_CONTACT
        if error.unreachable and server.answers == 0 and is_late:
            return True
        is_patient = silent is not None and self._waited < PATIENCE
        return self._number >= attempts and not is_patient

    def _give_up(self, error: AttemptError, server: Server) -> NoReturn:
        if error.unreachable and server.answers == 0 and not error.remedy:
            error.remedy = (
                f"Check that {error.unanswered} is the right address (storage_url "
                "replaces it), and that this host may connect to it"
            )
        if error.unanswered and server.fail() >= MAX_UNANSWERED:
            raise ServerGoneError(error.unanswered, error) from error
        raise error

    def _wait(self, error: AttemptError, silent: Server | None, most: float) -> None:
        """Wait before the next try.

        :param silent: the server that answers nobody.  :param most: seconds to wait at most.
        """
        retry = self._retry
        seconds = min(most, retry.wait(self._number, error.retry_after))
        if silent is None:
            retry.sleep(seconds)
            self._waited += seconds
            return
        self._waited += silent.wait(seconds, retry.sleep, retry.clock)
        if silent.answers != self._answers:
            retry.on_back()
            retry.sleep(retry.uniform(0, SPREAD))
