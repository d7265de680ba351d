# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A stack of Docker Swarm, whose services run on this host.

Nothing tells what a stack's files come to before they are deployed. So all storage variables stand
in an override file, which is deployed last and wins over ``env_file:`` and ``environment:``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .command import WORK_SECONDS, CommandRunner
from .database import PSQL, SERVICE
from .deployment import Deployment, Environment, StartComparison
from .docker import Containers, finds_names
from .interpolation import known_to, missing, remedy, unset
from .stack_files import SWITCHED, StackFiles, named
from .storage_in_use import StorageInUse, address_of, concerns_storage
from .swarm_services import SwarmServices
from .swarm_settings import compare, environment_of_spec
from .yaml_document import parsed

_LOG = logging.getLogger(__name__)

_LABEL = "com.docker.swarm.service.name"
_STACK = "com.docker.stack.namespace"
_REPLICAS = "fnndsc.swift-migration.replicas"
_MAX_WAIT = 120
"""Seconds that a start waits for tasks."""


@dataclass
class Swarm(Deployment):
    """A deployment as a stack of Docker Swarm.

    :ivar configured_files: the files that the stack is deployed from.
    :ivar docker: Docker's command, with its options.
    :ivar job_filters: Docker's filters; a service or container that any of them finds is pfcon's
        job.
    :ivar update: a start may take other images and settings than the services have.
    :ivar database_service: the service of CUBE's database, with a task on this host.
    :ivar database_command: a shell's command that runs psql in its container.
    """

    stack: str
    configured_files: Sequence[Path]
    services: Sequence[str]
    pfcon_services: Sequence[str]
    docker: Sequence[str]
    python: str
    job_filters: Sequence[str]
    runner: CommandRunner
    update: bool = False
    option: str = "cube_storage_swarm"
    database_service: str = SERVICE
    database_command: str = PSQL
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    @property
    def _swarm(self) -> SwarmServices:
        return SwarmServices(self.docker, self.configured_files[0].parent, self.option, self.runner)

    @property
    def _files(self) -> StackFiles:
        return StackFiles(self.configured_files)

    @property
    def containers(self) -> Containers:
        return Containers(self.docker, self.python, self.option, self.runner)

    def preflight(self) -> None:
        state = self._swarm.run("info", "--format", "{{.Swarm.LocalNodeState}}")
        if "true" not in self._swarm.run("info", "--format", "{{.Swarm.ControlAvailable}}"):
            raise MigrationError(
                f"this host is no manager of a swarm: {state.strip()}",
                option=self.option,
                remedy="Name the manager as the host",
            )
        for path in self.configured_files:
            if not path.is_file():
                raise MigrationError(f"{path} does not exist", option=f"{self.option}.files")
        modes = self._swarm.modes(self.stack)
        for service in self.services:
            mode = modes.get(self._name(service))
            if mode != "replicated":
                raise MigrationError(
                    f"the stack {self.stack} has no replicated service {service}, but "
                    f"{', '.join(sorted(modes)) or 'none'}",
                    option=f"{self.option}.services",
                    remedy="Name CUBE's services as the files call them",
                )

    def unlisted_services(self) -> list[str]:
        """Those of other stacks, and containers on this host that are no tasks, too."""
        known = {self._name(service) for service in self.services} | set(self.jobs())
        address = address_of(environment_of_spec(self._spec(self.services[0])))
        found = self.containers.concerned([], address)
        for name in self._swarm.named():
            with contextlib.suppress(MigrationError):  # it may have been removed meanwhile
                if concerns_storage(environment_of_spec(self._swarm.spec(name)), address):
                    found.add(name)
        return sorted(name.removeprefix(self._name("")) for name in found - known)

    def neighbours(self) -> list[str]:
        """Those on this host; nothing tells of containers on another one."""
        url = StorageInUse.of(environment_of_spec(self._spec(self.services[0]))).url
        stack = self.containers.list(_STACK, f"{_STACK}={self.stack}")
        known = {each for identifiers in stack.values() for each in identifiers}
        return sorted(self.containers.neighbours(known, url) - set(self.jobs()))

    def running(self) -> list[str]:
        """Those with a task anywhere in the swarm that has not ended."""
        return sorted(s for s in self.services if self._swarm.tasks(self._name(s)))

    def will_not_restart(self) -> bool:
        return not any(self._replicas(service) for service in self.services)

    def jobs(self) -> list[str]:
        """Services of their own, anywhere in the swarm, or containers on this host."""
        found = self.containers.named(self.job_filters)
        for each in self.job_filters:
            names = self._swarm.named(each)
            found.update(name for name in names if self._swarm.tasks(name, may_fail=True))
        return sorted(found)

    def finds_jobs(self, prefix: str) -> bool:
        return finds_names(self.job_filters, prefix)

    def stop(self, timeout: int) -> None:
        """Scale to 0; the service itself remembers how many there were."""
        for service in self.services:
            replicas = self._replicas(service)
            if replicas:
                label = f"{_REPLICAS}={replicas}"
                words = ("--detach", "--quiet", "--label-add", label, "--replicas", "0")
                self._swarm.run("service", "update", *words, self._name(service))

    def start(self) -> bool:
        """Deploy the stack anew, with as many replicas as there were.

        One file more, for the replicas, makes that one change, so that no old task is started.
        Without `update`, it also names the images that these services have now. It does not name
        the others: Docker merges what two files name, and so reorders mounts (measured with 28.2),
        which starts anew what need not be touched, such as a database or the old Swift.
        """
        before = [self._spec(service) for service in self.services]
        content: dict[str, Any] = {
            "services": {
                service: {"deploy": {"replicas": self._due(spec)}}
                for service, spec in zip(self.services, before, strict=True)
            }
        }
        if not self.update:
            for service, spec in zip(self.services, before, strict=True):
                image = spec["TaskTemplate"]["ContainerSpec"]["Image"]
                content["services"][service]["image"] = image.replace("$", "$$")
        with tempfile.NamedTemporaryFile(mode="w", suffix=".yml") as file:
            file.write(json.dumps(self._files.versioned(content)))
            file.flush()
            files = [*self._files.present(), Path(file.name)]
            # "changed": an image that the files do not change stays what it is.
            resolve = "changed" if self.update else "never"
            words = ("stack", "deploy", "--resolve-image", resolve, *named(files), self.stack)
            self._swarm.run(*words, timeout=WORK_SECONDS)
        after = [self._spec(service) for service in self.services]
        self._await_tasks()
        return before != after

    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        """All services of the stack: a deployment concerns each of them."""
        if self.update:
            return StartComparison()
        try:
            text = self._swarm.run("stack", "config", *named(self._files.present()))
        except MigrationError as error:
            if names := missing(error.message):
                error.remedy = self._remedy(names)
            raise
        found = StartComparison(compare(self._specs(), parsed(text), self.stack, apart_from))
        known = known_to(self.docker, os.environ)
        if found.differences and (
            names := unset((p.read_text() for p in self._files.present()), known)
        ):
            found.remedy = self._remedy(names)
        return found

    def configured(self, service: str) -> Environment:
        spec = self._spec(service)
        overridden = self._files.overridden(service)
        if overridden is not None:
            return {**environment_of_spec(spec), **overridden}
        # Deployed with the override that is gone: what it will be is not known, but not that.
        return {} if SWITCHED in spec["Labels"] else environment_of_spec(spec)

    def actual_environments(self, service: str) -> Sequence[Environment]:
        return [self.containers.environment(each) for each in self._local(service)]

    def incarnations(self, service: str) -> Sequence[str]:
        return self._swarm.incarnations(self._name(service))

    def host_names(self, service: str) -> set[str]:
        networks = self._spec(service)["TaskTemplate"].get("Networks") or []
        aliases = [alias for each in networks for alias in each.get("Aliases") or []]
        return {service, self._name(service), *aliases}

    def run_python(self, service: str, program: str) -> str:
        return self.containers.run_python(self._local(service)[0], program)

    def query(self, sql: str) -> Iterator[bytes]:
        container = self._local(self.database_service)[0]
        return self.containers.lines(container, self.database_command, sql)

    def override_path(self) -> Path:
        return self._files.override_path

    def override(self, wanted: Mapping[str, Environment], *, predict: bool) -> bytes:
        return self._files.override(wanted)

    @property
    def notice(self) -> str | None:
        """What the owner must know: a stack is deployed from the files that are named."""
        if not self.override_path().exists():
            return None
        names = " ".join(f"-c {path}" for path in self._files.present())
        return (
            f"From now on, deploy the stack with {self.override_path()} as the last file, or CUBE "
            f"is on the old storage: docker stack deploy {names} {self.stack}"
        )

    def _name(self, service: str) -> str:
        return f"{self.stack}_{service}"

    def _local(self, service: str) -> list[str]:
        """The service's containers on this host.

        :raises MigrationError: there is none.
        """
        found = self.containers.list(_LABEL, f"{_LABEL}={self._name(service)}")
        if not found:
            raise MigrationError(
                f"no container of {service} runs on this host",
                option=self.option,
                remedy="Look at its log. What runs on another node cannot be looked at from here",
            )
        return found[self._name(service)]

    def _spec(self, service: str) -> dict[str, Any]:
        """What the service is to be; it holds secrets."""
        return self._swarm.spec(self._name(service))

    def _specs(self) -> dict[str, dict[str, Any]]:
        """What each service of the stack is to be."""
        prefix = self._name("")
        return {
            name: self._spec(name)
            for name in (n.removeprefix(prefix) for n in self._swarm.modes(self.stack))
        }

    def _remedy(self, names: Collection[str]) -> str:
        return remedy(
            names,
            f"Put them into {self.option}.command: [env, NAME=VALUE, docker]. docker stack deploy "
            "reads no .env file",
        )

    def _replicas(self, service: str) -> int:
        return int(self._spec(service)["Mode"]["Replicated"]["Replicas"])

    @staticmethod
    def _due(spec: Mapping[str, Any]) -> int:
        """How many replicas there are, or were when it was stopped."""
        now = int(spec["Mode"]["Replicated"]["Replicas"])
        return now or int(spec["Labels"].get(_REPLICAS, 1))

    def _await_tasks(self) -> None:
        """Wait until as many tasks as are due run, and no others.

        After :data:`_MAX_WAIT` the start goes on with a warning: :mod:`checks` decides.
        """
        until = self.clock() + _MAX_WAIT
        while self.clock() < until:
            if not any(self._wrong_tasks()):
                return
            self.sleep(1)
        if wrong := list(self._wrong_tasks()):
            _LOG.warning(
                "after %d seconds the stack %s has %s. To see why: docker stack ps %s",
                _MAX_WAIT,
                self.stack,
                ", ".join(wrong),
                self.stack,
            )

    def _wrong_tasks(self) -> Iterator[str]:
        """The services with more or fewer tasks than are due, and how many they have."""
        for service in self.services:
            now, due = self._swarm.tasks(self._name(service)), self._replicas(service)
            if now != due:
                yield f"{now} of {due} tasks of {service}"
