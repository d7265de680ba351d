# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The in-network pfcons that CUBE's database knows: all of them write to the storage."""

from __future__ import annotations

import inspect
import json
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._errors import MigrationError
from . import pfcon_probe
from .deployment import Deployment


@dataclass(frozen=True)
class KnownPfcon:
    """An in-network pfcon of CUBE's database.

    :ivar url: where CUBE reaches it.
    :ivar answer: the HTTP status of its answer, or what went wrong.
    """

    name: str
    url: str
    answer: str

    @property
    def answers(self) -> bool:
        """Whether it works, as far as a request without a login tells."""
        return self.answer.isdecimal() and int(self.answer) < 500

    def __str__(self) -> str:
        return f"{self.name} at {self.url}"


@dataclass(frozen=True)
class Known:
    """What CUBE's database tells of pfcon.

    :ivar pfcons: those that are in-network.
    :ivar job_prefix: how the names of their jobs begin; empty where the database does not tell.
    """

    pfcons: Sequence[KnownPfcon]
    job_prefix: str = ""


def ask_database(deployment: Deployment) -> Known:
    """Ask CUBE's database through one of its services that runs, and each pfcon from there.

    :raises MigrationError: no service of CUBE's runs, or it could not ask.
    """
    running = deployment.running()
    cube = [s for s in deployment.services if s not in deployment.pfcon_services and s in running]
    if not cube:
        raise MigrationError("no service of CUBE's runs", option=deployment.option)
    output = deployment.run_python(cube[0], inspect.getsource(pfcon_probe))
    try:
        told = json.loads(output.rstrip().rpartition("\n")[2])
        if "error" in told:
            raise MigrationError(f"{cube[0]} answered {told['error']}", option=deployment.option)
        return Known([KnownPfcon(**each) for each in told["pfcons"]], str(told["job_prefix"]))
    except (TypeError, KeyError, ValueError):
        raise MigrationError(f"{cube[0]} gave no answer", option=deployment.option) from None


def wait_for_pfcons(
    deployment: Deployment,
    timeout: int,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Wait, after a start, until each in-network pfcon of the deployment answers to CUBE.

    :param timeout: seconds.
    :returns: what to tell of the others, which were not started here.
    :raises MigrationError: one does not answer.
    """
    until = clock() + timeout
    while True:
        try:
            known = ask_database(deployment).pfcons
        except MigrationError as error:
            return [f"CUBE's database could not be asked for its pfcons ({error.message})"]
        silent = [pfcon for pfcon in known if not pfcon.answers]
        ours = [pfcon for pfcon in silent if is_ours(deployment, pfcon)]
        if not ours:
            return [f"the in-network pfcon {p} does not answer: {p.answer}" for p in silent]
        if clock() >= until:
            raise MigrationError(
                f"the in-network pfcon {ours[0]} does not answer after {timeout} seconds: "
                f"{ours[0].answer}",
                option=f"{deployment.option}.pfcon_services",
                remedy="Look at its log",
            )
        sleep(1)


def is_ours(deployment: Deployment, pfcon: KnownPfcon) -> bool:
    """Whether the URL leads to a pfcon service that the user has named."""
    services: Sequence[str] = deployment.pfcon_services
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname()} if services else set()
    for service in services:
        names |= deployment.host_names(service)
    return urlsplit(pfcon.url).hostname in {name.lower() for name in names}
