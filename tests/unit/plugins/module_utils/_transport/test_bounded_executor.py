# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The executor: bounded, exact, and stopped by the first error of a plan."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    background,
    bounded_executor,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    concurrency as concurrency_module,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bounded_executor import (
    BoundedExecutor,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    START,
    Concurrency,
)

Worker = Callable[[int], Any]


def executor(
    make_worker: Callable[[], Worker], concurrency: Concurrency
) -> BoundedExecutor[int, Any]:
    """An executor whose results take no bytes."""
    return BoundedExecutor(make_worker, concurrency, size=lambda _result: 0)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_each_task_is_done_once(concurrency: int) -> None:
    results: list[int] = []
    pool = executor(lambda: lambda task: task * 2, Concurrency(concurrency))
    pool.run(iter(range(500)), results.append)
    assert sorted(results) == [number * 2 for number in range(500)]


def test_what_is_worked_on_now_is_counted_failures_among_it() -> None:
    concurrency, both = Concurrency(2), threading.Barrier(2)
    seen: list[int] = []

    def work(task: int) -> int:
        both.wait(10)
        seen.append(concurrency.under_way)
        both.wait(10)
        if task:
            raise KeyError(task)
        return task

    with pytest.raises(KeyError):
        executor(lambda: work, concurrency).run(iter(range(2)), lambda _result: None)
    assert seen == [2, 2]
    assert concurrency.under_way == 0


def test_a_signal_ends_it_when_what_is_under_way_is_done() -> None:
    done: list[int] = []
    told = threading.Event()

    def end(_number: int, _frame: object) -> None:
        told.set()
        raise InterruptedError

    def work(task: int) -> int:
        if task == 5:
            os.kill(os.getpid(), signal.SIGUSR1)
        if task >= 4:
            told.wait(10)
            time.sleep(0.5)
        return task

    before = signal.signal(signal.SIGUSR1, end)
    try:
        with pytest.raises(InterruptedError):
            executor(lambda: work, Concurrency(2)).run(iter(range(100)), done.append)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert sorted(done) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("submits", [False, True])
def test_a_signal_lets_no_worker_wait_for_what_may_never_come(submits: bool) -> None:
    under_way, never = threading.Event(), threading.Event()

    def end(_number: int, _frame: object) -> None:
        raise InterruptedError

    def work(task: int) -> int:
        under_way.set()
        never.wait(30)
        return task

    pool = BoundedExecutor(lambda: work, Concurrency(2), lambda _result: 0, never.set)
    before = signal.signal(signal.SIGUSR1, end)
    begun = time.monotonic()
    try:
        with pytest.raises(InterruptedError):
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
            if submits:
                with pool.submitting() as submit:
                    for task in range(100):
                        submit(task)
            else:
                pool.run(iter(range(100)), lambda _result: None)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert under_way.is_set()
    assert time.monotonic() - begun < 10


def test_a_signal_at_the_begin_ends_it_when_what_is_under_way_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []
    under_way = threading.Event()

    def work(task: int) -> int:
        under_way.set()
        time.sleep(0.2)
        return task

    def begin_and_raise(work: Callable[[], None]) -> None:
        background.begin(work)
        assert under_way.wait(10)
        raise InterruptedError

    monkeypatch.setattr(bounded_executor, "begin", begin_and_raise)
    with pytest.raises(InterruptedError):
        executor(lambda: work, Concurrency(1)).run(iter(range(100)), done.append)
    assert done == [0]


def test_no_more_tasks_are_taken_than_threads_are_free() -> None:
    taken = 0
    gate = threading.Event()

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    def work(_task: int) -> None:
        gate.wait(5)

    pool = executor(lambda: work, Concurrency(4))
    runner = threading.Thread(target=pool.run, args=(tasks(), lambda _result: None))
    runner.start()
    time.sleep(0.2)
    assert taken == 4
    gate.set()
    runner.join(5)
    assert taken == 100


def test_each_thread_has_a_worker_of_its_own() -> None:
    made: list[int] = []
    used: list[tuple[int, int]] = []

    def make_worker() -> object:
        owner = threading.get_ident()
        made.append(owner)
        return lambda task: (time.sleep(0.001), used.append((owner, threading.get_ident())))

    executor(make_worker, Concurrency(4)).run(iter(range(100)), lambda _result: None)  # type: ignore[arg-type]
    assert len(made) == len(set(made)) <= 4
    assert all(owner == user for owner, user in used)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_first_error_of_a_worker_ends_the_run_and_is_raised(concurrency: int) -> None:
    done: list[int] = []

    def work(task: int) -> int:
        if task == 10:
            raise ValueError("ten")
        time.sleep(0.001)
        return task

    with pytest.raises(ValueError, match="ten"):
        executor(lambda: work, Concurrency(concurrency)).run(iter(range(10_000)), done.append)
    assert len(done) < 100


def test_an_error_of_the_tasks_is_raised() -> None:
    def tasks() -> Iterator[int]:
        yield 1
        raise ValueError("listing")

    with pytest.raises(ValueError, match="listing"):
        executor(lambda: lambda task: task, Concurrency(4)).run(tasks(), lambda _result: None)


def test_a_worker_that_runs_out_of_something_does_not_end_the_run_in_silence() -> None:
    def work(task: int) -> int:
        return next(iter([task][task:]))

    with pytest.raises(StopIteration):
        executor(lambda: work, Concurrency(2)).run(iter(range(5)), lambda _result: None)


@pytest.mark.parametrize(("before", "after"), [(2, 6), (6, 2)])
def test_the_number_of_tasks_under_way_follows_the_limit(before: int, after: int) -> None:
    concurrency = Concurrency(8)
    concurrency._limit = before
    busy, seen = 0, []
    mutex = threading.Lock()

    def work(task: int) -> int:
        nonlocal busy
        with mutex:
            busy += 1
            seen.append(busy)
        time.sleep(0.005)
        with mutex:
            busy -= 1
        return task

    def done(task: int) -> None:
        if task == 50:
            concurrency._limit = after

    executor(lambda: work, concurrency).run(iter(range(150)), done)
    assert max(seen[:40]) == before
    assert max(seen[100:]) == after


def test_a_slow_listing_does_not_hold_up_what_is_under_way() -> None:
    waiting, told = threading.Event(), threading.Event()

    def tasks() -> Iterator[int]:
        yield 1
        waiting.set()
        assert told.wait(5)

    def work(task: int) -> int:
        waiting.wait(5)
        return task

    executor(lambda: work, Concurrency(2)).run(tasks(), lambda _result: told.set())
    assert told.is_set()


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


def test_no_more_work_at_once_than_may(crowd: Crowd) -> None:
    with executor(lambda: crowd.work, Concurrency(4)).submitting() as submit:
        futures = [submit(number) for number in range(40)]
        assert [future.result() for future in futures] == list(range(40))
    assert crowd.most == 4


def test_fewer_work_at_once_after_a_server_has_asked_for_it(crowd: Crowd) -> None:
    concurrency = Concurrency(8)
    concurrency.throttled()
    with executor(lambda: crowd.work, concurrency).submitting() as submit:
        for number in range(20):
            submit(number)
    assert crowd.most == 4


def test_more_work_at_once_while_that_pays(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency_module, "WINDOW", 0)
    with executor(lambda: crowd.work, Concurrency(64)).submitting() as submit:
        for number in range(20 * START):
            submit(number)
    assert crowd.most > START


def test_work_that_fails_gives_its_turn_back() -> None:
    def fail(_number: int) -> int:
        raise ValueError

    with executor(lambda: fail, Concurrency(1)).submitting() as submit:
        failed = [submit(number) for number in range(3)]
        assert all(isinstance(future.exception(5), ValueError) for future in failed)


def test_what_has_not_begun_when_the_block_ends_is_not_done() -> None:
    begun, gate = threading.Event(), threading.Event()
    done: list[int] = []

    def work(number: int) -> None:
        begun.set()
        gate.wait(5)
        done.append(number)

    with (
        pytest.raises(ValueError, match="ends"),
        executor(lambda: work, Concurrency(1)).submitting() as submit,
    ):
        futures = [submit(0), submit(1)]
        assert begun.wait(5)
        threading.Timer(0.05, gate.set).start()
        raise ValueError("it ends")
    assert done == [0]
    assert [future.cancelled() for future in futures] == [False, True]


def test_each_task_that_is_done_counts_for_the_concurrency() -> None:
    class Counted(Concurrency):
        def __init__(self) -> None:
            super().__init__(2)
            self.sizes: list[int] = []

        def worked(self, size: int) -> None:
            self.sizes.append(size)

    concurrency = Counted()
    doubled = BoundedExecutor(
        lambda: lambda task: task * 2, concurrency, size=lambda result: result
    )
    doubled.run(iter([1, 2]), lambda _result: None)
    with doubled.submitting() as submit:
        submit(3).result(5)
    assert sorted(concurrency.sizes) == [2, 4, 6]
