# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Requests of all threads held until somebody lets them go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .._errors import EndedError


class Pause:
    """Holds each request before it is sent.  What was sent already is finished.

    :param clock: seconds since 1970.
    :ivar since: when it began, by that clock; None where nothing is held.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._is_over = False
        self.since: float | None = None

    def begin(self) -> None:
        """Hold what comes from now on."""
        with self._changed:
            if self.since is None and not self._is_over:
                self.since = self._clock()

    def end(self) -> None:
        """Let all go on."""
        with self._changed:
            self.since = None
            self._changed.notify_all()

    def break_off(self) -> None:
        """End what is held now, because the run ends, and hold nothing any more."""
        with self._changed:
            self._is_over = True
        self.end()

    def wait(self) -> bool:
        """Wait until it ends.

        :returns: whether anything had to be waited for.
        :raises EndedError: the run ends.
        """
        if self.since is None:
            return False
        with self._changed:
            while self.since is not None:
                self._changed.wait()
            if self._is_over:
                raise EndedError
        return True
