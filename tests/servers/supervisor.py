# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The process that owns a lab's services.

None of them outlives it. It stops them when it is told to, when one of them fails, and when whoever
wanted the lab is gone: the other end of a pipe, the lifeline, is closed. When it is killed, the
kernel kills them too. At SIGUSR1 it stops the services named in ``run/halt``, stops and starts those
named in ``run/restart``, and removes these files.

Usage: python -m tests.servers.supervisor STATE [LIFELINE_DESCRIPTOR]
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import IO

from tests.servers import ports, services
from tests.servers.process import dying_with
from tests.servers.state import State

GRACE_SECONDS = 5.0
ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "USER", "LOGNAME")
ROOT = Path(__file__).parents[2]


class Supervisor:
    """Starts the services of ``state``, watches and stops them."""

    def __init__(self, state: State) -> None:
        self._services = services.load(state.run / "services.json")
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for service in self._services:
            self._start(service)

    def halt(self, names: Collection[str]) -> None:
        """Stop services until they are restarted."""
        self._stop([self._running.pop(name) for name in names if name in self._running])

    def restart(self, names: Collection[str]) -> None:
        self.halt(names)
        for service in self._services:
            if service.name in names:
                self._start(service)

    def failed(self) -> str:
        """Name the first service that has ended, or nothing."""
        for service in self._services:
            if service.name in self._running and self._running[service.name].poll() is not None:
                status = self._running[service.name].returncode
                return f"{service.name} ended with status {status}; see {service.log}"
        return ""

    def stop(self) -> None:
        self._stop(self._running.values())

    def _start(self, service: services.Service) -> None:
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | service.environment
        with Path(service.log).open("ab") as log:
            # A session each, because Swift signals its whole process group when it stops.
            self._running[service.name] = subprocess.Popen(
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                preexec_fn=dying_with(os.getpid()),
            )

    def _stop(self, processes: Collection[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in processes:
            while time.monotonic() < deadline and not has_ended(process):
                time.sleep(0.02)
            # What a service forked is in its group, also when the service itself has ended.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended; it is not reaped yet, so that its number stays its own."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def lock_within(file: IO[str], seconds: float) -> bool:
    """Lock a file, though somebody may be looking whether it is locked at this moment."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def main(root: str, lifeline: str = "") -> int:
    state = State(Path(root))
    with (state.run / "supervisor.lock").open("a+") as lock:
        if not lock_within(lock, seconds=2.0):
            print("another supervisor runs in this state", flush=True)
            return 1
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            claims = [
                ports.reserve(port) for port in ports.load(state.root / "ports.json").values()
            ]
        except OSError:
            print("a port of this lab is taken by another lab", flush=True)
            return ports.EXIT_TAKEN
        wakeup_reader, wakeup_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakeup_writer)
        told: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda received, frame: told.append(received))
        for number in (signal.SIGCHLD, signal.SIGUSR1):
            signal.signal(number, lambda received, frame: None)
        watched = [wakeup_reader]
        if lifeline:
            os.set_inheritable(int(lifeline), False)
            watched.append(int(lifeline))
        supervisor = Supervisor(state)
        try:
            supervisor.start()
            while not told:
                readable, _writable, _broken = select.select(watched, [], [])
                if lifeline and int(lifeline) in readable:
                    break
                with contextlib.suppress(BlockingIOError):
                    os.read(wakeup_reader, 4096)
                for order, do in (("halt", supervisor.halt), ("restart", supervisor.restart)):
                    if (named := state.run / order).exists():
                        do(named.read_text().split())
                        named.unlink()
                if failure := supervisor.failed():
                    print(failure, flush=True)
                    return 1
        finally:
            supervisor.stop()
            for claim in claims:
                claim.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
