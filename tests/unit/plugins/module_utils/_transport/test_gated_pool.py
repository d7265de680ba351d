# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A pool that lets as many work at once as may at that moment."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    concurrency as concurrency_module,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    START,
    Concurrency,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.gated_pool import (
    GatedPool,
)


class Crowd:
    """Work that notes how many do it at once."""

    def __init__(self) -> None:
        self.most = self._now = 0
        self._mutex = threading.Lock()

    def work(self, number: int) -> int:
        with self._mutex:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.01)
        with self._mutex:
            self._now -= 1
        return number


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def pool_of(concurrency: Concurrency, bound: int) -> GatedPool[int]:
    return GatedPool(concurrency, bound, size=lambda _number: 0)


def test_no_more_work_at_once_than_may(crowd: Crowd) -> None:
    with closing(pool_of(Concurrency(4), 4)) as pool:
        futures = [pool.submit(crowd.work, number) for number in range(40)]
        assert [future.result() for future in futures] == list(range(40))
    assert crowd.most == 4


def test_fewer_work_at_once_after_a_server_has_asked_for_it(crowd: Crowd) -> None:
    concurrency = Concurrency(8)
    concurrency.throttled()
    with closing(pool_of(concurrency, 8)) as pool:
        for number in range(20):
            pool.submit(crowd.work, number)
    assert crowd.most == 4


def test_more_work_at_once_while_that_pays(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency_module, "WINDOW", 0)
    with closing(pool_of(Concurrency(64), 64)) as pool:
        for number in range(20 * START):
            pool.submit(crowd.work, number)
    assert crowd.most > START


def test_work_that_fails_gives_its_turn_back() -> None:
    def fail(_number: int) -> int:
        raise ValueError

    with closing(pool_of(Concurrency(1), 1)) as pool:
        failed = [pool.submit(fail, number) for number in range(3)]
        assert all(isinstance(future.exception(5), ValueError) for future in failed)
