# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A v1 gateway in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "roles" / "swift_v1_gateway" / "files"
COMMAND = (sys.executable, "-B", "-m", "swift_v1_gateway")
START_SECONDS = 30.0


class Answer(NamedTuple):
    """What a server answered; the names of headers in lower case."""

    status: int
    headers: dict[str, str]


class Gateway:
    """Serves on loopback inside a ``with``; can be entered again, on the same port.

    :param home: an empty folder, for everything that the process might write.
    :param command: what to start; ``--listen`` is added.
    :param directory: where to start it.
    """

    def __init__(
        self,
        home: Path,
        *options: str,
        command: Sequence[str] = COMMAND,
        directory: Path = PACKAGE,
    ) -> None:
        self.home = home
        self.port = free_port()
        self._command = [*command, *options, "--listen", f"127.0.0.1:{self.port}"]
        self._directory = directory
        self._log = home.with_name(f"{home.name}.log")
        home.mkdir()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def auth_url(self) -> str:
        return f"{self.url}/auth/v1.0"

    @property
    def log(self) -> str:
        return self._log.read_text()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process, and do not wait for it."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "LC_ALL": "C.UTF-8",
        }
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                cwd=self._directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def __enter__(self) -> Self:
        self.process = self.start()
        deadline = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        self.status = self.process.wait(20)

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthcheck").status == 200
        except OSError:
            return False

    def get(self, path: str = "/auth/v1.0", **headers: str) -> Answer:
        """Send a GET with headers such as ``X_Auth_User``."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers=given)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                status, told = answer.status, answer.headers
        except urllib.error.HTTPError as error:
            status, told = error.code, error.headers
        return Answer(status, {name.lower(): value for name, value in told.items()})

    def log_in(self, name: str, secret: str) -> Answer:
        return self.get(X_Auth_User=name, X_Auth_Key=secret)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
