# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whether CUBE and pfcon answer, and stay up."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence

from .._errors import MigrationError
from .deployment import Deployment

PATIENCE = 30
"""Seconds that one answer may take: a busy CUBE is slow, and not ill."""


def incarnations(deployment: Deployment) -> dict[str, Sequence[str]]:
    """For each service what identifies its containers or processes of this start."""
    return {service: deployment.incarnations(service) for service in deployment.services}


def confirm_up(deployment: Deployment, before: Mapping[str, Sequence[str]]) -> None:
    """See that each service is still what it was.

    :param before: the earlier answer of :func:`incarnations`.
    :raises MigrationError: one has ended or was started again; names all of them.
    """
    now = incarnations(deployment)
    down = [service for service, ids in before.items() if not ids or list(now[service]) != [*ids]]
    if down:
        raise MigrationError(
            f"these services do not stay up: {', '.join(down)}",
            option=deployment.option,
            remedy="Look at their logs",
        )


def wait_until_healthy(
    url: str,
    timeout: int,
    option: str = "cube_storage_health_url",
    remedy: str = "Look at the log of the service",
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Ask `url` until it answers 200.

    :param timeout: seconds.
    :param option: where the user gave `url`.
    :param remedy: what to do when it does not answer.
    :raises MigrationError: it does not within this time; tells the last answer.
    """
    until = clock() + timeout
    # The API is on this host: a proxy would only be in the way.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with opener.open(url, timeout=PATIENCE) as response:
                if response.status == 200:
                    return
                answer = f"status {response.status}"
        except urllib.error.HTTPError as error:
            answer = f"status {error.code}"
        except (OSError, ValueError) as error:
            answer = str(getattr(error, "reason", error))
        if clock() >= until:
            raise MigrationError(
                f"{url} is not healthy after {timeout} seconds: {answer}",
                option=option,
                remedy=remedy,
            )
        sleep(1)
