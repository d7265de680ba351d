# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The new storage, tried from within each service while CUBE runs."""

from __future__ import annotations

import inspect
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._check import OK, WARNING, Check
from .._errors import MigrationError
from . import storage_probe
from .checks import least
from .deployment import Environment
from .service_program import with_arguments, with_environment
from .storage_failure import MISSING_CONTAINER, storage_error
from .storage_switch import StorageSwitch

_AT_ONCE = 4


@dataclass(frozen=True)
class Rehearsal:
    """Tries the storage that the services would get.

    A small program runs in each service that runs: it has the service's user, network, libraries and
    environment, and the new storage's variables besides.  It logs in, looks at the container and
    reads one page of its listing.  Nothing is changed, and the service goes on as it is.

    :ivar expected: how many objects the container has.
    :ivar before_copy: a run would copy first, so a container that is missing is only told.
    """

    switch: StorageSwitch
    expected: int
    before_copy: bool

    def checks(self) -> list[Check]:
        """Try it from each service.

        :raises MigrationError: it cannot be told which services run, or what they are to get.
        """
        running = self.switch.deployed.running()
        wanted = self.switch.wanted()
        found = {
            service: Check(
                _name(service),
                WARNING,
                f"{service} does not run, so nothing could be tried from its place",
                "Start it, and run this again",
            )
            for service in wanted
            if service not in running
        }
        found |= {
            service: Check(_name(service), OK, f"{service} stores nothing, and keeps what it has")
            for service in filter(self.switch.keeps, wanted)
        }
        left = [service for service in wanted if service not in found]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            tried = pool.map(lambda service: self._try(service, wanted[service]), left)
            found |= zip(left, tried, strict=True)
        return [found[service] for service in wanted]

    def _try(self, service: str, environment: Environment) -> Check:
        name = _name(service)
        try:
            answer = self._ask(service, environment)
            if answer.get("kind") == MISSING_CONTAINER and self.before_copy:
                error = storage_error(service, environment, answer)
                return Check(name, WARNING, error.message, "A run makes it and fills it")
            return self._judge(service, environment, answer)
        except MigrationError as error:
            return Check.failed(name, error)

    def _ask(self, service: str, environment: Environment) -> dict[str, Any]:
        """What the storage answers.

        :raises MigrationError: the program could not be run.
        """
        deployment = self.switch.deployed
        source = inspect.getsource(storage_probe)
        program = with_environment(with_arguments(source, [str(self._minimum)]), environment)
        output = deployment.run_python(service, program)
        try:
            answer = json.loads(output)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and not answer.keys().isdisjoint(("error", "objects")):
            return answer
        raise MigrationError(
            f"the look at the storage from {service} gave no answer", option=deployment.option
        )

    def _judge(self, service: str, environment: Environment, answer: dict[str, Any]) -> Check:
        """:raises MigrationError: the storage does not answer as it should."""
        if "error" in answer:
            raise storage_error(service, environment, answer)
        container, objects = answer["container"], answer["objects"]
        if objects < self._minimum:
            raise MigrationError(
                f"the container {container} has {objects} objects, seen from {service}, and "
                f"{self.expected} or so were copied",
                option="cube_storage_container",
                remedy="Look whether the login is of the project that the copy went to",
            )
        seen = f"{service} reaches {container} over {answer['backend']}"
        return Check(_name(service), OK, f"{seen}: at least {objects} objects")

    @property
    def _minimum(self) -> int:
        """How many objects show that it is the right container; one page is read."""
        return min(least(self.expected), storage_probe.PAGE)


def _name(service: str) -> str:
    return f"new storage from {service}"
