# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Rate limits hold over any time, for all threads together."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    Request,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    RateLimit,
    RateLimits,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer


class Time:
    def __init__(self) -> None:
        self.now = 5.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(
    st.floats(0.5, 1e6),
    st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 100)), min_size=1, max_size=50),
)
def test_no_time_sees_more_than_its_share_and_one_taking(
    rate: float, takings: list[tuple[int, float]]
) -> None:
    time = Time()
    limit = RateLimit(rate, clock=lambda: time.now, sleep=time.sleep)
    begun, taken = None, 0
    for amount, idle in takings:
        time.now += idle
        limit.take(amount)
        begun = time.now if begun is None else begun
        assert taken <= rate * (time.now - begun) * (1 + 1e-9) + 1e-6
        taken += amount


def test_none_means_no_limit() -> None:
    slept: list[float] = []
    limit = RateLimit(0, clock=lambda: 0.0, sleep=slept.append)
    for _number in range(1000):
        limit.take(10**9)
    assert slept == []


def test_threads_share_it() -> None:
    waits: list[float] = []
    limit = RateLimit(10, clock=lambda: 0.0, sleep=waits.append)
    threads = [threading.Thread(target=limit.take) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([number / 10 for number in range(1, 20)])


def test_requests_and_the_bytes_of_answers_are_taken(source: ObjectServer) -> None:
    requests, bandwidth = RateLimit(10**6), RateLimit(10**6)
    taken: dict[str, list[int]] = {"requests": [], "bandwidth": []}
    requests.take = lambda amount=1: taken["requests"].append(amount)  # type: ignore[method-assign]
    bandwidth.take = lambda amount=1: taken["bandwidth"].append(amount)  # type: ignore[method-assign]
    source.script = lambda _asked: Answer(200, body=b"x" * 1000)
    http = Http(Tls(), RateLimits(requests, bandwidth))
    for _number in range(3):
        http.send(Request("GET", f"{source.url}/v1/AUTH_x/c/o"))
    assert taken["requests"] == [1, 1, 1]
    assert sum(taken["bandwidth"]) == 3000


def test_a_limit_that_comes_while_a_body_does_holds_for_its_rest(source: ObjectServer) -> None:
    limits = RateLimits.of(0, 0)
    bandwidth, taken = limits.bandwidth, list[int]()
    bandwidth.take = lambda amount=1: taken.append(amount)  # type: ignore[method-assign]
    source.script = lambda _asked: Answer(200, body=b"x" * 1000)
    Http(Tls(), limits).send(Request("GET", f"{source.url}/v1/AUTH_x/c/o"))
    assert sum(taken) == 1000


@pytest.mark.parametrize("figure", [-1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("option", ["requests_per_second", "bandwidth_limit"])
def test_what_is_no_limit_is_refused_by_name(option: str, figure: float) -> None:
    given = {"requests_per_second": 0.0, "bandwidth_limit": 0.0, option: figure}
    with pytest.raises(MigrationError, match=f"^{option}: {figure} cannot be a limit"):
        RateLimits.of(given["requests_per_second"], given["bandwidth_limit"])


@pytest.mark.parametrize("per_second", [1000.0, 0.0])
def test_those_that_wait_go_on_at_once_when_the_limit_is_raised_or_lifted(
    per_second: float,
) -> None:
    limit = RateLimit(0.01)  # a hundred seconds each
    limit.take()
    threads = [threading.Thread(target=limit.take, daemon=True) for _number in range(3)]
    for thread in threads:
        thread.start()
    threads[0].join(0.1)
    assert all(thread.is_alive() for thread in threads)
    limit.change(per_second)
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_what_is_owed_is_worked_off_at_the_new_rate() -> None:
    time = Time()
    limit = RateLimit(10, clock=lambda: time.now, sleep=time.sleep)
    limit.take(20)
    limit.change(2)
    begun = time.now
    limit.take()
    assert time.now - begun == pytest.approx(10)


def test_what_had_no_limit_gets_one() -> None:
    time = Time()
    limit = RateLimit(0, clock=lambda: time.now, sleep=time.sleep)
    limit.take(10**9)
    limit.change(2)
    begun = time.now
    limit.take(4)
    limit.take()
    assert time.now - begun == pytest.approx(2)
