# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Memory that threads share."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.memory_budget import (
    MemoryBudget,
)


@pytest.mark.parametrize("size", [1, 3, 10, 1000])
def test_no_more_is_held_at_once_than_there_is(size: int) -> None:
    budget = MemoryBudget(10)
    taken = min(size, 10)
    mutex = threading.Lock()
    held = most = 0

    def work(_number: int) -> None:
        nonlocal held, most
        with budget.hold(size):
            with mutex:
                held += taken
                most = max(most, held)
            time.sleep(0.002)
            with mutex:
                held -= taken

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(60)))
    assert 10 - taken < most <= 10
    assert held == 0


def test_what_fails_gives_back_what_it_held() -> None:
    budget = MemoryBudget(10)
    with pytest.raises(ZeroDivisionError), budget.hold(10):
        raise ZeroDivisionError
    with budget.hold(10):
        pass
