# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The pool: bounded, exact, and stopped by the first error."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    Concurrency,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.worker_pool import (
    WorkerPool,
)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_each_task_is_done_once(concurrency: int) -> None:
    results: list[int] = []
    pool = WorkerPool(lambda: lambda task: task * 2, results.append, Concurrency(concurrency))
    pool.run(iter(range(500)))
    assert sorted(results) == [number * 2 for number in range(500)]


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

    pool = WorkerPool(lambda: work, lambda _result: None, Concurrency(4))
    runner = threading.Thread(target=pool.run, args=(tasks(),))
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

    WorkerPool(make_worker, lambda _result: None, Concurrency(4)).run(iter(range(100)))  # type: ignore[arg-type]
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
        WorkerPool(lambda: work, done.append, Concurrency(concurrency)).run(iter(range(10_000)))
    assert len(done) < 100


def test_an_error_of_the_tasks_is_raised() -> None:
    def tasks() -> Iterator[int]:
        yield 1
        raise ValueError("listing")

    with pytest.raises(ValueError, match="listing"):
        WorkerPool(lambda: lambda task: task, lambda _result: None, Concurrency(4)).run(tasks())


def test_a_worker_that_runs_out_of_something_does_not_end_the_run_in_silence() -> None:
    def work(task: int) -> int:
        return next(iter([task][task:]))

    with pytest.raises(StopIteration):
        WorkerPool(lambda: work, lambda _result: None, Concurrency(2)).run(iter(range(5)))


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

    WorkerPool(lambda: work, done, concurrency).run(iter(range(150)))
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

    WorkerPool(lambda: work, lambda _result: told.set(), Concurrency(2)).run(tasks())
    assert told.is_set()
