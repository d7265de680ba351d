# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How long a migration will take, and for how long the application will be down.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .downtime import Step, downtime
from .rates import Rates, Span, about
from .survey import Amount, Survey

DAY = 24
"""Hours whose changes count for what is usual."""

WEEK = 7 * DAY
"""Hours among which the busiest is looked for."""

BEGIN = Span(1, 2, 6)
"""Seconds of a module before its first object: it is sent, begins, and logs in at both sides."""

PROVED = 0.01
"""Of how many objects the proof reads the bytes, by default."""


@dataclass(frozen=True)
class Application:
    """What is known of the application's own part of the downtime.

    :param stop: seconds that it takes to stop; None if nobody knows.
    :param start: seconds until it answers again, likewise.
    """

    stop: float | None = None
    start: float | None = None


@dataclass(frozen=True)
class Forecast:
    """What is to be expected.

    :param total: what there is to copy.
    :param changes: what was changed in each hour before, the last one first.
    :param listing: seconds in which the source's listing was read.
    :param rates: what copies cost; None if it was not measured.
    :param proved: of how many objects the proof reads the bytes, between 0 and 1.
    """

    total: Amount
    changes: Sequence[Amount]
    listing: float
    rates: Rates | None = None
    application: Application = Application()
    proved: float = PROVED

    @classmethod
    def of(
        cls,
        survey: Survey,
        listing: float,
        rates: Rates | None,
        application: Application,
        proved: float,
    ) -> Forecast:
        """Make it from what was surveyed and measured."""
        return cls(survey.total, survey.changes(WEEK), listing, rates, application, proved)

    @property
    def usual(self) -> Amount:
        """What is changed in an hour, by the last day."""
        day = self.changes[:DAY]
        count = max(1, len(day))
        objects, size = (sum(each[i] for each in day) for i in (0, 1))
        return Amount(round(objects / count), round(size / count))

    @property
    def busiest(self) -> Amount:
        """What was changed in the hour with the most changes."""
        return max(self.changes, default=Amount())

    @property
    def first_copy(self) -> Span | None:
        """How long the first copy takes."""
        if self.rates is None:
            return None
        copying = self.rates.time(*self.total)
        # The listing is read meanwhile.
        return BEGIN.plus(copying if copying.seconds > self.listing else about(self.listing))

    @property
    def delta(self) -> Span | None:
        """How long it takes to copy what is changed in an hour: at most in the busiest one."""
        if self.rates is None:
            return None
        usual, busiest = (self.rates.time(*amount) for amount in (self.usual, self.busiest))
        return Span(usual.low, usual.seconds, max(usual.high, busiest.high))

    @property
    def downtime(self) -> list[Step]:
        """Each step of a cutover from the stop of the application to its start."""
        application, listing = self.application, about(self.listing)
        sample = None
        if self.rates is not None:
            sample = self.rates.time(*(each * self.proved for each in self.total))
        return [
            Step("the application stops", _told(application.stop)),
            Step("both listings are read", BEGIN.plus(listing)),
            Step("what has changed is copied", self.delta),
            Step("both listings are compared", BEGIN.plus(listing)),
            Step("a sample is read on both sides", sample),
            Step("the application is switched and starts", _told(application.start)),
        ]

    def to_dict(self) -> dict[str, Any]:
        """Give it as a module returns it."""
        return {
            **self.total._asdict(),
            "rates": self.rates.to_dict() if self.rates else None,
            "listing_seconds": round(self.listing, 1),
            "first_copy": self.first_copy.to_dict() if self.first_copy else None,
            "changes_per_hour": {
                "usual": self.usual._asdict(),
                "busiest": self.busiest._asdict(),
            },
            "hourly_copy": self.delta.to_dict() if self.delta else None,
            "downtime": downtime(self.downtime),
        }


def _told(seconds: float | None) -> Span | None:
    return None if seconds is None else about(seconds)
