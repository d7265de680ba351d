# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Limits that hold at some hours of each day, by the clock of the host that copies.  Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from .._errors import MigrationError
from .._transport.rate_limit import RateLimits

OPTION = "timetable"

DAY = 24 * 60
"""Minutes."""

_SPAN = re.compile(r"(\d{1,2}):(\d{2}) *- *(\d{1,2}):(\d{2})")
_BANDWIDTH = re.compile(r"(\d+(?:\.\d+)?) *([kKMG]i?)?(?:B(?:/s)?)?")
_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "KI": 1024, "MI": 1024**2, "GI": 1024**3}


class Limits(NamedTuple):
    """What a run may do at most.

    :param bandwidth_limit: bytes a second read from the source; 0 for no limit.
    :param requests_per_second: requests to the source; 0 for no limit.
    :param concurrency: objects at once.
    """

    bandwidth_limit: int = 0
    requests_per_second: float = 0.0
    concurrency: int = 64

    def check(self) -> None:
        """Refuse what no run can do.

        :raises MigrationError: naming the option.
        """
        RateLimits.check(self.requests_per_second, self.bandwidth_limit)
        if self.concurrency < 1:
            raise MigrationError(
                f"{self.concurrency} objects at once do nothing",
                option="concurrency",
                remedy="Give 1 or more",
            )


class _Span(NamedTuple):
    """A part of each day, in minutes since midnight; one over midnight ends before it begins.

    :param text: as it was given.  :param changed: the limits that are others meanwhile.
    """

    begin: int
    end: int
    text: str
    changed: Mapping[str, Any]

    def minutes(self) -> Iterator[range]:
        """The parts of the day that it covers."""
        if self.begin < self.end:
            yield range(self.begin, self.end)
        else:
            yield range(self.begin, DAY)
            yield range(self.end)


class Timetable:
    """Which limits hold when.

    :param given: from a span of the day, as ``08:00-18:00``, to a bandwidth, as ``10 MiB/s``, or to
        a dictionary with some of the limits.
    :raises MigrationError: naming what is wrong in it.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        if not isinstance(given, Mapping):
            _refuse(
                f"{given} is no timetable", 'Give a dictionary such as {"08:00-18:00": 1000000}'
            )
        self._spans = sorted(_span(str(text), value) for text, value in given.items())
        self._at: list[_Span | None] = [None] * DAY
        for span in self._spans:
            for minutes in span.minutes():
                for minute in minutes:
                    if (other := self._at[minute]) is not None:
                        _refuse(
                            f"{other.text} and {span.text} overlap",
                            "Let one end where the other begins",
                        )
                    self._at[minute] = span

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self._spans)

    def limits(self, usual: Limits, now: time.struct_time) -> Limits:
        """What holds at a moment.

        :param usual: what holds where the table says nothing.
        :param now: local time.
        """
        span = self._at[_minute(now)]
        return usual._replace(**span.changed) if span is not None else usual

    def until(self, now: time.struct_time) -> str:
        """Until when that holds, as ``18:00 CET``; empty if it holds all day.

        :param now: local time.
        """
        here = self._at[_minute(now)]
        for more in range(1, DAY):
            minute = (_minute(now) + more) % DAY
            if self._at[minute] is not here:
                return f"{minute // 60:02}:{minute % 60:02} {now.tm_zone}"
        return ""


def _minute(now: time.struct_time) -> int:
    return now.tm_hour * 60 + now.tm_min


def _span(text: str, value: Any) -> _Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        _refuse(f"'{text}' is no span of a day", "Write it as 08:00-18:00, in quotes")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    begin, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > 59 or begin >= DAY or end > DAY:
        _refuse(f"'{text}' has a time that no clock shows", "Write it as 08:00-18:00, in quotes")
    if begin == end:
        _refuse(
            f"'{text}' lasts no time",
            "For a whole day set the limit itself, such as bandwidth_limit",
        )
    return _Span(begin, end or DAY, text, _changed(text, value))


def _changed(text: str, value: Any) -> dict[str, Any]:
    """The limits that a span has.

    :param text: of the span.
    """
    if not isinstance(value, Mapping):
        value = {"bandwidth_limit": value}
    unknown = sorted(set(map(str, value)) - set(Limits._fields))
    if unknown or not value:
        _refuse(
            f"'{text}' has no limit that is known: {', '.join(unknown) or 'nothing'}",
            f"Name some of {', '.join(Limits._fields)}, or give a bandwidth such as 10 MiB/s",
        )
    kinds: dict[str, Callable[[Any], Any]] = {
        "bandwidth_limit": _bandwidth,
        "requests_per_second": float,
        "concurrency": int,
    }
    try:
        changed = {name: kinds[name](each) for name, each in value.items()}
        Limits(**changed).check()
    except (ValueError, TypeError, OverflowError):
        _refuse(
            f"'{text}' has {', '.join(map(str, value.values()))}, which is no limit",
            "Give a bandwidth such as 10 MiB/s, or numbers, 0 for no limit",
        )
    except MigrationError as error:
        _refuse(f"'{text}': {error.option}: {error.message}", str(error.remedy))
    return changed


def _bandwidth(value: Any) -> int:
    """Bytes a second.

    :raises ValueError: it is none.
    """
    found = _BANDWIDTH.fullmatch(str(value).strip())
    if found is None:
        raise ValueError
    return int(float(found[1]) * _UNITS[(found[2] or "").upper()])


def _refuse(message: str, remedy: str) -> NoReturn:
    raise MigrationError(message, option=OPTION, remedy=remedy)
