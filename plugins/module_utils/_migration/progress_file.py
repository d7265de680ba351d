# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A small file that tells how far a run is, which others may read while it goes on.

It is written by a thread that looks at the run's own counts now and then: the threads that work
know nothing of it.  It holds no secret and no name of an object.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from .._own_file import replace_own
from .control_file import StoppedError
from .last_end import LastEnd

RUN = ".progress"
"""What the name of a run's file ends with, beside the journal."""

COMPARISON = ".comparison"
"""The same of a comparison."""

PAUSE = 2.0
"""Seconds between two states of the file."""

STALE = 30.0
"""Seconds after which a file that says that its run goes on is not believed any more."""


class Progressing(Protocol):
    """Something that can tell how far it is."""

    def state(self, *, done: bool = False) -> dict[str, Any]:
        """What is known now, as a flat dictionary for JSON.

        :param done: whether the run has ended.
        :returns: in the end with ``failed``, if it came to nothing though no error has ended it.
        """


class ProgressFile:
    """A file that tells how far a run is, from the begin of a ``with`` block to its end.

    It is replaced as a whole, mode 0600.  That it cannot be written is no error: the run matters.
    It stays afterwards, and says that the run has ended, and whether it failed or was stopped.
    The next run reads from it how this one has ended, and tells that in its own.

    :param path: None for no file, only states.
    :param pause: seconds between two states of it.
    :param each_time: called before each of them but the first and the last.
    :param tell: told each of them.
    """

    def __init__(
        self,
        path: Path | None,
        progress: Progressing,
        pause: float = PAUSE,
        each_time: Callable[[], None] = lambda: None,
        tell: Callable[[dict[str, Any]], None] = lambda _state: None,
    ) -> None:
        self._path = path
        self._progress = progress
        self._pause = pause
        self._each_time = each_time
        self._tell = tell
        self._last = LastEnd.read(path) if path is not None else LastEnd()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, daemon=True)

    def __enter__(self) -> ProgressFile:
        """Write it, and keep it up to date from now on."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(done=False)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Write that the run has ended."""
        self._ended.set()
        try:
            self._thread.join()
        finally:
            self._write(done=True, failed=kind is not None, stopped=kind is StoppedError)

    def _keep_up(self) -> None:
        while not self._ended.wait(self._pause):
            self._each_time()
            self._write(done=False)

    def _write(self, *, done: bool, failed: bool = False, stopped: bool = False) -> None:
        state = {**self._progress.state(done=done), **self._last.told()}
        if done:
            state |= {"failed": failed or state.get("failed", False), "stopped": stopped}
        if failed:  # nobody has foretold that
            state["estimate_error"] = None
        self._tell(state)
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            replace_own(self._path, f"{json.dumps(state)}\n".encode())
