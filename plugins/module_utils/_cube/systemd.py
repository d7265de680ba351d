# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Units of systemd.

``EnvironmentFile=`` wins over ``Environment=``; of several files, the last does (systemd.exec(5)).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import MigrationError
from .._own_file import replace_own
from .command import ANSWER_SECONDS, WORK_SECONDS, CommandRunner
from .deployment import (
    Deployment,
    Environment,
    StartComparison,
    compare_environments,
    due,
    no_database,
)
from .env_files import environment_of
from .storage_in_use import is_in_network

_PROGRAM = re.compile(r"\{ path=(.+?) ; argv\[\]=")

_DROP_IN = "cube-storage-stopped.conf"


@dataclass
class Systemd(Deployment):
    """A deployment by units of systemd.

    :ivar files: for each unit the env files it is said to read.
    :ivar wanted: for each unit the names of the variables it is to get.
    :ivar python: the interpreter that has the services' libraries; None for the units' own.
    :ivar jobs_command: shell command that prints the names of pfcon's jobs that run, a line each.
    :ivar database_command: shell command that runs psql on CUBE's database.
    :ivar etc: where drop-ins are put.
    """

    services: Sequence[str]
    pfcon_services: Sequence[str]
    files: Mapping[str, Sequence[Path]]
    wanted: Mapping[str, Sequence[str]]
    python: str | None
    runner: CommandRunner
    jobs_command: str = ""
    database_command: str = ""
    etc: Path = Path("/etc/systemd/system")
    option: str = "cube_storage_systemd"
    notice: str | None = None
    _proc: Path = field(default=Path("/proc"))

    def preflight(self) -> None:
        for unit in self.services:
            state = self._show(unit, "LoadState")
            if state != "loaded":
                raise MigrationError(
                    f"systemd has no unit {unit}: {state}",
                    option=f"{self.option}.units",
                    remedy="Name units that systemctl knows, with their suffix",
                )
            if unit not in self.pfcon_services or is_in_network(self.configured(unit)):
                self._refuse_environment(unit)

    def unlisted_services(self) -> list[str]:
        return []

    def neighbours(self) -> list[str]:
        return []

    def running(self) -> list[str]:
        """Those that systemd is about to start again, too."""
        ended = ("inactive", "failed")
        return sorted(u for u in self.services if self._show(u, "ActiveState") not in ended)

    def will_not_restart(self) -> bool:
        return all(self._drop_in(unit).exists() for unit in self.services)

    def jobs(self) -> list[str]:
        if not self.jobs_command:
            return []
        argv = ["/bin/sh", "-c", self.jobs_command]
        return self.runner.run(argv, option=f"{self.option}.jobs", timeout=None).names

    def finds_jobs(self, prefix: str) -> bool:
        return bool(self.jobs_command)

    def stop(self, timeout: int) -> None:
        """Add to each unit a condition that fails, so that no reboot starts it."""
        for unit in self.services:
            path = self._drop_in(unit)
            try:
                path.parent.mkdir(mode=0o755, exist_ok=True)
                replace_own(path, f"[Unit]\nConditionPathExists=!{path}\n".encode(), 0o644)
            except OSError as error:
                raise MigrationError(
                    f"cannot write {path}: {error.strerror}",
                    option=self.option,
                    remedy="Run this as root, for example with become",
                ) from None
        self._systemctl("daemon-reload")
        self._systemctl("stop", *self.services, timeout=timeout)

    def start(self) -> bool:
        held = [unit for unit in self.services if self._drop_in(unit).exists()]
        for unit in held:
            self._drop_in(unit).unlink()
        if held:
            self._systemctl("daemon-reload")
        units = due(self)
        if units:
            self._systemctl("restart", *units, timeout=WORK_SECONDS)
        return bool(held or units)

    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        return compare_environments(self, apart_from)

    def configured(self, service: str) -> Environment:
        assigned = shlex.split(self._show(service, "Environment"))
        pairs = (each.partition("=") for each in assigned)
        return {
            **{name: value for name, _sign, value in pairs},
            **environment_of(self._environment_files(service)),
        }

    def actual_environments(self, service: str) -> Sequence[Environment]:
        try:
            text = self._process(service).joinpath("environ").read_text(errors="surrogateescape")
        except OSError as error:
            raise MigrationError(
                f"cannot read the environment of {service}: {error.strerror}",
                option=self.option,
                remedy="Run this as root, for example with become",
            ) from None
        pairs = (line.partition("=") for line in text.split("\0"))
        return [{name: value for name, sign, value in pairs if sign}]

    def incarnations(self, service: str) -> Sequence[str]:
        if self._show(service, "ActiveState") != "active":
            return []
        return [f"{self._show(service, 'MainPID')} {self._show(service, 'NRestarts')}"]

    def host_names(self, service: str) -> set[str]:
        return {service.removesuffix(".service")}

    def run_python(self, service: str, program: str) -> str:
        """Run it as the unit's user, with its environment, but not within its restrictions."""
        owner = self._process(service).stat()
        return self.runner.run(
            [self._interpreter(service), "-"],
            option=f"{self.option}.python",
            stdin=program,
            env=self.actual_environments(service)[0],
            cwd=Path("/"),
            user=owner.st_uid,
            group=owner.st_gid,
            timeout=WORK_SECONDS,
        ).stdout

    def query(self, sql: str) -> Iterator[bytes]:
        if not self.database_command:
            raise no_database(self.option)
        argv = ["/bin/sh", "-c", self.database_command]
        return self.runner.lines(argv, option=f"{self.option}.database", stdin=sql)

    def override_path(self) -> Path | None:
        return None

    def override(self, wanted: Mapping[str, Environment], *, predict: bool) -> bytes:
        return b""

    def _refuse_environment(self, unit: str) -> None:
        """:raises MigrationError: what is written into the env files would not count."""
        read = self._environment_files(unit)
        ours = [index for index, path in enumerate(read) if path in self.files[unit]]
        if not ours:
            raise MigrationError(
                f"{unit} reads none of the env files that are to be written",
                option=f"{self.option}.units",
                remedy="Give it an EnvironmentFile=, and name that in cube_storage_env_files or "
                "cube_storage_pfcon_env_files",
            )
        for path in read[ours[-1] + 1 :]:
            wins = sorted(set(environment_of([path])) & set(self.wanted[unit]))
            if wins:
                raise MigrationError(
                    f"{unit} takes {', '.join(wins)} from {path}, which it reads later",
                    option=f"{self.option}.units",
                    remedy="Name that file as an env file, or take the variables out of it",
                )

    def _environment_files(self, unit: str) -> list[Path]:
        """In systemd's words: ``/path (ignore_errors=no)``, a line each."""
        lines = self._show(unit, "EnvironmentFiles").splitlines()
        read = [(Path(path), flag) for path, _space, flag in (x.rpartition(" ") for x in lines)]
        return [path.resolve() for path, flag in read if path.exists() or "=no" in flag]

    def _interpreter(self, unit: str) -> str:
        if self.python:
            return self.python
        process = self._process(unit)
        remedy = "Name the interpreter which has the service's libraries"
        runs = process.joinpath("exe").resolve()
        if not runs.name.startswith("python"):
            raise MigrationError(
                f"the main process of {unit} is not Python",
                option=f"{self.option}.python",
                remedy=remedy,
            )
        # The path by which it was called leads to its virtual environment, the file's own path does
        # not.  But a process can change that, so it must lie where systemd was told to start it.
        called = process.joinpath("cmdline").read_text(errors="surrogateescape").partition("\0")[0]
        for path in (Path(called), runs):
            if path.resolve() == runs and path.parent in self._started_from(unit):
                return str(path)
        raise MigrationError(
            f"the main process of {unit} calls itself {called}, which is not beside what systemd "
            "was told to start",
            option=f"{self.option}.python",
            remedy=remedy,
        )

    def _started_from(self, unit: str) -> set[Path]:
        """The folders of the unit's programs: ``{ path=/usr/bin/env ; argv[]=... }`` each."""
        return {Path(path).parent for path in _PROGRAM.findall(self._show(unit, "ExecStart"))}

    def _process(self, unit: str) -> Path:
        pid = self._show(unit, "MainPID")
        if pid in ("", "0"):
            raise MigrationError(
                f"systemd names no main process of {unit}",
                option=f"{self.option}.units",
                remedy="Look whether it runs, and at its Type= and PIDFile=",
            )
        return self._proc / pid

    def _drop_in(self, unit: str) -> Path:
        return self.etc / f"{unit}.d" / _DROP_IN

    def _show(self, unit: str, name: str) -> str:
        return self._systemctl("show", "--value", f"--property={name}", "--", unit).strip()

    def _systemctl(self, *words: str, timeout: float = ANSWER_SECONDS) -> str:
        return self.runner.run(["systemctl", *words], option=self.option, timeout=timeout).stdout
