# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Limits on requests to a server that is in production."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Self

from .._errors import MigrationError


class RateLimit:
    """At most so much a second, by all threads together.  What is not used is not saved up.

    :param per_second: requests or bytes a second; 0 for no limit.
    """

    def __init__(
        self,
        per_second: float = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_second = per_second
        self._clock, self._sleep = clock, sleep
        self._mutex = threading.Lock()
        self._free_at = float("-inf")

    def __bool__(self) -> bool:
        """Whether there is a limit."""
        return self._per_second > 0

    def take(self, amount: int = 1) -> None:
        """Wait until what was taken before is worked off, and take ``amount`` more."""
        if not self:
            return
        with self._mutex:
            now = self._clock()
            begin = max(now, self._free_at)
            self._free_at = begin + amount / self._per_second
        if begin > now:
            self._sleep(begin - now)


class RateLimits(NamedTuple):
    """The limits for one server.

    :param requests: requests a second.
    :param bandwidth: bytes a second of the bodies that it sends.
    """

    requests: RateLimit = RateLimit()
    bandwidth: RateLimit = RateLimit()

    @classmethod
    def of(cls, requests: float, bandwidth: float) -> Self:
        """The limits with these figures a second; 0 for no limit.

        :raises MigrationError: one is negative.
        """
        for name, figure in (("requests_per_second", requests), ("bandwidth_limit", bandwidth)):
            if not 0 <= figure < float("inf"):
                raise MigrationError(
                    f"{figure} cannot be a limit",
                    option=name,
                    remedy="Give a positive number, or 0 for no limit",
                )
        return cls(RateLimit(requests), RateLimit(bandwidth))


UNLIMITED = RateLimits()
