# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A process behind a PID file, as an init script would keep one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.errors import LabError

GRACE_SECONDS = 40.0
KILL_SECONDS = 5.0


@dataclass(frozen=True)
class Daemon:
    """One process, with everything that it forks.

    :param home: where its PID file and its log are.
    :param environment: all of it.
    """

    name: str
    home: Path
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """Number of the running process; 0 when there is none.

        The time of its start is in the PID file too, so that no other process is taken for it.
        """
        try:
            pid, started = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return 0
        return int(pid) if _started(int(pid)) == started else 0

    def start(self) -> None:
        """Start it where it does not run; it goes on when this process ends."""
        if self.pid:
            return
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=self.home,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_file.write_text(f"{process.pid} {_started(process.pid)}\n")

    def terminate(self) -> None:
        """Tell it to end, and do not wait."""
        if pid := self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def stop(self) -> None:
        """End it and what it forked; when this returns, all of them are gone.

        :raises LabError: one of them cannot be killed.
        """
        if pid := self.pid:
            self.terminate()
            deadline = time.monotonic() + GRACE_SECONDS
            while self.pid and time.monotonic() < deadline:
                time.sleep(0.05)
            self._kill_group(pid)
        self._pid_file.unlink(missing_ok=True)

    def running_environment(self) -> dict[str, str]:
        """Return the environment that the running process was started with.

        :raises LabError: it does not run.
        """
        if not (pid := self.pid):
            raise LabError(f"{self.name} does not run")
        shown = Path(f"/proc/{pid}/environ")
        deadline = time.monotonic() + KILL_SECONDS
        # The kernel shows none before the program is loaded.
        while not (content := shown.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        lines = content.decode().split("\0")
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def last_line(self) -> str:
        """Return what it wrote last."""
        lines = (
            self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        )
        return lines[-1] if lines else ""

    @property
    def _pid_file(self) -> Path:
        return self.home / f"{self.name}.pid"

    def _kill_group(self, pid: int) -> None:
        """Kill what is left of the process group that it leads."""
        deadline = time.monotonic() + KILL_SECONDS
        while _group(pid):
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} ({pid}) cannot be stopped")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            time.sleep(0.05)


def _stat(pid: int | str) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on (proc_pid_stat(5)); none if gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] in "ZX" else fields


def _started(pid: int) -> str:
    """Return when a process was started, in clock ticks after boot; nothing when it has ended."""
    with contextlib.suppress(ChildProcessError):  # a child of ours would stay as a zombie
        os.waitpid(pid, os.WNOHANG)
    fields = _stat(pid)
    return fields[19] if fields else ""


def _group(pid: int) -> list[int]:
    """Return the living processes of a group."""
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [number for number in numbers if _stat(number)[2:3] == [str(pid)]]
