# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Show on the controller how far a run on the mover is, while its module works."""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import json
import shlex
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    RUN,
    STALE,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._printable import printable

GRACE = 5.0
"""Seconds that the end of a run waits for a look that is under way."""

State = dict[str, Any]
"""What a progress file holds."""

_LEFT = " left"
_WAITING = "waiting for an earlier run: "


class Watch:
    """Looks now and then, from the begin of a ``with`` block to its end, in a thread of its own.

    A look that fails is left out: it is the run that matters.

    :param read: runs a shell command on the mover and gives what it prints.
    :param show: shows one line.
    :param folder: the state directory on the mover.
    :param suffix: what the names of the files end with.
    :param containers: the names of the source's and the destination's container.
    :param interval: seconds between two looks.
    :param clock: seconds that only grow.
    """

    def __init__(
        self,
        read: Callable[[str], str],
        show: Callable[[str], None],
        folder: str,
        suffix: str,
        containers: tuple[str, str],
        interval: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._show = read, show
        self._command = f"date +%s; cat {quoted_folder(folder)}/*{suffix} 2>/dev/null"
        self._containers = list(containers)
        self._queues = suffix == RUN
        self._interval = interval
        self._clock = clock
        self._began = clock()
        self._since: float | None = None
        self._foretold = False
        self._ended = threading.Event()
        # Ansible keeps in context variables to which task a thread's output belongs.
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._keep_up,), daemon=True)

    def __enter__(self) -> Watch:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join(GRACE)

    def look(self) -> str:
        """Look once.

        :returns: a line that says how far it is; empty when there is nothing to say.
        :raises Exception: whatever the connection, or a broken file, may cause.
        """
        now, *files = self._read(self._command).splitlines()
        if self._since is None:  # when this run was begun, by the mover's clock
            self._since = float(now) - (self._clock() - self._began)
        states = sorted(self._current(map(json.loads, files), float(now)), key=_started)
        if not states:
            return ""
        line = describe(states[-1])
        if _started(states[-1]) >= self._since:
            return line
        hint = "; playbooks/resume.yml lets it go on" if states[-1].get("paused") else ""
        return f"{_WAITING}{line}{hint}" if self._queues else ""

    def show_error(self, error: Any, seconds: Any) -> None:
        """Show how wrong the times were that were shown to be left; nothing if none was.

        :param error: by how many seconds, on average, if it is a number.
        :param seconds: how long the run took, if it is one.
        """
        if not self._foretold or not (_is_number(error) and _is_number(seconds)) or seconds <= 0:
            return
        share = f"{100 * error / seconds:.0f} % of the {duration(round(seconds))} that it took"
        wrong = duration(round(error))
        self._show(f"the times told to be left were wrong by {wrong} on average, {share}")

    def _current(self, states: Iterator[State], now: float) -> Iterator[State]:
        for state in states:
            recent = now - state["written"] < STALE
            if recent and not state["done"] and state["containers"] == self._containers:
                yield state

    def _keep_up(self) -> None:
        while not self._ended.wait(self._interval):
            with contextlib.suppress(Exception):
                line = self.look()
                if line and not self._ended.is_set():
                    self._show(printable(line))
                    own = _LEFT in line and not line.startswith(_WAITING)
                    self._foretold = self._foretold or own


def describe(state: State) -> str:
    """Say in one line what a progress file says.

    :raises KeyError: it lacks something.
    """
    if state.get("paused"):
        return f"paused since {clock(state['paused'])}: {amounts(state)}"
    if "objects_unequal" in state:
        speed = f"{state['objects_per_second']:,.0f} objects/s"
        return ", ".join([amounts(state), speed, *_left(state)])
    if state["phase"] == "deleting":
        return f"{state['objects_deleted']:,} objects deleted, {_speed(state)}"
    before = "" if state["phase"] == "copying" else f"{state['phase']}: "
    return before + ", ".join([amounts(state), _speed(state), *_left(state)])


def amounts(state: State) -> str:
    """Say how much a progress file counts.

    :raises KeyError: it lacks something.
    """
    total = state["objects_total"]
    done = f"{state['objects_done']:,}{f' of {total:,}' if total is not None else ''} objects"
    if "objects_unequal" in state:
        unequal = state["objects_unequal"]
        return f"{done} compared" + (f", {unequal:,} not equal" if unequal else "")
    failed = f", {state['objects_failed']:,} failed" if state["objects_failed"] else ""
    return f"{done}{failed}, {binary(state['bytes_copied'])} copied"


def _left(state: State) -> list[str]:
    left = state["seconds_left"]
    return [f"about {duration(left)}{_LEFT}"] if left else []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _speed(state: State) -> str:
    return f"{state['objects_per_second']:,.0f} objects/s, {binary(state['bytes_per_second'])}/s"


def _started(state: State) -> float:
    return float(state["started"])


def binary(size: float) -> str:
    """Say how many bytes something has."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.{0 if unit == 'B' else 1}f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def duration(seconds: int) -> str:
    """Say how long something takes."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def clock(seconds: float) -> str:
    """Say when something was, to the second.

    :param seconds: since 1970.
    """
    then = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{then:%Y-%m-%d %H:%M:%S} UTC"


def quoted_folder(folder: str) -> str:
    """Quote a path for a shell, except for a ``~`` at its beginning."""
    home, slash, rest = folder.partition("/")
    if not home.startswith("~"):
        return shlex.quote(folder)
    return home.translate({ord(c): None for c in "`$;&|<>()'\" \\\n"}) + slash + shlex.quote(rest)
