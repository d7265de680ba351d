# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The bounded pool that works through a plan."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .concurrency import Concurrency

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerPool(Generic[Task, Result]):
    """Threads that take tasks from one iterator and hand their results to one function.

    Each thread has a worker of its own, made in that thread, so that libcurl handles are never
    shared.  A task is taken only when a thread is free: memory does not grow with their number.

    :param make_worker: makes the function that does one task.
    :param done: told each result, one at a time.
    :param concurrency: how many tasks may be under way, asked before each.
    """

    def __init__(
        self,
        make_worker: Callable[[], Callable[[Task], Result]],
        done: Callable[[Result], None],
        concurrency: Concurrency,
    ) -> None:
        self._make_worker = make_worker
        self._done = done
        self._concurrency = concurrency
        self._taking = threading.Lock()
        self._telling = threading.Lock()
        self._turn = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._finished = False
        self._failure: BaseException | None = None

    def run(self, tasks: Iterator[Task]) -> None:
        """Work until the tasks are used up or one raises; what is under way is finished then.

        :raises BaseException: the first error that a worker or the iterator raised.
        """
        self._fill(tasks)
        for thread in self._threads:  # a thread may add others before it ends
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _fill(self, tasks: Iterator[Task]) -> None:
        """Let as many threads work as may."""
        with self._turn:
            self._turn.notify_all()
            while len(self._threads) < self._concurrency.limit and not self._finished:
                thread = threading.Thread(target=self._work, args=(tasks,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self, tasks: Iterator[Task]) -> None:
        worker: Callable[[Task], Result] | None = None
        while self._enter():
            try:
                while self._under_way <= self._concurrency.limit and (taken := self._take(tasks)):
                    worker = worker or self._make_worker()
                    result = worker(taken[0])
                    with self._telling:
                        self._done(result)
                    if self._under_way < self._concurrency.limit:
                        self._fill(tasks)
            except BaseException as error:
                self._failure = self._failure or error
                self._finished = True
            finally:
                self._leave()

    def _take(self, tasks: Iterator[Task]) -> tuple[()] | tuple[Task]:
        """One task; none when there are no more."""
        with self._taking:
            if not self._finished:
                for task in tasks:
                    return (task,)
                self._finished = True
            return ()

    def _enter(self) -> bool:
        with self._turn:
            while self._under_way >= self._concurrency.limit and not self._finished:
                self._turn.wait()
            self._under_way += 1
            return not self._finished

    def _leave(self) -> None:
        with self._turn:
            self._under_way -= 1
            self._turn.notify_all()
