# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was written while a run goes on, by the destination's clock alone."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.recent_writes import (
    FIRST_PAGE,
    Begin,
    RecentError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Response,
)

from tests.unit.plugins.module_utils.fakes.responses import response

AHEAD = 5000.0
"""Seconds by which the destination's clock is ahead of this host's."""

CLOCK = (AHEAD - 1, AHEAD)
LISTED = "2026-01-01T00:00:00.250000"
SHOWN = 1767225600.25


def listed(moment: float) -> ListedObject:
    written = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    return ListedObject("o", 1, "h", "text/plain", written.isoformat(timespec="microseconds"))


def begin(objects: int = 3, clock: tuple[float, float] = CLOCK) -> Begin:
    return Begin(ContainerStat(objects, 100, {}, clock))


def head(moment: float) -> Response:
    return response(X_Timestamp=f"{moment:.5f}")


@pytest.mark.parametrize("suffix", ["", "+00:00"])
def test_what_is_as_it_was_listed_may_be_deleted(suffix: str) -> None:
    old = ListedObject("o", 1, "h", "text/plain", LISTED + suffix)
    begin().check(old, head(SHOWN))
    assert begin().is_before(old)


@pytest.mark.parametrize(
    ("headers", "recent"),
    [
        ({"x-timestamp": f"{SHOWN + 0.0005:.5f}"}, False),
        ({"x-timestamp": f"{SHOWN + 0.0020:.5f}"}, True),
        ({"x-timestamp": f"{SHOWN - 9:.5f}"}, False),
        ({"last-modified": "Thu, 01 Jan 2026 00:00:01 GMT"}, False),
        ({"last-modified": "Thu, 01 Jan 2026 00:00:02 GMT"}, True),
        ({}, False),
    ],
)
def test_what_was_written_after_it_was_listed_is_recent(
    headers: dict[str, str], recent: bool
) -> None:
    entry = ListedObject("o", 1, "h", "text/plain", LISTED)
    if not recent:
        begin().check(entry, response(**headers))
        return
    with pytest.raises(RecentError, match="'o' was written while this run went on") as raised:
        begin().check(entry, response(**headers))
    assert "The next run deletes it" in str(raised.value)


def test_what_was_listed_with_a_time_after_the_begin_is_recent() -> None:
    began = begin()
    later = time.time() + AHEAD + 1
    with pytest.raises(RecentError):
        began.check(listed(later), head(later))
    assert not began.is_before(listed(later))
    before = time.time() + AHEAD - 1
    began.check(listed(before), head(before))
    assert began.is_before(listed(before))


@pytest.mark.parametrize(("objects", "before"), [(FIRST_PAGE, True), (FIRST_PAGE + 1, False)])
def test_a_second_in_doubt_speaks_for_a_delete_only_where_one_page_shows_all(
    objects: int, before: bool
) -> None:
    doubtful = listed(time.time() + AHEAD - 0.5)
    assert begin(objects).is_before(doubtful) is before


@pytest.mark.parametrize("objects", [3, FIRST_PAGE + 1])
def test_a_server_that_tells_no_time_dates_no_begin(objects: int) -> None:
    unknown = begin(objects, (-math.inf, math.inf))
    assert unknown.is_before(listed(time.time() + 10 * AHEAD))
    assert Begin(None).is_before(listed(time.time() + 10 * AHEAD))
    with pytest.raises(RecentError):
        unknown.check(listed(SHOWN), head(SHOWN + 1))
