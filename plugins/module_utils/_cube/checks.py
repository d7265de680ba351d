# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which storage CUBE uses, and whether it works."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import MigrationError
from . import storage_probe
from .deployment import Deployment
from .env_files import UNCLEAR
from .health import wait_until_healthy
from .service_program import with_arguments
from .storage_in_use import MovedContainer, StorageInUse
from .storage_switch import StorageSwitch, holds

_LIBRARIES = {"s3": "boto3", "swift": "swiftclient"}


@dataclass(frozen=True)
class Status:
    """Which services run, and on which storage.

    :ivar running: the services that run.
    :ivar storage: ``new``, ``old`` or ``mixed``.
    :ivar stale: for each running service whose environment is not as configured, the variables;
        None stands for an environment that cannot be read.
    """

    running: Sequence[str]
    storage: str
    stale: dict[str, list[str] | None] = field(default_factory=dict)


def status(switch: StorageSwitch) -> Status:
    """Look at the files and at what runs."""
    deployment = switch.deployed
    running = deployment.running()
    configured = switch.configured()
    stale: dict[str, list[str] | None] = {}
    for service in running:
        if service in deployment.services:
            try:
                names: list[str] | None = switch.stale(service)
            except MigrationError:
                names = None
            if names != []:
                stale[service] = names
    return Status(running, "mixed" if stale else configured, stale)


def probe(switch: StorageSwitch, service: str, minimum: int) -> dict[str, Any]:
    """What the storage answers to the running service's own environment.

    :raises MigrationError: it does not answer, or has fewer than `minimum` objects.
    """
    deployment = switch.deployed
    program = with_arguments(inspect.getsource(storage_probe), [str(minimum)])
    output = deployment.run_python(service, program)
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        raise MigrationError(
            f"the look at the storage from {service} gave no answer", option=deployment.option
        ) from None
    if "error" in answer:
        raise MigrationError(
            f"the storage does not answer to the environment of {service}: {answer['error']}",
            option="cube_storage_container",
            remedy="Look at the login and the container's name",
        )
    if answer["objects"] is not None and answer["objects"] < minimum:
        raise MigrationError(
            f"the container {answer['container']}, which {service} uses, has {answer['objects']}"
            f" objects, fewer than {minimum}",
            option="cube_storage_container",
            remedy="Look whether it is the right one",
        )
    return answer


@dataclass(frozen=True)
class Preflight:
    """What was found before anything is stopped.

    :ivar others: services that nobody named and that have to do with storage.
    :ivar jobs: pfcon's jobs that run.
    :ivar notices: what to tell the user, a sentence each.
    """

    others: Sequence[str]
    jobs: Sequence[str]
    notices: Sequence[str]


_ANSWER = 5
"""Seconds in which a CUBE that runs is asked again when it does not answer 200."""


def preflight(
    switch: StorageSwitch,
    moved: MovedContainer | None = None,
    health_urls: Sequence[str] = (),
) -> Preflight:
    """Look for what would fail later.

    :param moved: the container that the services must use, unless they have the new storage.
    :param health_urls: asked when all services run.
    :raises MigrationError: there is such a thing.
    """
    switch.preflight()
    deployment = switch.deployed
    notices = _compare_with_moved(switch, moved) if moved is not None else []
    if set(deployment.services) <= set(deployment.running()):
        for url in health_urls:
            remedy = "Though all services run. Name a URL that answers 200 without a login, or none"
            wait_until_healthy(url, _ANSWER, remedy=remedy)
    notices += _compare_start(switch)
    notices += [
        f"{service} is no in-network pfcon (PFCON_INNETWORK is not true), and keeps its environment"
        for service in filter(switch.keeps, deployment.services)
    ]
    for service in deployment.running():
        if service in deployment.services and not switch.keeps(service):
            backend = switch.wanted()[service].get("STORAGE_ENV", "swift")
            _refuse_without_library(deployment, service, _LIBRARIES[backend])
    others = deployment.unlisted_services()
    notices += [
        f"{name} is no service of CUBE's and shares a network with the old storage. Nothing in its "
        "environment tells whether it uses it"
        for name in deployment.neighbours()
        if name not in others
    ]
    return Preflight(others, deployment.jobs(), notices)


def _compare_with_moved(switch: StorageSwitch, moved: MovedContainer) -> list[str]:
    """See that each service keeps its files in that container, by the environment that it has.

    One that does not run is looked at by the environment that it would get, as far as that tells.

    :returns: what to tell of services that reach it by another address.
    :raises MigrationError: one does not.
    """
    deployment = switch.deployed
    running = deployment.running()
    used: dict[StorageInUse, str] = {}
    for service, wanted in switch.wanted().items():
        runs = service in running
        if switch.keeps(service):
            continue
        environments = (
            deployment.actual_environments(service) if runs else [deployment.configured(service)]
        )
        for environment in environments:
            if holds(environment, wanted):
                continue
            found = StorageInUse.of(environment)
            if runs or (found.backend and found.container != UNCLEAR):
                moved.refuse_other_name(service, found)
            if runs:
                used.setdefault(found, service)
    told: list[str] = []
    for found, service in used.items():
        answer = probe(switch, service, 0)
        moved.refuse_other_container(service, found, answer)
        told += filter(None, [moved.notice(service, answer)])
    return told


def _compare_start(switch: StorageSwitch) -> list[str]:
    """See that a start, on either storage, changes nothing but the storage.

    :returns: what to tell of it.
    :raises MigrationError: it would; the values stay hidden.
    """
    deployment = switch.deployed
    names = {*switch.names, *switch.cube.variables, *switch.pfcon.variables}
    found = deployment.compare_start(names)
    if found.differences:
        raise MigrationError(
            "started again, the services would not be what they are now: "
            + "; ".join(found.differences),
            option=deployment.option,
            remedy=found.remedy
            or "Let the files and what runs agree, for example by a start of your own, then run "
            "this again. Nothing was stopped",
        )
    return found.notices


def _refuse_without_library(deployment: Deployment, service: str, library: str) -> None:
    program = f"from importlib.util import find_spec\nprint(find_spec({library!r}) is not None)\n"
    if deployment.run_python(service, program).strip() != "True":
        raise MigrationError(
            f"the Python of {service} has no {library}, so it knows no such storage",
            option="cube_storage_backend",
            remedy="A CUBE older than 7.0.0-a1 needs swift and a v1 auth gateway",
        )


def least(expected: int) -> int:
    """How many of so many objects show that a container is the right one.

    A CUBE that runs again deletes what its users tell it to, before anybody can count.
    """
    return max(expected - max(expected // 10, 10), min(expected, 1))


def check(switch: StorageSwitch, expect: str, expected: int) -> dict[str, dict[str, Any]]:
    """What the storage answers to each service, after a look at what they really have.

    :param expect: ``new`` or ``old``.
    :param expected: how many objects the container had before the services were started.
    :raises MigrationError: something is not as expected.
    """
    deployment = switch.deployed
    found = status(switch)
    missing = [service for service in deployment.services if service not in found.running]
    if missing:
        raise MigrationError(
            f"not running: {', '.join(missing)}",
            option=deployment.option,
            remedy="Look at their logs",
        )
    for service, names in found.stale.items():
        what = "cannot be read" if names is None else f"is not as configured: {', '.join(names)}"
        raise MigrationError(
            f"the environment of {service} {what}",
            option=deployment.option,
            remedy="Look whether it was started anew, and what else sets these variables",
        )
    if found.storage != expect:
        raise MigrationError(
            f"the services have the {found.storage} storage, not the {expect} one",
            option="cube_storage_expect",
        )
    using = [service for service in deployment.services if not switch.keeps(service)]
    return {service: probe(switch, service, least(expected)) for service in using}
