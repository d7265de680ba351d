# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What every project of Docker Compose with the application in CUBE's place has."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.containers.application import Application
from tests.containers.engine import Engine
from tests.cube.deployment import PACKAGES


class Composed:
    """A folder with compose files, which :mod:`tests.cube.writer` can use.

    :param writers: CUBE's and pfcon's services that do something, the API's first.
    :param exported: variables of the files, as the owner's shell has them.
    :param options: of Compose, as the owner gives them.
    """

    def __init__(
        self,
        engine: Engine,
        application: Application,
        env_file: Path,
        writers: Sequence[str],
        exported: dict[str, str],
        options: Sequence[str] = (),
    ) -> None:
        self.engine, self.folder, self.url = engine, application.folder, application.url
        self._application = application
        self.env_file, self.exported = env_file, exported
        self._writers, self._options = writers, options
        self.ledger, self.pfcon_ledger = self.folder / "writer.ledger", application.pfcon_ledger
        (self.folder / "url").write_text(self.url)

    def __enter__(self) -> Self:
        """Return when all services run, and the API answers."""
        try:
            self.compose("up", "--pull", "never", "--detach", "--wait", *self.started)
            self._application.wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.compose("down", "--volumes", "--timeout", "1")

    @property
    def started(self) -> Sequence[str]:
        """The services that the owner starts; none for all of them."""
        return ()

    @property
    def name(self) -> str:
        return self.folder.name

    def compose(self, *words: str) -> str:
        """What Compose says, called as the owner of the project would."""
        done = subprocess.run(
            ["docker", "compose", *self._options, *words],
            cwd=self.folder,
            env=os.environ | self.engine.environment | self.exported,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def container(self, service: str) -> str:
        """The ID of a service's container; nothing without one, running or not."""
        return self.compose("ps", "--all", "--quiet", service).strip()

    @property
    def starts(self) -> list[str]:
        """The IDs of the writers' containers."""
        return [self.container(service) for service in self._writers]

    def status(self) -> dict[str, bool]:
        """Return which writers run."""
        running = self.compose("ps", "--services", "--status", "running").split()
        return {service: service in running for service in self._writers}

    def environment(self, service: str = "chris") -> dict[str, str]:
        """What the container's first process was started with."""
        pid = self.engine.docker("inspect", "-f", "{{.State.Pid}}", self.container(service))
        lines = Path(f"/proc/{pid}/environ").read_text().split("\0")
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def run(
        self, arguments: Sequence[str], *, stdin: int | None = None, stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Run Python with these arguments in the container of the API.

        :param stdin: as with :class:`subprocess.Popen`, and ``stdout`` likewise.
        """
        there = ["docker", "exec", "--interactive", self.container("chris"), str(PACKAGES.python)]
        environment = os.environ | self.engine.environment
        return subprocess.Popen([*there, *arguments], env=environment, stdin=stdin, stdout=stdout)
