# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What one run tells of itself while it goes on, for its record and its list of objects."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._dependencies import pycurl
from .._errors import MigrationError
from .._printable import safe_in_json
from .._transport.retry_counts import RetryCounts
from .._version import VERSION
from .._who import who
from .histogram import Histogram
from .object_list import ObjectList
from .rate_samples import RateSamples
from .run_record import DONE, FAILED, FOLDER, STOPPED, UNFINISHED, RunRecord, moment
from .slowest import Slowest

PAUSE = 10.0
"""Seconds between two states of the record of a run that goes on."""

_LOG = logging.getLogger(__name__)

_LEFT_OUT = {"changed", "record", "objects_list"}
"""What a module returns and a record does not tell."""


@dataclass(frozen=True)
class Asker:
    """Who asks for a run, and from where, as far as the run itself cannot know it.

    :param by: a user and a host.
    :param ansible_core: the version of that.
    :param mark: what the names of the record and of the list are to have in them.
    :param expected_seconds: how long a first copy takes by the last preflight; None if unknown.
    """

    by: str = ""
    ansible_core: str = ""
    mark: str = ""
    expected_seconds: float | None = None


@dataclass(frozen=True)
class Told:
    """What is recorded of a run.

    :param what: MIGRATE, ROLLBACK or COMPARE.
    :param state_dir: the state directory.
    :param sides: gives what identifies the migration's source and destination.
    :param settings: what was asked, without logins.
    :param result: gives what the module returns; ``stopped`` in it counts.
    :param judge: raises what makes the module fail though the run came to its end.
    """

    what: str
    state_dir: str
    asker: Asker
    sides: Callable[[], Mapping[str, Mapping[str, str]]]
    settings: Mapping[str, Any]
    result: Callable[[], Mapping[str, Any]]
    judge: Callable[[], None]


class RunHistory:
    """Takes what the threads of a run tell.  Before it is recorded, nothing is kept in files.

    That a record cannot be written is warned of, and is no error: the run matters.

    :param retries: counts what is tried again.
    :param clock: seconds since 1970.
    :ivar objects: the list of objects.
    """

    def __init__(
        self, retries: RetryCounts | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._mutex = threading.Lock()
        self._retries = retries or RetryCounts()
        self._sizes, self._latencies = Histogram(0), Histogram()
        self._slowest, self._samples = Slowest(), RateSamples()
        self._record: RunRecord | None = None
        self._told: Told | None = None
        self._begun = self._written = 0.0
        self._how, self._message, self._ended = UNFINISHED, "", ""
        self.objects = ObjectList()

    def listed(self, size: int) -> None:
        """Count an object that the source lists.  For one thread.

        :param size: its bytes.
        """
        self._sizes.add(size)

    def worked(self, name: str, size: int, seconds: float) -> None:
        """Note how long a single object took."""
        with self._mutex:
            self._latencies.add(seconds)
            self._slowest.add(name, size, seconds)

    def begin_again(self) -> None:
        """Forget what was found of the objects, before all of them are looked at again."""
        self._sizes = Histogram(0)
        self.objects.begin_again()

    def sample(self, state: Mapping[str, Any]) -> None:
        """Note how far the run is.  For one thread at a time.

        :param state: as its progress file has it.
        """
        now = self._clock()
        if self._record is None:
            return
        compared = "objects_unequal" in state
        self._samples.add(
            (
                round(now - self._begun, 1),
                state["objects_done"],
                state["bytes_compared" if compared else "bytes_copied"],
                state["objects_unequal" if compared else "objects_failed"],
                self._retries.total,
                state.get("concurrency"),
                state["seconds_left"],
            )
        )
        if now - self._written >= PAUSE:
            self.objects.flush()
            self._write()

    @contextlib.contextmanager
    def recording(self, told: Told) -> Iterator[None]:
        """Record the run that goes on until the block ends, however it ends."""
        self._begin(told)
        try:
            yield
        except MigrationError as error:
            stopped = bool(told.result().get("stopped"))
            self._end(STOPPED if stopped else FAILED, str(error))
            raise
        except BaseException as error:
            self._end(FAILED, type(error).__name__)
            raise
        else:
            self._end(*_judged(told))

    def result(self) -> dict[str, str]:
        """What a module returns of it: the paths of both files, empty where there are none."""
        listed = self.objects.path
        return {
            "record": str(self._record.path) if self._record else "",
            "objects_list": str(listed) if listed else "",
        }

    def _begin(self, told: Told) -> None:
        self._begun = self._clock()
        begun = datetime.datetime.fromtimestamp(self._begun, datetime.UTC)
        folder = Path(told.state_dir).expanduser() / FOLDER
        record = RunRecord(folder, told.what, begun, told.asker.mark)
        try:
            record.begin()
            self.objects.open(record.list_path)
        except OSError as error:
            _LOG.warning("this run leaves no record: %s: %s", error.filename, error.strerror)
            return
        self._told, self._record = told, record
        self._write()

    def _end(self, how: str, message: str) -> None:
        self._how, self._message, self._ended = how, message, moment(self._clock())
        self.objects.close()
        if self.objects.problem:
            _LOG.warning("the list of this run's objects is not whole: %s", self.objects.problem)
        self._write()

    def _write(self) -> None:
        if self._record is None or self._told is None:
            return
        self._written = self._clock()
        try:
            self._record.write(self._content(self._told))
        except RuntimeError:  # another thread has changed what was being written: the next one
            if self._ended:
                raise
        except OSError as error:
            if self._ended:
                _LOG.warning("the record of this run could not be written: %s", error.strerror)

    def _content(self, told: Told) -> dict[str, Any]:
        foretold = self._samples.foretold()
        content = {
            "kind": "run",
            "what": told.what,
            "how": self._how,
            "message": self._message,
            "begun": moment(self._begun),
            "ended": self._ended or None,
            "written": moment(self._written),
            "seconds": round(self._written - self._begun, 3),
            "by": who(),
            "asked_by": told.asker.by,
            "process": os.getpid(),
            "versions": {
                "collection": VERSION,
                "python": platform.python_version(),
                "libcurl": pycurl.version_info()[1] if pycurl else "",
                "ansible_core": told.asker.ansible_core,
            },
            **told.sides(),
            "settings": told.settings,
            "result": {
                name: value for name, value in told.result().items() if name not in _LEFT_OUT
            },
            "rates": self._samples.result(),
            "predicted": {"preflight": told.asker.expected_seconds, "run": foretold},
            "retries": self._retries.by_reason,
            "latencies": self._latencies.result(),
            "sizes": self._sizes.result(),
            "slowest": self._slowest.result(),
            "list": self.objects.result(),
        }
        safe: dict[str, Any] = safe_in_json(content)
        return safe


def _judged(told: Told) -> tuple[str, str]:
    """How a run has ended that came to its end."""
    try:
        told.judge()
    except MigrationError as error:
        return FAILED, str(error)
    return DONE, ""
