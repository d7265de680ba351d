# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Faults that look like success, and logins that fail while a run is under way."""

from __future__ import annotations

import pytest

from tests.integration.faulty import Faulty, asks, is_listing, is_login
from tests.integration.pair import counts, fill
from tests.servers.access_log import Target
from tests.servers.faults import Edit, Status

NUMBER = 20
PAGE = Status(200, {"Content-Type": "text/html"}, b"<html>Down for maintenance</html>")
SIDES = pytest.mark.parametrize(
    ("side", "method"), [("source", "GET"), ("destination", "PUT")], ids=["source", "destination"]
)


def test_a_page_that_answers_a_put_is_not_taken_for_the_destination(faulty: Faulty) -> None:
    fill(faulty, NUMBER)
    rule = faulty.there.inject(PAGE, asks("PUT", "data/0007"))
    assert counts(faulty.sync()) == {"copied": NUMBER}
    assert rule.injected == 1
    assert faulty.there.count(asks("PUT", "data/0007")) == 2
    assert faulty.differences() == []
    assert counts(faulty.sync()) == {"kept": NUMBER}


def test_an_object_that_is_not_found_for_a_moment_is_asked_again(faulty: Faulty) -> None:
    fill(faulty, NUMBER)
    rule = faulty.here.inject(Status(404), asks("GET", "data/0007"))
    assert counts(faulty.sync()) == {"copied": NUMBER}
    assert rule.injected == 1
    assert faulty.differences() == []


@SIDES
def test_a_login_that_is_refused_in_mid_run_stops_it(
    faulty: Faulty, side: str, method: str
) -> None:
    fill(faulty, NUMBER)
    index = ["source", "destination"].index(side)
    login = (faulty.here, faulty.keystone)[index]
    refusal = login.inject(Status(401), is_login, skip=1, times=None)
    ended = faulty.side(side).inject(Status(401), asks(method), skip=2, times=None)
    result = faulty.sync(concurrency=4)
    assert result["failed"]
    assert ended.injected >= 1
    assert refusal.injected >= 1
    assert result["msg"].startswith(f"{side}.auth.")
    assert faulty.logins()[index] <= 5  # one, and one for each worker at most
    refusal.times = 0
    faulty.heal()
    counts(faulty.sync())
    assert faulty.differences() == []


@SIDES
def test_a_login_that_fails_for_some_seconds_costs_no_object(
    faulty: Faulty, side: str, method: str
) -> None:
    fill(faulty, NUMBER)
    index = ["source", "destination"].index(side)
    login = (faulty.here, faulty.keystone)[index]

    def revoked(target: Target) -> bool:
        return asks(method)(target) and faulty.logins()[index] < 5

    ended = faulty.side(side).inject(Status(401), revoked, skip=5, times=None)
    rule = login.inject(Status(503), is_login, skip=1, times=4)
    assert counts(faulty.sync()) == {"copied": NUMBER}
    assert rule.injected == 4
    assert ended.injected >= 1
    assert faulty.differences() == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"[{}]", "the listing of {} has nothing as 'name'"),
        (b"[1]", "what the server sent as a page of the listing of {} is not a listing"),
        (b'[{"subdir": "x/"}]', "the listing of {} has nothing as 'name'"),
    ],
)
@pytest.mark.parametrize("side", ["source", "destination"])
def test_rows_that_are_no_objects_end_the_run_and_delete_nothing(
    faulty: Faulty, side: str, body: bytes, told: str
) -> None:
    fill(faulty, 2)
    counts(faulty.sync())
    rule = faulty.side(side).inject(Edit(lambda _body: body), is_listing)
    result = faulty.sync(prune=True, max_delete="100%")
    assert rule.injected == 1
    assert result["failed"]
    assert result["msg"].startswith(told.format(f"container '{faulty.name}' of the {side}"))
    assert faulty.names() == ["data/0000", "data/0001"]
    faulty.source.put(faulty.name, "new", b"new")
    assert counts(faulty.sync())["copied"] == 1
    assert faulty.differences() == []


def test_tokens_revoked_on_both_sides_at_once_cost_one_login_each(faulty: Faulty) -> None:
    fill(faulty, NUMBER)

    def revoked_here(target: Target) -> bool:
        return asks("GET")(target) and faulty.logins()[0] == 1

    def revoked_there(target: Target) -> bool:
        return asks("PUT")(target) and faulty.logins()[1] == 1

    rules = [
        faulty.here.inject(Status(401), revoked_here, skip=5, times=None),
        faulty.there.inject(Status(401), revoked_there, skip=5, times=None),
    ]
    assert counts(faulty.sync(concurrency=1)) == {"copied": NUMBER}
    assert [rule.injected for rule in rules] == [1, 1]
    assert faulty.logins() == (2, 2)
    assert faulty.differences() == []
