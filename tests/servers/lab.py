# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One lab: two Swift clusters and a Keystone, from nothing to running and back."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.servers import ports, services
from tests.servers.access_log import AccessLog
from tests.servers.configuration import Configuration
from tests.servers.credentials import Credentials
from tests.servers.errors import LabError
from tests.servers.installation import DEFAULT_VENV, Installation
from tests.servers.old_swift_installation import OldSwiftInstallation
from tests.servers.seeding import Seeding
from tests.servers.settings import Settings
from tests.servers.state import State, locked
from tests.servers.virtual_environment import ROOT

START_SECONDS = 180.0  # 6 on an idle machine
STOP_SECONDS = 60.0
ATTEMPTS = 3

Cluster = Literal["source", "destination"]


class Lab:
    """The servers whose files are in ``state``.

    As a context manager it is up inside, stopped afterwards, and gone when this process dies, by
    whatever means. Otherwise :meth:`up` leaves the servers running until :meth:`stop`.

    :param settings: None for those of the last start, or the defaults.
    """

    def __init__(
        self, state: Path | str, venv: Path | str = DEFAULT_VENV, settings: Settings | None = None
    ) -> None:
        self.state = State(Path(state).absolute())
        self.installation = Installation(Path(venv).absolute())
        self._settings = settings
        self._lifeline: int | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self.running():
            raise LabError(f"{self.state.root}: in use; stop it first")
        reader, self._lifeline = os.pipe()
        try:
            self._up(reader)
        finally:
            os.close(reader)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def up(self) -> None:
        """Install, configure, start and seed what is not yet; return when it all answers.

        :raises LabError: telling what went wrong and which log tells more.
        """
        self._up(None)

    start = up

    def stop(self) -> None:
        """End all processes of this lab; data and credentials stay."""
        if pid := self.running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._supervisor is not None:  # it may not have come as far as to be found running
            self._supervisor.terminate()
            self._supervisor.wait(STOP_SECONDS)
            self._supervisor = None
        deadline = time.monotonic() + STOP_SECONDS
        while self.running():
            if time.monotonic() > deadline:
                raise LabError(f"process {pid} does not stop; see {self.state.log}")
            time.sleep(0.02)

    def restart(self, *names: str, settings: Settings | None = None) -> None:
        """Stop and start services of a running lab; return when they answer.

        :param names: of services, ``destination-proxy`` for example.
        :param settings: from now on, where these services heed them; None changes none.
        :raises LabError: the lab does not run, or a service does not come back.
        """
        if not self.running():
            raise LabError(f"{self.state.root}: not running")
        if settings is not None:
            settings.save(self.state.root / "settings.json")
            self._settings = settings
            chosen = ports.load(self.state.root / "ports.json")
            Configuration(self.installation, self.state, settings, chosen).write()
        self._order("restart", names)
        deadline = time.monotonic() + START_SECONDS
        while not all(self.status()[name] for name in names):
            if time.monotonic() > deadline:
                raise LabError(f"{', '.join(names)} did not start; see {self.state.log}")
            time.sleep(0.02)

    @contextlib.contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """Stop services of a running lab for the duration of a block."""
        self._order("halt", names)
        try:
            yield
        finally:
            self.restart(*names)

    def _order(self, what: str, names: tuple[str, ...]) -> None:
        """Let the supervisor stop or restart services; return when it has."""
        ordered = self.state.run / what
        self.state.write_private(ordered, "\n".join(names))
        os.kill(self.running(), signal.SIGUSR1)
        deadline = time.monotonic() + START_SECONDS
        while ordered.exists():
            if time.monotonic() > deadline:
                raise LabError(f"no {what} of {', '.join(names)}; see {self.state.log}")
            time.sleep(0.02)

    def destroy(self) -> None:
        """Stop, and remove every file of this lab."""
        self.stop()
        shutil.rmtree(self.state.root, ignore_errors=True)

    def running(self) -> int:
        """Return the number of the process that owns the servers; 0 when none does."""
        try:
            with (self.state.run / "supervisor.lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return 0
        except BlockingIOError:
            return int((self.state.run / "supervisor.lock").read_text() or 1)
        return 0

    def status(self) -> dict[str, bool]:
        """Return which services answer."""
        if not self.running():
            return {}
        listed = services.load(self.state.run / "services.json")
        return {service.name: service.is_ready() for service in listed}

    @property
    def settings(self) -> Settings:
        return self._settings or Settings.load(self.state.root / "settings.json")

    @property
    def description(self) -> dict[str, Any]:
        """Content of lab.json: URLs, ports, credentials."""
        described: dict[str, Any] = json.loads((self.state.creds / "lab.json").read_text())
        return described

    def openrc(self, name: str = "migrate") -> Path:
        """Return the openrc file of an application credential, or of ``password`` or ``admin``."""
        return self.state.creds / f"openrc-{name}.sh"

    def access_log(self, cluster: Cluster) -> AccessLog:
        port = self.description["ports"][f"{cluster}-proxy"]
        return AccessLog(self.state.log / f"{cluster}-proxy.log", f"http://127.0.0.1:{port}")

    def _up(self, lifeline: int | None) -> None:
        self.installation.ensure()
        self.state.make()
        with locked(self.state.root / "lab.lock"):
            if self.running():
                return
            settings = self.settings
            if settings.old_source:
                OldSwiftInstallation().ensure()
            settings.save(self.state.root / "settings.json")
            try:
                chosen = self._start(settings, lifeline)
                self._seed(chosen)
            except BaseException:
                self.stop()
                raise

    def _start(self, settings: Settings, lifeline: int | None) -> dict[str, int]:
        """Start the services on free ports; once more if another lab took one meanwhile."""
        for attempt in range(ATTEMPTS):
            chosen = ports.remembered(self.state.root / "ports.json")
            Configuration(self.installation, self.state, settings, chosen).write()
            listed = services.services(
                self.installation, self.state, chosen, old_source=settings.old_source
            )
            services.save(self.state.run / "services.json", listed)
            self._supervisor = self._supervise(lifeline)
            try:
                self._wait(listed, self._supervisor)
            except LabError:
                if self._supervisor.poll() == ports.EXIT_TAKEN and attempt < ATTEMPTS - 1:
                    continue
                raise
            break
        return chosen

    def _supervise(self, lifeline: int | None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.servers.supervisor", str(self.state.root)]
        with (self.state.log / "supervisor.log").open("wb") as output:
            return subprocess.Popen(
                command if lifeline is None else [*command, str(lifeline)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=() if lifeline is None else (lifeline,),
            )

    def _wait(self, waiting: list[services.Service], supervisor: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while waiting := [service for service in waiting if not service.is_ready()]:
            if supervisor.poll() is not None:
                log = (self.state.log / "supervisor.log").read_text().strip()
                raise LabError(f"the servers did not start: {log}")
            if time.monotonic() > deadline:
                names = ", ".join(service.name for service in waiting)
                raise LabError(
                    f"not ready after {START_SECONDS:.0f} s: {names}; see {self.state.log}"
                )
            time.sleep(0.05)

    def _seed(self, chosen: dict[str, int]) -> None:
        admin_password = self.installation.admin_password.read_text()
        seeded = Seeding(self.state, chosen, admin_password).run()
        Credentials(self.state, chosen, seeded, admin_password).write()
