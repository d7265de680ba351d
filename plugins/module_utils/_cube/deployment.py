# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The ways in which CUBE and pfcon run, and what all of them have in common."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .._errors import MigrationError
from .env_files import UNCLEAR
from .service_settings import environment_differences

Environment = Mapping[str, str]


@dataclass
class StartComparison:
    """What else than the storage a start would change.

    :ivar differences: a line each, without values.
    :ivar notices: what may be different, a sentence each.
    :ivar remedy: what to do about the differences, if that is known.
    """

    differences: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    remedy: str = ""


class Deployment(Protocol):
    """CUBE's services and pfcon on this host.

    :ivar option: the role's variable that describes it.
    :ivar services: those that run all the time, pfcon's included.
    :ivar pfcon_services: pfcon's among `services`.
    """

    option: str
    services: Sequence[str]
    pfcon_services: Sequence[str]

    @property
    @abstractmethod
    def notice(self) -> str | None:
        """What the owner must heed from now on."""

    @abstractmethod
    def preflight(self) -> None:
        """:raises MigrationError: something is missing that a later step needs."""

    @abstractmethod
    def unlisted_services(self) -> list[str]:
        """Services and containers that nobody named and that use the storage.

        Their environment names a container, or the address of the storage.
        """

    @abstractmethod
    def neighbours(self) -> list[str]:
        """Containers of others that share a network with the container of the storage."""

    @abstractmethod
    def running(self) -> list[str]:
        """The services that run, one-shot ones included."""

    @abstractmethod
    def jobs(self) -> list[str]:
        """The names of pfcon's jobs that run: they write, and go on when pfcon is stopped."""

    @abstractmethod
    def finds_jobs(self, prefix: str) -> bool:
        """Whether :meth:`jobs` looks for those whose names begin so."""

    @abstractmethod
    def stop(self, timeout: int) -> None:
        """Stop all services, so that a reboot of the host does not start them.

        :param timeout: seconds that a service gets to finish what it does.
        """

    @abstractmethod
    def will_not_restart(self) -> bool:
        """Would none of the services start by itself after a reboot?"""

    @abstractmethod
    def start(self) -> bool:
        """Start all services with the present environment; whether that changed anything."""

    @abstractmethod
    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        """What would be different if the running services were started anew.

        :param apart_from: names of variables that do not count.
        :raises MigrationError: they could not be started anew.
        """

    @abstractmethod
    def configured(self, service: str) -> Environment:
        """The environment that the service gets when it starts."""

    @abstractmethod
    def actual_environments(self, service: str) -> Sequence[Environment]:
        """The environment of each process or container of the running service."""

    @abstractmethod
    def incarnations(self, service: str) -> Sequence[str]:
        """What identifies the containers or processes of this start of the service.

        One that does not run, or is about to be started again, has none.
        """

    @abstractmethod
    def host_names(self, service: str) -> set[str]:
        """The names by which other services reach it over the network, as far as they are known."""

    @abstractmethod
    def run_python(self, service: str, program: str) -> str:
        """The output of a Python program, run in the environment of the running service."""

    @abstractmethod
    def query(self, sql: str) -> Iterator[bytes]:
        """The lines that psql prints when CUBE's database is asked, while CUBE is stopped, too.

        :raises MigrationError: nobody has said how the database is reached, or psql fails; also
            after the last line.
        """

    @abstractmethod
    def override_path(self) -> Path | None:
        """Our own file with what env files cannot change, if there is one."""

    @abstractmethod
    def override(self, wanted: Mapping[str, Environment], *, predict: bool) -> bytes:
        """The content of that file, empty when it is not needed.

        :param wanted: for each service the variables it is to get.
        :param predict: the env files are not written yet.
        """


def due(deployment: Deployment) -> list[str]:
    """The services that do not run, or run with another environment than is configured.

    :raises MigrationError: it cannot be told which services run, or what is configured.
    """
    running = deployment.running()
    return [
        service
        for service in deployment.services
        if service not in running or _is_stale(deployment, service)
    ]


def stop_and_confirm(
    deployment: Deployment,
    timeout: int,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Stop all services and wait until none is left, nor any of pfcon's jobs; kill no job.

    :raises MigrationError: some still run after `timeout` seconds.
    """
    if deployment.running() or not deployment.will_not_restart():
        deployment.stop(timeout)
    until = clock() + timeout
    while left := deployment.running():
        if clock() >= until:
            raise MigrationError(
                f"still running {timeout} seconds after they were told to stop: {', '.join(left)}",
                option="cube_storage_stop_timeout",
                remedy="Look why, stop them by hand, or allow more time",
            )
        sleep(1)
    while jobs := deployment.jobs():
        if clock() >= until:
            raise MigrationError(
                f"jobs of pfcon still run {timeout} seconds after the services were stopped, and "
                f"may write to the storage: {', '.join(jobs)}",
                option="cube_storage_stop_timeout",
                remedy="None was killed. Run this again when they have ended, or allow more time",
            )
        sleep(1)


def compare_environments(deployment: Deployment, apart_from: Collection[str]) -> StartComparison:
    """A comparison with what is configured, where nothing else predicts a start."""
    found = StartComparison()
    running = deployment.running()
    for service in filter(running.__contains__, deployment.services):
        wanted = {name: v for name, v in deployment.configured(service).items() if v != UNCLEAR}
        for real in deployment.actual_environments(service):
            now = {name: value for name, value in real.items() if name in wanted}
            told = environment_differences(now, wanted, apart_from)
            found.differences += [f"{service}: {each}" for each in told]
    return found


def no_database(option: str) -> MigrationError:
    """The error of a deployment whose database nobody has told how to reach."""
    return MigrationError(
        "no command that runs psql on CUBE's database is given",
        option=f"{option}.database",
        remedy="Give one that takes SQL on standard input, such as: sudo -u postgres psql chris",
    )


def _is_stale(deployment: Deployment, service: str) -> bool:
    """Whether a variable differs from its configuration, or cannot be read."""
    wanted = {name: v for name, v in deployment.configured(service).items() if v != UNCLEAR}
    try:
        actual = deployment.actual_environments(service)
    except MigrationError:
        return True
    return any(env.get(name) != value for env in actual for name, value in wanted.items())
