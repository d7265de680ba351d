# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run is asked while it goes on: a small file beside its progress file.

Whoever may write to the state directory may ask.  The run looks every two seconds, does what it
reads, and removes the file: that is the answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from .._errors import MigrationError
from .._own_file import read_own, replace_own
from .timetable import Limits, Timetable

CONTROL = ".control"
"""What is added to the name of a progress file."""


class StoppedError(MigrationError):
    """Somebody has asked the run to stop."""

    fatal = True

    def __init__(self) -> None:
        super().__init__(
            "stopped on request",
            remedy="What was under way was finished, what was done counts. The next run goes on "
            "from there",
        )


@dataclass(frozen=True)
class Wish:
    """What a run is asked; None where it is to stay as it is.

    :param stop: whether to end what is under way and begin nothing more.
    :param pause: whether to send no request to the source, or to go on.
    :param bandwidth_limit: bytes a second read from the source, at most; 0 for no limit.
    :param requests_per_second: requests to the source, at most; 0 for no limit.
    :param concurrency: objects at once, at most.
    :param timetable: which others hold when; see :class:`.timetable.Timetable`.
    """

    stop: bool = False
    pause: bool | None = None
    bandwidth_limit: int | None = None
    requests_per_second: float | None = None
    concurrency: int | None = None
    timetable: Mapping[str, Any] | None = None

    def check(self) -> None:
        """Refuse what no run can do.

        :raises MigrationError: naming the option.
        """
        asked = {name: getattr(self, name) for name in Limits._fields}
        Limits(**{name: value for name, value in asked.items() if value is not None}).check()
        Timetable(self.timetable or {})

    def write(self, progress: Path) -> Path:
        """Ask the run that writes a progress file.

        :returns: the file that is there until the run has seen it.
        :raises OSError: it cannot be written.
        """
        path = _beside(progress)
        replace_own(path, json.dumps(dataclasses.asdict(self)).encode() + b"\n")
        return path

    @classmethod
    def read(cls, path: Path) -> Wish:
        """What a file asks.

        :raises OSError: it cannot be read, or somebody else may have written it.
        :raises ValueError: it asks nothing that is known.  :raises TypeError: likewise.
        :raises MigrationError: no run can do that.
        """
        wish = cls(**json.loads(read_own(path)))
        wish.check()
        return wish


class ControlFile:
    """Looks for what a run is asked, in a ``with`` block.

    What was asked of an earlier run, or is no wish, is dropped.

    :param progress: the run's progress file.
    :param obey: does what is asked.
    """

    def __init__(self, progress: Path, obey: Callable[[Wish], None]) -> None:
        self._path = _beside(progress)
        self._obey = obey

    def __enter__(self) -> ControlFile:
        """Drop what was asked of an earlier run."""
        self._remove()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Drop what came too late."""
        self._remove()

    def look(self) -> None:
        """Do what is asked, once."""
        try:
            wish = Wish.read(self._path)
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, MigrationError):
            wish = Wish()
        self._remove()
        self._obey(wish)

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()


def end_this_process() -> None:
    """End this process as SIGTERM from elsewhere does: its main thread ends what is under way.

    Where it does that already, a second SIGTERM would not let it: then nothing is sent.
    """
    main = threading.main_thread().ident
    if main is not None and callable(signal.getsignal(signal.SIGTERM)):
        signal.pthread_kill(main, signal.SIGTERM)


def _beside(progress: Path) -> Path:
    return progress.with_name(progress.name + CONTROL)
