# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Asks a deployment's API all the time, as its users do."""

from __future__ import annotations

import threading
import time
import urllib.request
from types import TracebackType
from typing import Self

PERIOD_SECONDS = 0.2
TIMEOUT_SECONDS = 30.0


class Probe:
    """Requests, 5 a second unless the answers take longer, as long as the context lasts.

    :ivar answered: how many had status 200.
    :ivar failures: why others had not.
    """

    def __init__(self, url: str) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self._url = url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(due - time.monotonic(), 0)):
            due += PERIOD_SECONDS
            try:
                with urllib.request.urlopen(self._url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                    assert answer.status == 200, answer.status
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")
            else:
                self.answered += 1
