# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests at a steady pace, which tell whether an application answers all the time."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from types import TracebackType

TIMEOUT_SECONDS = 30.0


class SteadyRequests:
    """Asks a URL in a thread of its own while the block runs.

    :param pause: seconds from one answer to the next request.
    :ivar answers: how many requests were answered with 200.
    :ivar failures: what the others came to.
    """

    def __init__(self, url: str, pause: float = 0.2) -> None:
        self.answers = 0
        self.failures: list[str] = []
        self._url = url
        self._pause = pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> SteadyRequests:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(self._pause):
            try:
                with urllib.request.urlopen(self._url, timeout=TIMEOUT_SECONDS):  # noqa: S310
                    self.answers += 1
            except OSError as error:
                self.failures.append(str(error))
