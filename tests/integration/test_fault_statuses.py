# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when a server refuses: what passes is waited for, what does not is told at once."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest

from tests.integration.faulty import Faulty, asks, is_login
from tests.integration.pair import counts, fill
from tests.servers import Lab
from tests.servers.access_log import Target
from tests.servers.faults import Call, Delay, Hold, Status

NUMBER = 40
AT_ONCE = 16
"""Objects that a run begins with."""

SIDES = pytest.mark.parametrize(
    ("side", "method"), [("source", "GET"), ("destination", "PUT")], ids=["source", "destination"]
)


@pytest.fixture
def filled(faulty: Faulty) -> Faulty:
    fill(faulty, NUMBER)
    return faulty


class TestRefusalsThatPass:
    """A server that is busy is asked again later."""

    @SIDES
    def test_bursts_cost_time_and_no_object(self, filled: Faulty, side: str, method: str) -> None:
        proxy = filled.side(side)
        bursts = [
            proxy.inject(Status(status), asks(method), skip=10 + 5 * number, times=4)
            for number, status in enumerate((409, 429, 498, 500, 503))
        ]
        assert counts(filled.sync()) == {"copied": NUMBER}
        assert [burst.injected for burst in bursts] == [4] * 5
        assert filled.differences() == []

    @SIDES
    def test_retry_after_is_waited_for(self, faulty: Faulty, side: str, method: str) -> None:
        fill(faulty, 3)
        proxy, when = faulty.side(side), asks(method, "data/0001")
        moments: list[float] = []
        note = Call(function=lambda: moments.append(time.monotonic()))
        noted = proxy.inject(note, when, times=None)
        rule = proxy.inject(Status(429, {"Retry-After": "2"}), when)
        assert counts(faulty.sync()) == {"copied": 3}
        assert (rule.injected, noted.injected) == (1, 2)
        first, second = moments
        assert second - first >= 2
        assert faulty.differences() == []

    @pytest.mark.parametrize("status", [429, 498, 503])
    def test_a_busy_server_is_asked_for_fewer_objects_at_once(
        self, filled: Faulty, status: int
    ) -> None:
        begun: list[float] = []
        done: list[float] = []

        def at_once(moments: list[float]) -> int:
            return max(
                sum(other <= moment for other in begun) - sum(other < moment for other in done)
                for moment in moments
            )

        def note(moments: list[float]) -> Callable[[], None]:
            return lambda: moments.append(time.monotonic())

        # Those of the beginning wait for each other, and then for what the refusal of one changes.
        together = Hold("answer", until=lambda: len(begun) >= AT_ONCE)
        rules = [
            filled.here.inject(Call(function=note(begun)), asks("GET"), times=None),
            filled.here.inject(together, asks("GET"), times=AT_ONCE - 1),
            filled.here.inject(Delay("answer", seconds=0.8), asks("GET"), times=None),
            filled.here.inject(Call("answer", function=note(done)), asks("GET"), times=None),
        ]
        busy = filled.here.inject(Status(status), asks("GET"), skip=AT_ONCE - 1)
        assert counts(filled.sync()) == {"copied": NUMBER}
        assert busy.injected == 1
        assert all(rule.injected for rule in rules)
        refused = 1  # has begun, and is not done
        assert at_once(begun[:AT_ONCE]) == AT_ONCE
        assert at_once(begun[-15:]) <= AT_ONCE // 2 + refused
        assert filled.differences() == []


class TestRefusalsThatDoNotPass:
    """What no further try helps is told at once, with what to do about it."""

    @pytest.mark.parametrize(
        ("refusal", "remedy"),
        [
            (Status(413, body=b"Upload exceeds quota."), "Ask for a larger quota"),
            (Status(413, body=b'{"Code":"QuotaExceeded"}'), "Ask for a larger quota"),
            (Status(507, body=b"Insufficient Storage"), "make room there"),
        ],
        ids=["swift-quota", "ceph-quota", "disk-full"],
    )
    def test_a_destination_that_is_full_stops_the_run_until_there_is_room(
        self, filled: Faulty, refusal: Status, remedy: str
    ) -> None:
        rule = filled.there.inject(refusal, asks("PUT"), skip=10, times=None)
        result = filled.sync()
        assert result["failed"]
        assert f"answered {refusal.status}" in result["msg"]
        assert remedy in result["msg"]
        assert len(filled.names()) == 10
        assert rule.injected <= 16  # those that were under way
        assert filled.here.count(asks("GET")) <= 10 + 16
        rule.times = 0
        assert counts(filled.sync())["copied"] == NUMBER - 10
        assert filled.differences() == []


class TestLogins:
    """A token that is refused is replaced once, for all."""

    @SIDES
    def test_a_revoked_token_costs_one_login_for_all_workers(
        self, filled: Faulty, side: str, method: str
    ) -> None:
        index = ["source", "destination"].index(side)
        login = (filled.here, filled.keystone)[index]
        renewed = threading.Event()

        def revoked(target: Target) -> bool:
            return asks(method)(target) and not renewed.is_set()

        rule = filled.side(side).inject(Status(401), revoked, skip=5, times=None)
        # It takes so long that the other workers are refused as well.
        renewal = [
            login.inject(Delay(seconds=1), is_login, skip=1),
            login.inject(Call("answer", function=renewed.set), is_login, skip=1),
        ]
        assert counts(filled.sync()) == {"copied": NUMBER}
        assert [step.injected for step in renewal] == [1, 1]
        assert rule.injected > 4
        assert filled.logins()[index] == 2
        assert filled.logins()[1 - index] == 1
        assert filled.differences() == []

    @SIDES
    def test_a_login_that_fails_for_a_moment_is_tried_again(
        self, filled: Faulty, side: str, method: str
    ) -> None:
        index = ["source", "destination"].index(side)
        login = (filled.here, filled.keystone)[index]

        def revoked(target: Target) -> bool:
            return asks(method)(target) and filled.logins()[index] < 3

        ended = filled.side(side).inject(Status(401), revoked, skip=20, times=None)
        rule = login.inject(Status(503), is_login, skip=1)
        assert counts(filled.sync()) == {"copied": NUMBER}
        assert rule.injected == 1
        assert ended.injected >= 1
        assert filled.logins()[index] == 3
        assert filled.differences() == []

    @SIDES
    def test_tokens_that_are_refused_for_ever_are_told_quickly(
        self, filled: Faulty, side: str, method: str
    ) -> None:
        index = ["source", "destination"].index(side)
        rule = filled.side(side).inject(Status(401), asks(method), skip=20, times=None)
        result = filled.sync()
        assert result["failed"]
        assert f"{side} answered 401" in result["msg"]
        assert "check that its role may use the object store" in result["msg"]
        assert result["seconds"] < 20
        assert rule.injected <= 2 * 16
        assert filled.logins()[index] < 16
        filled.heal()
        counts(filled.sync())
        assert filled.differences() == []

    @pytest.mark.own_lab
    def test_a_run_outlives_several_tokens(self, faulty: Faulty, lab: Lab) -> None:
        number = 16
        fill(faulty, number)
        usual = lab.settings
        services = ("keystone", "source-proxy")
        short = dataclasses.replace(usual, token_seconds=3, source_token_seconds=3)
        lab.restart(*services, settings=short)
        try:
            slow = faulty.here.inject(Delay(seconds=1.5), asks("GET"), times=None)
            logins: dict[str, list[float]] = {"source": [], "destination": []}
            for proxy, moments in zip((faulty.here, faulty.keystone), logins.values(), strict=True):
                note = Call(function=partial(_note, moments))
                proxy.inject(note, is_login, times=None)
            copying: list[float] = []
            faulty.here.inject(Call(function=partial(_note, copying)), asks("GET"), times=None)
            marks = {side: lab.access_log(side).mark() for side in logins}
            result = faulty.sync(concurrency=2)
        finally:
            lab.restart(*services, settings=usual)
        assert counts(result) == {"copied": number}
        assert slow.injected >= number
        assert result["seconds"] >= number / 2 * 1.5
        for side, moments in logins.items():
            renewals = [moment for moment in moments if moment > copying[0]]
            assert len(renewals) > 1
            # Keystone cuts the end of a token to a whole second, so it lives for two at least, and
            # is renewed after nine tenths of that; the rest is for the way to the server.
            lives = [later - earlier for earlier, later in pairwise(renewals)]
            assert min(lives) > 1
            asked = lab.access_log(side).object_requests(marks[side])
            assert sum(request.status == 401 for request in asked) <= len(moments)
        assert faulty.differences() == []


def _note(moments: list[float]) -> None:
    moments.append(time.monotonic())
