# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a HEAD of a container tells: totals, when it was made, and the server's clock."""

from __future__ import annotations

import math
import time
from email.utils import formatdate

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.header import (
    HeaderError,
)

from tests.unit.plugins.module_utils.fakes.responses import response

NOON = 1767268800
"""Seconds since 1970 of 2026-01-01, 12:00 UTC."""

BEFORE, AFTER = NOON + 0.25, NOON + 0.75
"""This host's time when a container was asked for, and when the answer had come."""

UNKNOWN = (-math.inf, math.inf)


def stat(**headers: str) -> ContainerStat:
    return ContainerStat.of(response(204, **headers), BEFORE, AFTER)


def began(moment: int, tail: str = "") -> str:
    """The id of a transaction that began at a second of the server's clock."""
    return f"tx{'0a' * 10}f-{moment:010x}{tail}"


def test_totals_are_read() -> None:
    found = stat(X_Container_Object_Count="3", X_Container_Bytes_Used="12")
    assert (found.objects, found.size) == (3, 12)


@pytest.mark.parametrize("name", ["x_container_object_count", "x_container_bytes_used"])
def test_totals_are_numbers(name: str) -> None:
    with pytest.raises(HeaderError, match=name.replace("_", "-")):
        stat(**{name: "many"})


def test_it_was_made_when_the_server_says() -> None:
    assert stat(X_Timestamp="1700000000.00001").created == "1700000000.00001"
    assert stat().created == ""
    with pytest.raises(HeaderError, match="x-timestamp"):
        assert not stat(X_Timestamp="now").created


@pytest.mark.parametrize("ahead", [-600, 0, 600])
def test_the_clock_is_bounded_by_when_the_answer_was_on_its_way(ahead: int) -> None:
    # A date of whole seconds was read within one second, at some moment of the request.
    assert stat(Date=formatdate(NOON + ahead)).clock == (ahead - 0.75, ahead + 0.75)


@pytest.mark.parametrize("tail", ["", "-1f1c-default", "-suffix"], ids=["swift", "ceph", "own"])
def test_the_transactions_id_tells_the_time_and_not_a_load_balancers_date(tail: str) -> None:
    found = stat(Date=formatdate(NOON), X_Trans_Id=began(NOON - 5 * 3600, tail))
    assert found.clock == stat(Date=formatdate(NOON - 5 * 3600)).clock


@pytest.mark.parametrize(
    "identity", ["", "tx1", "tx-63b0", f"xx{'0' * 21}-0063b0cd1a", began(0xFFFFFFFFFF)]
)
def test_where_the_transactions_id_tells_no_time_the_date_does(identity: str) -> None:
    found = stat(Date=formatdate(NOON + 600), X_Trans_Id=identity)
    assert found.clock == stat(Date=formatdate(NOON + 600)).clock != UNKNOWN


@pytest.mark.parametrize("date", ["", "noon"])
def test_a_server_that_does_not_tell_its_time_may_have_any(date: str) -> None:
    assert stat(Date=date).clock == UNKNOWN


def test_how_far_a_clock_can_be_ahead_of_another_is_never_too_little() -> None:
    behind, right = stat(Date=formatdate(NOON - 600)), stat(Date=formatdate(NOON))
    assert right.ahead_of(behind) == 600 + 1.5
    assert behind.ahead_of(right) == -600 + 1.5
    assert right.ahead_of(stat()) == math.inf


def test_the_servers_time_is_told_as_its_listings_do_and_never_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = stat(Date=formatdate(NOON + 600))
    monkeypatch.setattr(time, "time", lambda: NOON + 1.0)
    assert found.now() == "2026-01-01T12:10:00.250000"
    assert stat().now() == ""
