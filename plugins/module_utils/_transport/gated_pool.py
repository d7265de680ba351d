# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Threads whose results are waited for one by one, and of which no more work than may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

from .concurrency import Concurrency

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class GatedPool(Generic[Result]):
    """An executor behind a gate, until it is closed.  For one thread that submits.

    :param concurrency: how many may work at once, asked before each.
    :param bound: the most that it will ever say.
    :param size: the bytes that a result took.
    """

    def __init__(self, concurrency: Concurrency, bound: int, size: Callable[[Result], int]) -> None:
        self._concurrency = concurrency
        self._size = size
        self._executor = ThreadPoolExecutor(bound)
        self._turn = threading.Condition()
        self._under_way = 0

    def close(self) -> None:
        """Wait for what is under way."""
        self._executor.shutdown(cancel_futures=True)

    def submit(
        self,
        work: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Future[Result]:
        """Let a thread work, as soon as one more may."""
        with self._turn:
            self._turn.wait_for(lambda: self._under_way < self._concurrency.limit)
            self._under_way += 1
        future = self._executor.submit(work, *arguments, **options)
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: Future[Result]) -> None:
        if not future.cancelled() and future.exception() is None:
            self._concurrency.worked(self._size(future.result()))
        with self._turn:
            self._under_way -= 1
            self._turn.notify()
