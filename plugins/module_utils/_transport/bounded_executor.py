# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Threads that work on tasks, as many at once as the servers take."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import Queue
from typing import Generic, TypeVar

from .background import begin
from .concurrency import Concurrency

Task = TypeVar("Task")
Result = TypeVar("Result")


class BoundedExecutor(Generic[Task, Result]):
    """Works on tasks in threads, each of which has a worker of its own.

    Workers are made in their threads, so that libcurl handles are never shared.

    :param make_worker: makes the function that does one task.
    :param concurrency: how many tasks may be under way, asked before each; told of each one done.
    :param size: the bytes that a result took.
    :param break_off: called when it ends early: lets no worker wait for what may never come.
    """

    def __init__(
        self,
        make_worker: Callable[[], Callable[[Task], Result]],
        concurrency: Concurrency,
        size: Callable[[Result], int],
        break_off: Callable[[], None] = lambda: None,
    ) -> None:
        self._make_worker = make_worker
        self._concurrency = concurrency
        self._size = size
        self._break_off = break_off

    def run(self, tasks: Iterator[Task], done: Callable[[Result], None]) -> None:
        """Work until the tasks are used up or one raises; what is under way is finished then.

        The same holds where the handler of a signal raises in this thread.

        A task is taken only when a thread is free: memory does not grow with their number.

        :param done: told each result, one at a time.
        :raises BaseException: the first error that a worker or the iterator raised.
        """

        def count(result: Result) -> None:
            self._concurrency.worked(self._size(result))
            done(result)

        run = _Run(self._make_worker, count, self._concurrency)
        begun, ended = threading.Event(), threading.Event()

        def work() -> None:
            begun.set()
            try:
                run.work(tasks)
            finally:
                ended.set()

        # Not in this thread: where a signal's handler raises in join(), Python 3.11 takes the
        # thread that is waited for as ended.  It may also raise while that thread begins.
        try:
            begin(work).result()
        except BaseException:
            run.finish()
            self._break_off()
            if begun.is_set():
                ended.wait()
            raise

    @contextlib.contextmanager
    def submitting(self) -> Iterator[Callable[[Task], Future[Result]]]:
        """Work on what is submitted until the block ends; what is under way is finished then.

        :returns: submits one task, as soon as one more may be under way.  For one thread.
        """
        submitted: Queue[tuple[Task, Future[Result]] | None] = Queue(1)
        runs: list[Future[None]] = []
        over = threading.Event()

        def make_worker() -> Callable[[tuple[Task, Future[Result]]], None]:
            worker = self._make_worker()

            def work(one: tuple[Task, Future[Result]]) -> None:
                task, future = one
                if over.is_set():
                    future.cancel()
                    return
                try:
                    result = worker(task)
                except BaseException as error:
                    future.set_exception(error)
                else:
                    self._concurrency.worked(self._size(result))
                    future.set_result(result)

            return work

        def run() -> None:
            tasks = iter(submitted.get, None)
            _Run(make_worker, lambda _done: None, self._concurrency).work(tasks)

        def submit(task: Task) -> Future[Result]:
            if not runs:
                runs.append(begin(run))
            future: Future[Result] = Future()
            submitted.put((task, future))
            return future

        try:
            yield submit
        except BaseException:
            self._break_off()
            raise
        finally:
            over.set()
            if runs:
                submitted.put(None)
                runs[0].result()


class _Run(Generic[Task, Result]):
    """The threads that take tasks from one iterator and hand their results to one function."""

    def __init__(
        self,
        make_worker: Callable[[], Callable[[Task], Result]],
        done: Callable[[Result], None],
        concurrency: Concurrency,
    ) -> None:
        self._make_worker, self._done, self._concurrency = make_worker, done, concurrency
        self._taking = threading.Lock()
        self._telling = threading.Lock()
        self._turn = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._finished = False
        self._failure: BaseException | None = None

    def work(self, tasks: Iterator[Task]) -> None:
        self._fill(tasks)
        for thread in self._threads:  # a thread may add others before it ends
            thread.join()
        if self._failure is not None:
            raise self._failure

    def finish(self) -> None:
        """Let no thread take a task any more."""
        with self._turn:
            self._finished = True
            self._turn.notify_all()

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
                while self._under_way <= self._concurrency.limit and (
                    taken := self._next_task(tasks)
                ):
                    worker = worker or self._make_worker()
                    with self._concurrency.working():
                        result = worker(taken[0])
                    with self._telling:
                        self._done(result)
                    if self._under_way < self._concurrency.limit:
                        self._fill(tasks)
            except BaseException as error:
                with self._turn:
                    self._failure = self._failure or error
                    self._finished = True
            finally:
                self._leave()

    def _next_task(self, tasks: Iterator[Task]) -> tuple[()] | tuple[Task]:
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
            if self._finished:
                return False
            self._under_way += 1
            return True

    def _leave(self) -> None:
        with self._turn:
            self._under_way -= 1
            self._turn.notify_all()
