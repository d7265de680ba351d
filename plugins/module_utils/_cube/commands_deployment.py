# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A deployment that is stopped, started and looked at by commands which its owner gives."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import MigrationError
from .command import CommandRunner, Completed, LocalCommandRunner
from .deployment import (
    Deployment,
    Environment,
    StartComparison,
    compare_environments,
    due,
    no_database,
)
from .env_files import environment_of


@dataclass
class CommandsDeployment(Deployment):
    """Shell commands; ``$SERVICE`` names the service for `environment` and `run`.

    :ivar stop_command: stops all services, returns when they are stopped, and keeps them stopped.
    :ivar start_command: starts them with the present environment.
    :ivar running_command: prints the name of each service that runs, a line each.
    :ivar environment_command: prints the environment of the running service, ``NAME=VALUE`` lines
        or, as ``/proc/PID/environ`` has them, with NUL behind each.
    :ivar run_command: runs the Python program on its standard input as the service would.
    :ivar jobs_command: prints the name of each of pfcon's jobs that runs, a line each.
    :ivar database_command: runs psql on CUBE's database.
    :ivar files: for each service the env files it reads.
    """

    services: Sequence[str]
    pfcon_services: Sequence[str]
    stop_command: str
    start_command: str
    running_command: str
    environment_command: str
    run_command: str
    files: Mapping[str, Sequence[Path]]
    jobs_command: str = ""
    database_command: str = ""
    runner: CommandRunner = field(default_factory=LocalCommandRunner)
    option: str = "cube_storage_commands"
    notice: str | None = None

    def preflight(self) -> None:
        """Ask once which services run: this is the only command that may be run at any time."""
        self.running()

    def unlisted_services(self) -> list[str]:
        return []

    def neighbours(self) -> list[str]:
        return []

    def running(self) -> list[str]:
        found = self._shell("running", self.running_command).names
        unknown = set(found) - set(self.services)
        if unknown:
            raise MigrationError(
                f"names services that services lacks: {', '.join(sorted(unknown))}",
                option=f"{self.option}.running",
                remedy="Name each service in services or pfcon_services",
            )
        return found

    def will_not_restart(self) -> bool:
        return True

    def jobs(self) -> list[str]:
        return self._shell("jobs", self.jobs_command).names if self.jobs_command else []

    def finds_jobs(self, prefix: str) -> bool:
        return bool(self.jobs_command)

    def stop(self, timeout: int) -> None:
        self._shell("stop", self.stop_command)

    def start(self) -> bool:
        """Run the command in any case: it may do more, such as allow a start at boot."""
        services = due(self)
        self._shell("start", self.start_command)
        return bool(services)

    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        return compare_environments(self, apart_from)

    def configured(self, service: str) -> Environment:
        return environment_of(self.files[service])

    def actual_environments(self, service: str) -> Sequence[Environment]:
        text = self._shell("environment", self.environment_command, service).stdout
        lines = text.split("\0") if "\0" in text else text.splitlines()
        pairs = (line.partition("=") for line in lines)
        return [{name: value for name, sign, value in pairs if sign}]

    def incarnations(self, service: str) -> Sequence[str]:
        """One start cannot be distinguished from another here; only whether the service runs."""
        return [service] if service in self.running() else []

    def host_names(self, service: str) -> set[str]:
        return {service}

    def run_python(self, service: str, program: str) -> str:
        return self._shell("run", self.run_command, service, program).stdout

    def query(self, sql: str) -> Iterator[bytes]:
        if not self.database_command:
            raise no_database(self.option)
        argv = ["/bin/sh", "-c", self.database_command]
        return self.runner.lines(argv, option=f"{self.option}.database", stdin=sql)

    def override_path(self) -> Path | None:
        return None

    def override(self, wanted: Mapping[str, Environment], *, predict: bool) -> bytes:
        return b""

    def _shell(self, key: str, line: str, service: str = "", stdin: str | None = None) -> Completed:
        return self.runner.run(
            ["/bin/sh", "-c", line],
            option=f"{self.option}.{key}",
            stdin=stdin,
            env=os.environ | {"SERVICE": service},
            timeout=None,  # only the user knows how long they take
        )
