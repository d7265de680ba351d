# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which limits hold at which hour."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.timetable import (
    Limits,
    Timetable,
)

USUAL = Limits(7, 3.0, 5)
DAY = {"08:00-18:00": "10 MiB/s"}
NIGHT = {"22:00-6:00": {"requests_per_second": 0, "concurrency": "2"}}


def at(clock: str) -> time.struct_time:
    """A moment of some day in Boston."""
    hour, minute = map(int, clock.split(":"))
    fields = (2026, 2, 1, hour, minute, 59, 6, 32, 0)
    return time.struct_time(fields, {"tm_zone": "EST", "tm_gmtoff": -18000})


@pytest.mark.parametrize(
    ("clock", "limits", "until"),
    [
        ("07:59", USUAL, "08:00 EST"),
        ("08:00", Limits(10 * 2**20, 3.0, 5), "18:00 EST"),
        ("17:59", Limits(10 * 2**20, 3.0, 5), "18:00 EST"),
        ("18:00", USUAL, "22:00 EST"),
        ("22:00", Limits(7, 0.0, 2), "06:00 EST"),
        ("00:00", Limits(7, 0.0, 2), "06:00 EST"),
        ("05:59", Limits(7, 0.0, 2), "06:00 EST"),
        ("06:00", USUAL, "08:00 EST"),
    ],
)
def test_each_hour_has_its_limits_and_their_end(clock: str, limits: Limits, until: str) -> None:
    table = Timetable(DAY | NIGHT)
    assert table.limits(USUAL, at(clock)) == limits
    assert table.until(at(clock)) == until


def test_without_a_span_and_with_a_whole_day_nothing_ends() -> None:
    for given, limits in (({}, USUAL), ({"00:00-24:00": 9}, USUAL._replace(bandwidth_limit=9))):
        table = Timetable(given)
        assert bool(table) == bool(given)
        assert (table.limits(USUAL, at("12:00")), table.until(at("12:00"))) == (limits, "")


def test_one_span_may_begin_where_another_ends_also_at_midnight() -> None:
    table = Timetable({"08:00-18:00": 1, "18:00-00:00": 2, "00:00-08:00": 3})
    found = [table.limits(USUAL, at(f"{hour:02}:00")).bandwidth_limit for hour in (8, 18, 0)]
    assert found == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("10 MiB/s", 10 * 2**20),
        ("10MiB/s", 10 * 2**20),
        ("1.5 GiB/s", 3 * 2**29),
        ("500 kB/s", 500_000),
        ("500 KB", 500_000),
        ("2 KiB/s", 2048),
        ("100 M", 10**8),
        ("1000000", 10**6),
        (1000000, 10**6),
        ("0", 0),
    ],
)
def test_a_bandwidth_is_read_as_people_write_it(value: Any, size: int) -> None:
    for given in (value, {"bandwidth_limit": value}):
        limits = Timetable({"00:00-24:00": given}).limits(USUAL, at("12:00"))
        assert limits.bandwidth_limit == size


QUOTES = r" Write it as 08:00-18:00, in quotes\.$"
NUMBERS = r" Give a bandwidth such as 10 MiB/s, or numbers, 0 for no limit\.$"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (7, r"7 is no timetable\. Give a dictionary"),
        ({"8-18": 1}, r"'8-18' is no span of a day\." + QUOTES),
        ({"Mon": 1}, r"'Mon' is no span of a day\." + QUOTES),
        ({480: 1}, r"'480' is no span of a day\." + QUOTES),
        ({"08:00-25:00": 1}, r"'08:00-25:00' has a time that no clock shows\." + QUOTES),
        ({"08:60-09:00": 1}, r"'08:60-09:00' has a time that no clock shows\." + QUOTES),
        ({"24:00-09:00": 1}, r"'24:00-09:00' has a time that no clock shows\." + QUOTES),
        ({"08:00-24:01": 1}, r"'08:00-24:01' has a time that no clock shows\." + QUOTES),
        ({"08:00-08:00": 1}, r"'08:00-08:00' lasts no time\. For a whole day set the limit itself"),
        (
            {"08:00-18:00": 1, "17:59-19:00": 2},
            r"08:00-18:00 and 17:59-19:00 overlap\. Let one end where the other begins\.$",
        ),
        ({"22:00-06:00": 1, "05:00-07:00": 2}, "05:00-07:00 and 22:00-06:00 overlap"),
        ({"08:00-18:00": "fast"}, r"'08:00-18:00' has fast, which is no limit\." + NUMBERS),
        ({"08:00-18:00": "10 Mbit/s"}, "'08:00-18:00' has 10 Mbit/s, which is no limit"),
        ({"08:00-18:00": -1}, "'08:00-18:00' has -1, which is no limit"),
        ({"08:00-18:00": None}, "'08:00-18:00' has None, which is no limit"),
        ({"08:00-18:00": [1]}, r"'08:00-18:00' has \[1\], which is no limit"),
        ({"08:00-18:00": {"requests_per_second": "x"}}, "'08:00-18:00' has x, which is no limit"),
        (
            {"08:00-18:00": {"requests_per_second": -2}},
            r"'08:00-18:00': requests_per_second: -2\.0 cannot be a limit\. Give a positive",
        ),
        (
            {"08:00-18:00": {"concurrency": 0}},
            r"'08:00-18:00': concurrency: 0 objects at once do nothing\. Give 1 or more",
        ),
        (
            {"08:00-18:00": {"bandwith": 1}},
            r"'08:00-18:00' has no limit that is known: bandwith\. Name some of bandwidth_limit, "
            r"requests_per_second, concurrency, or give a bandwidth such as 10 MiB/s\.$",
        ),
        ({"08:00-18:00": {}}, "'08:00-18:00' has no limit that is known: nothing"),
    ],
)
def test_what_is_no_timetable_is_refused_with_what_to_do(given: Any, message: str) -> None:
    with pytest.raises(MigrationError, match=f"^timetable: {message}"):
        Timetable(given)
