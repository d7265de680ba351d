# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ask the runs on this host to pause, go on, stop or keep other limits, and see that they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .._swift.container_name import check_names
from .control_file import Wish
from .known_runs import KnownRun, known_runs

PAUSE = 0.2
"""Seconds between two looks whether a run has done what it was asked."""


@dataclass(frozen=True)
class ControlOptions:
    """Which runs are asked for what.

    :param source: the name of the container that is copied.
    :param destination: the name of the one that is filled.
    :param state_dir: where runs on this host keep their state.
    :param timeout: seconds that a run has to see what it is asked, and to end if it is to stop.
    :param check_mode: ask nobody.
    """

    source: str
    destination: str
    state_dir: str
    wish: Wish
    timeout: float
    check_mode: bool = False


class RunControl:
    """All runs of one migration on this host."""

    def __init__(
        self,
        options: ControlOptions,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options, self._clock, self._sleep = options, clock, sleep

    def result(self) -> dict[str, Any]:
        """Ask each, wait until all have done it, and give the values that the module returns.

        :raises MigrationError: one has not done it in time, or a file cannot be had.
        """
        options = self._options
        check_names(options.source, options.destination)
        options.wish.check()
        try:
            asked = [run for run in self._known() if run.goes_on(self._clock())]
            if not options.check_mode:
                self._wait([(run, options.wish.write(run.path)) for run in asked])
            now = self._clock()
            names = {run.path for run in asked}
            runs = [run.result(now) for run in self._known() if run.path in names]
        except OSError as error:
            raise MigrationError(
                f"cannot use {error.filename}: {error.strerror}",
                option="state_dir",
                remedy="Name the folder in which the run keeps its state, as the user who runs it",
            ) from None
        return {"changed": bool(asked), "runs": runs}

    def _known(self) -> list[KnownRun]:
        options = self._options
        folder = Path(options.state_dir).expanduser()
        return list(known_runs(folder, options.source, options.destination))

    def _wait(self, asked: list[tuple[KnownRun, Path]]) -> None:
        until = self._clock() + self._options.timeout
        while late := [run for run, path in asked if not self._is_done(run, path)]:
            if self._clock() >= until:
                raise self._too_late(late[0])
            self._sleep(PAUSE)

    def _is_done(self, run: KnownRun, path: Path) -> bool:
        """Whether a run has done what it was asked, or has ended meanwhile."""
        state = next((each for each in self._known() if each.path == run.path), None)
        if state is None or not state.goes_on(self._clock()):
            return True
        return not self._options.wish.stop and not path.exists()

    def _too_late(self, run: KnownRun) -> MigrationError:
        what = f"{run.what} (process {run.state.get('process')})"
        if self._options.wish.stop:
            return MigrationError(
                f"{what} still finishes what is under way",
                option="timeout",
                remedy="It begins nothing new. Look again with playbooks/status.yml",
            )
        return MigrationError(
            f"{what} has not heard what it is asked",
            option="timeout",
            remedy="See with playbooks/status.yml whether it still goes on",
        )
