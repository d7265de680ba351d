# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The application as it is deployed: processes, each of which has its environment from an env file.

``secrets.env`` is CUBE's, for the server and the worker. Where there is a ``pfcon.env``, a process
in pfcon's place runs with that.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cube import env_file
from tests.cube.daemon import Daemon
from tests.servers import ports
from tests.servers.errors import LabError
from tests.servers.virtual_environment import ROOT, VirtualEnvironment

PACKAGES = VirtualEnvironment.named("cube", ROOT / ".cache" / "cube-venv")
PROGRAMS = "tests.cube.application"
LOOK = Path(__file__).with_name("look")
"""A program that looks at a deployment without Python."""
PROCESSES = 2
START_SECONDS = 90.0  # 4 on an idle machine


class Deployment:
    """The processes whose files are in a directory.

    :param state: holds the env files, the database, PID files, logs, and ``url``: where the API is.
    """

    def __init__(self, state: Path | str) -> None:
        self.state = Path(state).absolute()

    @property
    def env_file(self) -> Path:
        return self.state / "secrets.env"

    @property
    def pfcon_env_file(self) -> Path:
        return self.state / "pfcon.env"

    @property
    def ledger(self) -> Path:
        """What the API has acknowledged."""
        return self.state / "writer.ledger"

    @property
    def pfcon_ledger(self) -> Path:
        """What the storage has acknowledged to pfcon's jobs."""
        return self.state / "pfcon.ledger"

    @property
    def url(self) -> str:
        """Where the API is, for example ``http://127.0.0.1:8000/api/v1/``.

        :raises LabError: nothing was made here.
        """
        try:
            return (self.state / "url").read_text().strip()
        except FileNotFoundError:
            raise LabError("no deployment here: make one first") from None

    @property
    def starts(self) -> list[str]:
        """What tells the processes from those of another start."""
        return [path.read_text() for path in sorted(self.state.glob("*.pid"))]

    def make(self, variables: Mapping[str, str], pfcon: Mapping[str, str] | None = None) -> None:
        """Make the directory, with env files of these variables, and choose a port."""
        PACKAGES.ensure()
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        env_file.write(self.env_file, {"DJANGO_SECRET_KEY": secrets.token_urlsafe(), **variables})
        if pfcon is not None:
            env_file.write(self.pfcon_env_file, pfcon)
        port = ports.choose(["cube"])["cube"]
        (self.state / "url").write_text(f"http://127.0.0.1:{port}/api/v1/\n")

    def start(self) -> None:
        """Start what does not run; return when the API answers.

        :raises LabError: a process refuses to start; then none runs.
        """
        running = self.status()
        if running and all(running.values()):
            return
        try:
            server, *others = self._daemons()
            server.start()
            self._wait(server)  # the others need the tables that it makes
            for daemon in others:
                daemon.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let requests and jobs end, then end the processes; all are gone when this returns."""
        for daemon in self._daemons():
            daemon.terminate()
        for daemon in self._daemons():
            daemon.stop()

    def status(self) -> dict[str, bool]:
        """Return which processes run."""
        return {daemon.name: bool(daemon.pid) for daemon in self._daemons()}

    def environment(self, name: str = "server") -> dict[str, str]:
        """Return the environment that a running process really has.

        :raises LabError: it does not run.
        """
        return self._daemon(name).running_environment()

    def run(
        self,
        arguments: Sequence[str],
        name: str = "server",
        stdin: int | None = None,
        stdout: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Run Python with these arguments in a service's place: its environment, its packages.

        :param name: of the service; while it runs, its real environment counts, not the file.
        :param stdin: as with :class:`subprocess.Popen`, and ``stdout`` likewise.
        """
        daemon = self._daemon(name)
        environment = daemon.running_environment() if daemon.pid else daemon.environment
        return subprocess.Popen(
            [str(PACKAGES.python), *arguments],
            cwd=self.state,
            env=dict(environment),
            stdin=stdin,
            stdout=stdout,
        )

    def _daemon(self, name: str) -> Daemon:
        for daemon in self._daemons():
            if daemon.name == name:
                return daemon
        raise LabError(f"no service {name}")

    def _daemons(self) -> list[Daemon]:
        python = str(PACKAGES.python)
        address = self.url.split("/")[2]
        cube = self._environment(self.env_file)
        serve = (
            *(python, "-m", "gunicorn", "--no-control-socket", "--bind", address),
            *("--workers", str(PROCESSES), "--timeout", "120", "--preload"),
            f"{PROGRAMS}.wsgi:migrated()",
        )
        found = [
            Daemon("server", self.state, serve, cube),
            Daemon("worker", self.state, (python, "-m", f"{PROGRAMS}.worker"), cube),
        ]
        if self.pfcon_env_file.exists():
            pfcon = self._environment(self.pfcon_env_file)
            found.append(Daemon("pfcon", self.state, (python, "-m", f"{PROGRAMS}.pfcon"), pfcon))
        return found

    def _environment(self, path: Path) -> dict[str, str]:
        """Return a process's whole environment: the env file, and what a container would have."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.state),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": f"{PROGRAMS}.settings",
            "CUBE_DATABASE": str(self.state / "db.sqlite3"),
            "PFCON_LEDGER": str(self.pfcon_ledger),
            **env_file.read(path),
        }

    def _wait(self, server: Daemon) -> None:
        """Return when the API answers; as with CUBE, it does not while the storage does not.

        :raises LabError: with the reason.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not server.pid:
                raise LabError(f"CUBE does not start: {server.last_line()}")
            if time.monotonic() > deadline:
                raise LabError(f"{self.url} does not answer; see {self.state}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        from urllib.request import urlopen  # who only looks at processes waits less without it

        try:
            with urlopen(self.url, timeout=10) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False
