# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A project of Docker Compose v2.

``environment:`` wins over ``env_file:``, without a word.  What wins is written into an override of
our own: under a name that Compose loads by itself where that is free, as one more file otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import MigrationError
from .command import ANSWER_SECONDS, WORK_SECONDS, CommandRunner
from .compose_files import EXTRA, MARK, ComposeFiles
from .compose_rendering import ComposeRendering, named
from .compose_start import bare, compare, needed
from .database import PSQL, SERVICE
from .deployment import Deployment, Environment, StartComparison
from .docker import Containers, finds_names
from .env_files import environment_of
from .storage_in_use import StorageInUse, address_of, concerns_storage

_PROJECT = "com.docker.compose.project"
_FOLDER = "com.docker.compose.project.working_dir"
_SERVICE = "com.docker.compose.service"


@dataclass
class Compose(Deployment):
    """A deployment by Docker Compose.

    :ivar configured_files: the compose files, if the user names them.
    :ivar one_shots: services that run once and end.
    :ivar files: for each service the env files it is said to read.
    :ivar argv: Compose's command, with its options.
    :ivar job_filters: Docker's filters for containers; one that any of them finds is pfcon's job.
    :ivar update: a start may pull, build and run one-shot services, and change other settings.
    :ivar database_service: the service of CUBE's database.
    :ivar database_command: a shell's command that runs psql in its container.
    """

    directory: Path
    configured_files: Sequence[Path]
    services: Sequence[str]
    pfcon_services: Sequence[str]
    one_shots: Sequence[str]
    files: Mapping[str, Sequence[Path]]
    argv: Sequence[str]
    python: str
    job_filters: Sequence[str]
    runner: CommandRunner
    update: bool = False
    option: str = "cube_storage_compose"
    database_service: str = SERVICE
    database_command: str = PSQL

    def __post_init__(self) -> None:
        self._files = ComposeFiles(self.directory, self.configured_files, self.option)
        env_files = {path for each in self.files.values() for path in each}
        self._compose = ComposeRendering(
            self.directory, self.argv, env_files, self.option, self.runner
        )

    @property
    def all_services(self) -> list[str]:
        return [*self.services, *self.one_shots]

    @property
    def containers(self) -> Containers:
        engine = ["docker"]
        if "compose" in self.argv:
            engine = list(self.argv[: list(self.argv).index("compose")])
        return Containers(engine, self.python, self.option, self.runner)

    def preflight(self) -> None:
        self._compose.run("version")
        self._files.refuse_other_files()
        config = self._compose.config(self._files.bases())
        known = config["services"]
        missing = [service for service in self.all_services if service not in known]
        if missing:
            self._refuse_profiles(missing)
            raise MigrationError(
                f"the compose files have no {', '.join(missing)}, but {', '.join(sorted(known))}",
                option=f"{self.option}.services",
                remedy="Name the services which write CUBE's files in services, those that run "
                "once in one_shot_services, and pfcon's in pfcon_services",
            )
        elsewhere = set(self.containers.list(_PROJECT, f"{_FOLDER}={self.directory}"))
        if elsewhere and config["name"] not in elsewhere:
            name = min(elsewhere)
            raise MigrationError(
                f"what runs of {self.directory} is in the project {name}, not {config['name']}",
                option=f"{self.option}.command",
                remedy=f"Name it: [docker, compose, --project-name, {name}]",
            )

    def unlisted_services(self) -> list[str]:
        """Those of inactive profiles, and containers of other projects on this host, too."""
        config = self._compose.config(self._files.present(), "--profile", "*")
        address = address_of(self._environment(config, self.services[0]))
        unnamed = set(config["services"]) - set(self.all_services)
        found = {s for s in unnamed if concerns_storage(self._environment(config, s), address)}
        project = self.containers.list(_SERVICE, f"{_PROJECT}={config['name']}")
        known = {each for identifiers in project.values() for each in identifiers}
        return sorted(found | (self.containers.concerned(known, address) - set(self.jobs())))

    def neighbours(self) -> list[str]:
        config = self._compose.config(self._files.present())
        url = StorageInUse.of(self._environment(config, self.services[0])).url
        project = self.containers.list(_SERVICE, f"{_PROJECT}={config['name']}")
        known = {each for identifiers in project.values() for each in identifiers}
        return sorted(self.containers.neighbours(known, url) - set(self.jobs()))

    def running(self) -> list[str]:
        return sorted(set(self._containers()) & set(self.all_services))

    def will_not_restart(self) -> bool:
        return not set(self._containers(every=True)) & set(self.all_services)

    def jobs(self) -> list[str]:
        return sorted(self.containers.named(self.job_filters))

    def finds_jobs(self, prefix: str) -> bool:
        return finds_names(self.job_filters, prefix)

    def stop(self, timeout: int) -> None:
        """Remove the containers: one that is only stopped may be started again with the host."""
        # Compose stops one service after another where one depends on the other.
        most = ANSWER_SECONDS + timeout * len(self.all_services)
        stop, remove = ("stop", "--timeout", str(timeout)), ("rm", "--stop", "--force")
        for words in (stop, remove):
            self._compose.run(*self._present(), *words, *self.all_services, timeout=most)
        # Those that `compose run` made are in the same project under the same service.
        left = self._containers(every=True)
        self.containers.remove([each for s in self.all_services for each in left.get(s, [])])

    def start(self) -> bool:
        """What they depend on is started where it does not run, and never created anew.

        Without `update`, nothing is pulled or built, and one-shot services do not run.
        """
        before = self._containers()
        if self.update:
            self._up("--quiet-pull", "--no-recreate", *self.services)
            self._up("--quiet-pull", "--no-deps", *self.services)
        else:
            as_it_is = ("--no-build", "--pull", "never", "--no-deps")
            config = self._compose.config(self._files.present())
            others = [s for s in needed(config, self.services, self.one_shots) if s not in before]
            if others:
                self._up(*as_it_is, "--wait", "--no-recreate", *others)
            self._up(*as_it_is, *self.services)
        return self._of_services(before) != self._of_services(self._containers())

    def _up(self, *words: str) -> None:
        present = self._present()
        self._compose.run(*present, "up", "--detach", *words, timeout=WORK_SECONDS)

    def compare_start(self, apart_from: Collection[str]) -> StartComparison:
        if self.update:
            return StartComparison()
        files = self._files.present()
        config, hashes = self._compose.config(files), self._compose.hashes(files)
        containers = self._containers()
        # Of a service that the files do not have the look at the deployment tells.
        known = [service for service in self.services if service in config["services"]]
        running = {service: containers.get(service, []) for service in known}
        found = compare(config, hashes, running, self.containers, apart_from)
        if found.differences and (names := {*self._compose.unset(files), *bare(config, running)}):
            found.remedy = self._compose.remedy(names)
        return found

    def configured(self, service: str) -> Environment:
        return self._environment(self._compose.config(self._files.present()), service)

    def actual_environments(self, service: str) -> Sequence[Environment]:
        return [self.containers.environment(each) for each in self._containers()[service]]

    def incarnations(self, service: str) -> Sequence[str]:
        return self.containers.incarnations(self._containers().get(service, []))

    def host_names(self, service: str) -> set[str]:
        containers = self._containers(every=True).get(service, [])
        return {service, *self.containers.host_names(containers)}

    def run_python(self, service: str, program: str) -> str:
        return self.containers.run_python(self._containers()[service][0], program)

    def query(self, sql: str) -> Iterator[bytes]:
        found = self._containers().get(self.database_service)
        if not found:
            raise MigrationError(
                f"no container of a service {self.database_service} runs",
                option=f"{self.option}.database_service",
                remedy="Name the service of CUBE's database",
            )
        return self.containers.lines(found[0], self.database_command, sql)

    def override_path(self) -> Path | None:
        return self._files.override_path()

    def override(self, wanted: Mapping[str, Environment], *, predict: bool) -> bytes:
        config = self._compose.config(self._files.bases())
        services = {}
        for service in self.all_services:
            # A one-shot service is CUBE's own.
            due = wanted[service] if service in wanted else wanted[self.services[0]]
            got = self._environment(config, service)
            if predict:
                got = self._predicted(service, got, due)
            values = {name: value for name, value in due.items() if got.get(name) != value}
            if values:
                services[service] = {"environment": {k: _escaped(v) for k, v in values.items()}}
        if not services:
            return b""
        text = json.dumps({"services": services}, indent=2, ensure_ascii=False)  # JSON is YAML
        return MARK + b"# It holds secrets, and wins over env files.\n" + text.encode() + b"\n"

    @property
    def notice(self) -> str | None:
        """What the owner must know when the override is not loaded by itself."""
        path = self._files.override_path()
        if path.name != EXTRA or not path.exists():
            return None
        names = " ".join(f"-f {file}" for file in self._files.present())
        return (
            f"From now on, Compose must always be given {path}, or CUBE is on the old storage: "
            f"docker compose {names}"
        )

    def _predicted(self, service: str, got: Environment, due: Environment) -> dict[str, str]:
        """What the service would get once its env files hold `due`.

        A variable that has now what the env files hold now comes from there.
        """
        files = self.files.get(service, ())
        held = environment_of(files)
        reads = any(got.get(name) == value for name, value in held.items())
        changed = {
            name: value for name, value in due.items() if reads and got.get(name) == held.get(name)
        }
        return {**got, **changed}

    def _refuse_profiles(self, missing: Sequence[str]) -> None:
        """:raises MigrationError: the files have these services, but with profiles only."""
        known = self._compose.config(self._files.bases(), "--profile", "*")["services"]
        if not set(missing) <= set(known):
            return
        profiles = sorted({each for s in missing for each in known[s].get("profiles") or []})
        words = ", ".join(f"--profile, {each}" for each in profiles)
        raise MigrationError(
            f"the compose files have {', '.join(missing)} in a profile that is not active",
            option=f"{self.option}.command",
            remedy=f"Name the profile: [docker, compose, {words}]",
        )

    def _present(self) -> list[str]:
        return named(self._files.present())

    @staticmethod
    def _environment(config: Mapping[str, Any], service: str) -> dict[str, str]:
        found = config["services"].get(service, {}).get("environment") or {}
        # `config` writes a dollar sign as it would have to be in a file.
        return {name: str(v).replace("$$", "$") for name, v in found.items() if v is not None}

    def _containers(self, *, every: bool = False) -> dict[str, list[str]]:
        project = self._compose.config(self._files.bases())["name"]
        return self.containers.list(_SERVICE, f"{_PROJECT}={project}", every=every)

    def _of_services(self, containers: Mapping[str, list[str]]) -> set[str]:
        return {each for service in self.services for each in containers.get(service, [])}


def _escaped(value: str) -> str:
    """`value` as Compose, which expands variables everywhere, takes it literally."""
    return value.replace("$", "$$")
