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
from .service_program import with_arguments
from .storage_switch import StorageSwitch


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
