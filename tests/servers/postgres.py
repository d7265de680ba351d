# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A PostgreSQL for one test run, that listens on a socket in a folder of its own only."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.errors import LabError
from tests.servers.postgres_installation import PostgresInstallation
from tests.servers.process import dying_with

NOBODY = 65534
"""Whom a server runs as that root starts: PostgreSQL refuses root."""

SECONDS = 60


@dataclass(frozen=True)
class Postgres:
    """A server that runs.

    :ivar psql: a shell's command that runs psql on the database ``postgres``; whoever may read the
        folder of the socket is its administrator.
    """

    psql: str
    environment: dict[str, str]

    def of(self, database: str) -> str:
        """A shell's command that runs psql on another database."""
        return f"{self.psql} {shlex.quote(database)}"

    def run(self, sql: str, database: str = "postgres") -> str:
        """What psql prints."""
        return subprocess.run(
            [
                "sh",
                "-c",
                f"{self.of(database)} --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1",
            ],
            input=sql,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def make(self, database: str) -> None:
        """Make a database."""
        self.run(f'create database "{database}"')


@contextlib.contextmanager
def running(installation: PostgresInstallation | None = None) -> Iterator[Postgres]:
    """Run a server, and remove it.

    :raises LabError: it cannot be had, or does not start.
    """
    installation = installation or PostgresInstallation()
    installation.ensure()
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        base = installation.base
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            folder.chmod(0o711)
            if base != installation.host:  # nobody may not look into root's folders
                base = shutil.copytree(base, folder / "root", symlinks=True)
        own = folder / "own"
        own.mkdir(mode=0o700)
        if identity:
            os.chown(own, NOBODY, NOBODY)
        programs, environment = installation.programs(base), installation.environment(base)
        log = own / "log"
        _run([str(programs / "initdb"), *_INITDB, str(own / "data")], own, environment, identity)
        with log.open("wb") as output:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(own / "data"), *_options(own)],
                cwd=own,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=dying_with(os.getpid()),
                **identity,
            )
        psql = shlex.join(
            [str(programs / "psql"), "--no-psqlrc", f"--host={own}", "--username=postgres"]
        )
        if base != installation.host:
            psql = f"LD_LIBRARY_PATH={shlex.quote(environment['LD_LIBRARY_PATH'])} {psql}"
        made = Postgres(psql, environment)
        try:
            _wait(made, server, log)
            yield made
        finally:
            server.terminate()
            try:
                server.wait(SECONDS)
            finally:
                server.kill()


_INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
)


def _options(own: Path) -> list[str]:
    settings = {"listen_addresses": "", "unix_socket_directories": str(own), "fsync": "off"}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _run(
    command: list[str], at: Path, environment: dict[str, str], identity: dict[str, Any]
) -> None:
    done = subprocess.run(
        command,
        cwd=at,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if done.returncode:
        raise LabError(f"{Path(command[0]).name} failed: {done.stderr[-1000:]}")


def _wait(postgres: Postgres, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            postgres.run("select 1")
            return
        except subprocess.CalledProcessError:
            if server.poll() is not None or time.monotonic() > until:
                raise LabError(f"PostgreSQL does not start: {log.read_text()[-1000:]}") from None
            time.sleep(0.1)
