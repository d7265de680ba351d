# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""When an object was last changed, as its listing and its own headers tell it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_time import (
    PRECISION,
    changed_at,
    is_older,
    listed_at,
)

from tests.unit.plugins.module_utils.fakes.responses import response

LISTED = "2026-01-01T00:00:00.250000"
SECONDS = 1767225600.25
"""The same since 1970."""


def listed(moment: str = LISTED) -> ListedObject:
    return ListedObject("o", 1, "h", "text/plain", moment)


@pytest.fixture
def away_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("away_from_utc")
@pytest.mark.parametrize("moment", [LISTED, f"{LISTED}+00:00", "2026-01-01T02:00:00.250000+02:00"])
def test_a_listings_time_is_utc_unless_it_names_another_zone(moment: str) -> None:
    assert listed_at(listed(moment)) == SECONDS


@pytest.mark.parametrize(
    ("headers", "changed"),
    [
        (
            {"X-Timestamp": "1767225600.25000", "Last-Modified": "Thu, 01 Jan 2026 00:00:01 GMT"},
            (SECONDS, PRECISION),
        ),
        ({"Last-Modified": "Thu, 01 Jan 2026 00:00:01 GMT"}, (SECONDS + 0.75, 1.0)),
        ({"X-Timestamp": "soon"}, (-math.inf, 1.0)),
        ({}, (-math.inf, 1.0)),
    ],
    ids=["exact", "whole-second", "neither", "none"],
)
def test_an_answer_tells_it_by_the_most_exact_header(
    headers: dict[str, str], changed: tuple[float, float]
) -> None:
    assert changed_at(response(**headers)) == changed


@pytest.mark.parametrize(
    ("seconds", "older"),
    [(-1.0, True), (-0.002, True), (-0.0005, False), (0.0, False), (1.0, False)],
)
def test_what_changed_before_its_listing_says_is_older(seconds: float, older: bool) -> None:
    assert is_older(response(X_Timestamp=f"{SECONDS + seconds:.5f}"), listed()) is older


@pytest.mark.parametrize("link", ["X-Symlink-Target", "Content-Location"])
def test_a_symlink_is_not_older_as_its_target_is(link: str) -> None:
    assert not is_older(response(**{"X-Timestamp": "1.0", link: "c/o"}), listed())


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"Last-Modified": "Thu, 01 Jan 1970 00:00:01 GMT"}, LISTED),
        ({"X-Timestamp": "soon"}, LISTED),
        ({"X-Timestamp": "-inf"}, LISTED),
        ({"X-Timestamp": "1.0"}, ""),
    ],
    ids=["whole-second", "no-number", "no-moment", "not-listed"],
)
def test_where_a_side_tells_no_exact_time_nothing_is_older(
    headers: dict[str, str], moment: str
) -> None:
    assert not is_older(response(**headers), listed(moment))
