# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What would fail in a cutover or after it, looked at while CUBE runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from .._check import FAILURE, OK, WARNING, Check, attempt
from .._errors import EndedError, MigrationError
from .checks import probe, status
from .deployment import Deployment, Environment
from .env_files import UNCLEAR
from .health import wait_until_healthy
from .pfcons import Known, ask_database, is_ours, wait_for_pfcons
from .storage_in_use import MovedContainer, StorageInUse
from .storage_switch import StorageSwitch, holds

Look = Callable[[], list[Check]]
"""Gives what was found, and raises :class:`MigrationError` for what would fail."""

RUNNING = "running services"

_LIBRARIES = {"s3": "boto3", "swift": "swiftclient"}
_ANSWER = 5
"""Seconds in which a CUBE that runs is asked again when it does not answer 200."""


@dataclass
class Preflight:
    """All looks at CUBE before a cutover.  They change nothing.

    :ivar moved: the container that the services must use, unless they have the new storage; without
        it nothing is compared.
    :ivar health_urls: asked when all services run.
    """

    switch: StorageSwitch
    moved: MovedContainer | None = None
    health_urls: Sequence[str] = ()
    _answers: dict[StorageInUse, dict[str, Any]] = field(default_factory=dict)

    def checks(self) -> list[Check]:
        """Make all looks; an error of one keeps no other from being made, and is told once."""
        found: list[Check] = []
        for name, look in self._looks():
            told = {check.seen for check in found if check.verdict != OK}
            made = attempt(name, look)
            found += [check for check in made if check.verdict == OK or check.seen not in told]
        return found

    def notices(self) -> list[str]:
        """Make all looks, and tell what somebody has to decide, a sentence each.

        Services that do not run are among it: a cutover may have been broken off while it stopped
        them, and has to go on.

        :raises MigrationError: something would fail, with all of it; but not for the storage that
            CUBE has.
        """
        found: list[Check] = []
        failures: dict[str, MigrationError] = {}
        for _name, look in self._looks():
            try:
                found += look()
            except EndedError:
                raise
            except MigrationError as error:
                failures.setdefault(error.message, error)
        if failures:
            first, *others = failures.values()
            raise MigrationError(" ".join(map(str, failures.values()))) if others else first
        return [
            f"{check.seen}. {check.remedy}".rstrip(". ")
            for check in found
            if check.verdict == WARNING or (check.verdict == FAILURE and check.name == RUNNING)
        ]

    def _looks(self) -> Iterator[tuple[str, Look]]:
        """Give each look with its name."""
        services = self._deployment.services
        yield "stop and start of CUBE", self._deployed
        yield RUNNING, self._services
        yield "env files of CUBE", self._files
        yield "storage of CUBE", self._status
        for service in services if self.moved else ():
            yield f"storage of {service}", partial(self._storage, service)
        for url in self.health_urls:
            yield f"health of {url}", partial(self._health, url)
        yield "what a start would change", self._start
        for service in self._deployment.pfcon_services:
            yield f"kind of {service}", partial(self._kind, service)
        for service in services:
            yield f"library of {service}", partial(self._library, service)
        yield "other services on the storage", self._others
        yield "neighbours of the old storage", self._neighbours
        yield "running jobs of pfcon", self._jobs
        yield "pfcons of CUBE's database", self._pfcons
        yield "names of pfcon's jobs", self._job_names

    @property
    def _deployment(self) -> Deployment:
        return self.switch.deployed

    @cached_property
    def _running(self) -> list[str]:
        return self._deployment.running()

    @cached_property
    def _wanted(self) -> dict[str, Environment]:
        return self.switch.wanted()

    @cached_property
    def _known(self) -> Known | MigrationError:
        try:
            return ask_database(self._deployment)
        except MigrationError as error:
            return error

    @property
    def _all_run(self) -> bool:
        return set(self._deployment.services) <= set(self._running)

    def _deployed(self) -> list[Check]:
        self._deployment.preflight()
        return [Check("stop and start of CUBE", OK, "nothing is missing that they need")]

    def _files(self) -> list[Check]:
        self.switch.refuse_two_places()
        self.switch.refuse_read_only()
        return [Check("env files of CUBE", OK, "they can be changed")]

    def _services(self) -> list[Check]:
        """See which services run.

        Where nothing was switched yet and some run, one that does not run may be no service at all,
        and a start would be waited for in vain.
        """
        services = self._deployment.services
        down = [service for service in services if service not in self._running]
        if not down:
            return [Check(RUNNING, OK, ", ".join(services))]
        if len(down) == len(services):
            seen = "CUBE does not run, so nobody can ask its services what they use"
            return [Check(RUNNING, WARNING, seen, "Start CUBE, and look once more")]
        if self.moved and self.switch.configured() == "old":
            return [
                Check(
                    RUNNING,
                    FAILURE,
                    f"{self._deployment.option}: not running, while others are: {', '.join(down)}",
                    "Start them, or take out of the services what is none. After a cutover all of "
                    "them must run",
                )
            ]
        return [Check(RUNNING, WARNING, f"These services do not run: {', '.join(down)}")]

    def _status(self) -> list[Check]:
        """See that what runs has what is configured, and that this is the old storage.

        A way back and a cutover that goes on may find something else, and look for themselves.
        """
        name = "storage of CUBE"
        found = status(self.switch)
        if found.storage == "old":
            return [Check(name, OK, "the old one, as the env files have it")]
        if found.storage == "new":
            return [Check(name, WARNING, "CUBE has the new storage already")]
        stale = [
            f"{service} ({', '.join(names) if names else 'its environment cannot be read'})"
            for service, names in found.stale.items()
        ]
        seen = (
            f"these services have not what the env files hold: {'; '.join(stale)}"
            if stale
            else "the env files hold neither the old storage nor all of the new one"
        )
        remedy = (
            "Name the env file that each service reads, the last one if it reads several. After a "
            "cutover that was broken off, run playbooks/rollback.yml"
        )
        return [Check(name, FAILURE, seen, remedy)]

    def _storage(self, service: str) -> list[Check]:
        """See that a service keeps its files in the moved container, by the environment it has.

        One that does not run is looked at by the environment that it would get, as far as that
        tells.
        """
        if self.moved is None or self.switch.keeps(service):
            return []
        found = []
        runs = service in self._running
        configured = self._deployment.configured
        for environment in (
            self._deployment.actual_environments(service) if runs else [configured(service)]
        ):
            wanted = self._wanted[service]
            if wanted and holds(environment, wanted):
                found.append("it has the new storage")
                continue
            used = StorageInUse.of(environment)
            if runs or (used.backend and used.container != UNCLEAR):
                self.moved.refuse_other_name(service, used)
            if runs:
                found.append(self._answer(service, used, self.moved))
        return [Check(f"storage of {service}", OK, "; ".join(dict.fromkeys(found)))]

    def _answer(self, service: str, used: StorageInUse, moved: MovedContainer) -> str:
        """Ask the storage from within a service, once for all services that log in alike."""
        if used not in self._answers:
            answer = probe(self.switch, service, 0)
            moved.refuse_other_container(service, used, answer)
            self._answers[used] = answer
        return moved.notice(service, self._answers[used]) or str(used)

    def _health(self, url: str) -> list[Check]:
        if not self._all_run:
            return []
        remedy = "Though all services run. Name a URL that answers 200 without a login, or none"
        wait_until_healthy(url, _ANSWER, remedy=remedy)
        return [Check(f"health of {url}", OK, "it answers 200")]

    def _start(self) -> list[Check]:
        """See that a start, on either storage, changes nothing but the storage."""
        switch = self.switch
        names = {*switch.names, *switch.cube.variables, *switch.pfcon.variables}
        found = self._deployment.compare_start(names)
        if found.differences:
            raise MigrationError(
                "started again, the services would not be what they are now: "
                + "; ".join(found.differences),
                option=self._deployment.option,
                remedy=found.remedy
                or "Let the files and what runs agree, for example by a start of your own, then "
                "run this again. Nothing was stopped",
            )
        name = "what a start would change"
        told = [Check(name, WARNING, notice) for notice in found.notices]
        return told or [Check(name, OK, "nothing but the storage")]

    def _kind(self, service: str) -> list[Check]:
        name = f"kind of {service}"
        if not self.switch.keeps(service):
            return [Check(name, OK, "in-network")]
        seen = (
            f"{service} is no in-network pfcon (PFCON_INNETWORK is not true), and keeps its "
            "environment"
        )
        return [Check(name, WARNING, seen)]

    def _library(self, service: str) -> list[Check]:
        """:raises MigrationError: the service's Python has not the client of its new storage."""
        wanted = self._wanted[service]
        if service not in self._running or not wanted:
            return []
        library = _LIBRARIES[wanted.get("STORAGE_ENV", "swift")]
        program = (
            f"from importlib.util import find_spec\nprint(find_spec({library!r}) is not None)\n"
        )
        if self._deployment.run_python(service, program).strip() != "True":
            raise MigrationError(
                f"the Python of {service} has no {library}, so it knows no such storage",
                option="cube_storage_backend",
                remedy="A CUBE older than 7.0.0-a1 needs swift and a v1 auth gateway",
            )
        return [Check(f"library of {service}", OK, library)]

    def _others(self) -> list[Check]:
        name = "other services on the storage"
        found = self._deployment.unlisted_services()
        if not found:
            return [Check(name, OK, "none was found")]
        seen = (
            f"These services, which are not named in {self._deployment.option}, have a container "
            f"or the storage's address in their environment: {', '.join(found)}"
        )
        remedy = (
            "If one of them writes CUBE's files, name it. If it reads one of the env files that "
            "are written and needs no storage, as a database, it gets the new storage's keys at "
            "its next start: give it an env file of its own"
        )
        return [Check(name, WARNING, seen, remedy)]

    def _neighbours(self) -> list[Check]:
        name = "neighbours of the old storage"
        others = self._deployment.unlisted_services()
        told = [
            Check(
                name,
                WARNING,
                f"{each} is no service of CUBE's and shares a network with the old storage. "
                "Nothing in its environment tells whether it uses it",
            )
            for each in self._deployment.neighbours()
            if each not in others
        ]
        return told or [Check(name, OK, "none was found")]

    def _jobs(self) -> list[Check]:
        name = "running jobs of pfcon"
        jobs = self._deployment.jobs()
        if not jobs:
            return [Check(name, OK, "none was found")]
        seen = f"These jobs of pfcon run, and may write: {', '.join(jobs)}"
        remedy = (
            "A stop waits for them, cube_storage_stop_timeout seconds, and fails if one still runs"
        )
        return [Check(name, WARNING, seen, remedy)]

    def _pfcons(self) -> list[Check]:
        """See that somebody has named each in-network pfcon, and that those named answer."""
        name = "pfcons of CUBE's database"
        known = self._known
        if isinstance(known, MigrationError):
            seen = f"CUBE's database could not be asked for its pfcons ({known.message})"
            remedy = (
                "Each with compute_innetwork must be named, here or on another host, or it goes on "
                "writing to the old storage"
            )
            return [Check(name, WARNING, seen, remedy)]
        silent = not all(pfcon.answers for pfcon in known.pfcons)
        if silent and self.moved and self._all_run:
            wait_for_pfcons(self._deployment, _ANSWER)
        found = []
        for pfcon in known.pfcons:
            if not is_ours(self._deployment, pfcon):
                seen = (
                    f"CUBE's database has the in-network pfcon {pfcon}, which is none of the "
                    "services named for this host"
                )
                remedy = (
                    "If no other host of the group cube has it, it goes on writing to the old "
                    "storage: stop it, and give it the new one by hand"
                )
                found.append(Check(name, WARNING, seen, remedy))
        return found or [
            Check(name, OK, f"{len(known.pfcons)} in-network, all of them services of this host")
        ]

    def _job_names(self) -> list[Check]:
        """See that the jobs that CUBE has pfcon run can be found."""
        name = "names of pfcon's jobs"
        deployment = self._deployment
        known = self._known
        if isinstance(known, MigrationError) or not known.job_prefix or not known.pfcons:
            return []
        if deployment.finds_jobs(known.job_prefix):
            return [Check(name, OK, f"they begin with {known.job_prefix}")]
        seen = (
            f"CUBE names them {known.job_prefix}..., and {deployment.option}.jobs does not look for "
            "such names"
        )
        remedy = "Say there how to find them: a stop does not wait for jobs that it does not see"
        return [Check(name, WARNING, seen, remedy)]
