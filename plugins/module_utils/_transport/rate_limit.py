# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Limits on requests to a server that is in production."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Self

from .._errors import EndedError, MigrationError
from .pause import Pause


class RateLimit:
    """At most so much a second, by all threads together.  What is not used is not saved up.

    :param per_second: requests or bytes a second; 0 for no limit.
    :param sleep: waits so many seconds; None for a wait that ends when the limit changes.
    """

    def __init__(
        self,
        per_second: float = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._per_second = per_second
        self._clock, self._sleep = clock, sleep
        self._changed = threading.Condition()
        self._free_at = float("-inf")
        self._breaks = 0

    def __bool__(self) -> bool:
        """Whether there is a limit."""
        return self._per_second > 0

    def take(self, amount: int = 1) -> None:
        """Wait until what was taken before is worked off, and take ``amount`` more.

        :raises EndedError: the wait was broken off.
        """
        if not self:
            return
        with self._changed:
            rate, now, breaks = self._per_second, self._clock(), self._breaks
            begin = max(now, self._free_at)
            self._free_at = begin + amount / rate if rate else now
            while begin > now and self._has_changed_in(begin - now):
                if self._breaks != breaks:
                    raise EndedError
                now = self._clock()
                begin = now + _worked_off(begin - now, rate, self._per_second)
                rate = self._per_second

    def change(self, per_second: float) -> None:
        """Take another limit, for those that wait, too.

        :param per_second: requests or bytes a second; 0 for no limit.
        """
        with self._changed:
            now = self._clock()
            owed = _worked_off(self._free_at - now, self._per_second, per_second)
            self._free_at = now + owed
            self._per_second = per_second
            self._changed.notify_all()

    def break_off(self) -> None:
        """End those that wait now: what they would have taken is free."""
        with self._changed:
            self._breaks += 1
            self._free_at = min(self._free_at, self._clock())
            self._changed.notify_all()

    def _has_changed_in(self, seconds: float) -> bool:
        if self._sleep is None:
            return self._changed.wait(seconds)
        self._sleep(seconds)
        return False


def _worked_off(seconds: float, old: float, new: float) -> float:
    """How long that takes at the new rate which takes so many seconds at the old one."""
    return max(0.0, seconds) * old / new if old and new else 0.0


class RateLimits(NamedTuple):
    """The limits for one server.

    :param requests: requests a second.
    :param bandwidth: bytes a second of the bodies that it sends.
    :param pause: holds its requests altogether.
    """

    requests: RateLimit = RateLimit()
    bandwidth: RateLimit = RateLimit()
    pause: Pause = Pause()

    @classmethod
    def of(cls, requests: float, bandwidth: float) -> Self:
        """The limits with these figures a second; 0 for no limit.

        :raises MigrationError: one is negative.
        """
        cls.check(requests, bandwidth)
        return cls(RateLimit(requests), RateLimit(bandwidth), Pause())

    def request(self) -> None:
        """Wait until one more request may be sent.

        :raises EndedError: the run ends while it is paused.
        """
        self.requests.take()
        while self.pause.wait():  # else all that were held would be sent at once
            self.requests.take()

    def break_off(self) -> None:
        """End the requests that are held by a pause, because the run ends; then hold none."""
        if self.pause.since is not None:
            self.requests.break_off()
        self.pause.break_off()

    @staticmethod
    def check(requests: float, bandwidth: float) -> None:
        """Refuse what cannot be a limit.

        :raises MigrationError: one is negative.
        """
        for name, figure in (("requests_per_second", requests), ("bandwidth_limit", bandwidth)):
            if not 0 <= figure < float("inf"):
                raise MigrationError(
                    f"{figure} cannot be a limit",
                    option=name,
                    remedy="Give a positive number, or 0 for no limit",
                )


UNLIMITED = RateLimits()
