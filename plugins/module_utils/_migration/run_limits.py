# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The limits of one run: as it was told, as its timetable says, as it is asked meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from .._transport.concurrency import Concurrency
from .._transport.rate_limit import RateLimits
from .control_file import Wish
from .timetable import Limits, Timetable


class RunLimits:
    """Keeps them.  For all threads; :meth:`keep` and :meth:`change` are for one.

    :param usual: what holds where the timetable says nothing.
    :param timetable: see :class:`.timetable.Timetable`.
    :param clock: local time.
    :ivar concurrency: objects at once.
    """

    def __init__(
        self,
        usual: Limits,
        timetable: Mapping[str, Any],
        clock: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        self._usual, self._given, self._clock = usual, timetable, clock
        self._mutex = threading.Lock()
        self._rates: RateLimits | None = None
        self._timetable = Timetable({})
        self._in_force = usual
        self.concurrency = Concurrency(max(1, usual.concurrency))

    @property
    def rates(self) -> RateLimits:
        """What may be asked of the source, by all threads together.

        :raises MigrationError: one of the limits is negative, or the timetable is none.
        """
        # functools.cached_property takes no lock, and two limits would halve the protection.
        with self._mutex:
            if self._rates is None:
                self._timetable = Timetable(self._given)
                self._rates = RateLimits.of(
                    self._usual.requests_per_second, self._usual.bandwidth_limit
                )
                self._apply(self._rates)
            return self._rates

    def keep(self) -> None:
        """Let hold what the timetable says now."""
        rates = self.rates
        with self._mutex:
            self._apply(rates)

    def change(self, wish: Wish) -> None:
        """Take other limits from now on."""
        rates = self.rates
        with self._mutex:
            if wish.timetable is not None:
                self._timetable = Timetable(wish.timetable)
            asked = {name: getattr(wish, name) for name in Limits._fields}
            self._usual = self._usual._replace(
                **{name: value for name, value in asked.items() if value is not None}
            )
            self._apply(rates)

    def state(self) -> dict[str, Any]:
        """What a progress file tells of them: those in force, and until when if they end."""
        limits = self._in_force
        return {
            "bandwidth_limit": limits.bandwidth_limit,
            "requests_per_second": limits.requests_per_second,
            "limits_until": self._timetable.until(self._clock()),
        }

    def _apply(self, rates: RateLimits) -> None:
        before = self._in_force
        now = self._in_force = self._timetable.limits(self._usual, self._clock())
        if now.requests_per_second != before.requests_per_second:
            rates.requests.change(now.requests_per_second)
        if now.bandwidth_limit != before.bandwidth_limit:
            rates.bandwidth.change(now.bandwidth_limit)
        if now.concurrency != before.concurrency:
            self.concurrency.bound_by(now.concurrency)
