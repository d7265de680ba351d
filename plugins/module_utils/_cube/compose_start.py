# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A start of Compose's services: what it needs, and what it would change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .compose_settings import of_container, of_service
from .deployment import StartComparison
from .docker import Containers
from .service_settings import OTHER_IMAGE, differences

_HASH = "com.docker.compose.config-hash"
_ENDS = "service_completed_successfully"


def needed(
    config: Mapping[str, Any], services: Sequence[str], apart_from: Collection[str]
) -> list[str]:
    """The running services that others depend on: none that ends, and none of `apart_from`.

    :param config: what ``docker compose config`` prints.
    """
    known = config["services"]
    found = list(services)
    for service in found:
        conditions = known.get(service, {}).get("depends_on") or {}
        found += [
            name
            for name, how in conditions.items()
            if name in known and name not in (*found, *apart_from) and how.get("condition") != _ENDS
        ]
    return found[len(services) :]


def bare(config: Mapping[str, Any], services: Iterable[str]) -> set[str]:
    """The variables that stand without a value in ``environment:``, and that nothing sets.

    :param config: what ``docker compose config`` prints.
    """
    given = [config["services"][service].get("environment") or {} for service in services]
    return {name for each in given for name, value in each.items() if value is None}


def replicas(described: Mapping[str, Any]) -> int:
    """How many containers a service gets.

    :param described: the service as ``docker compose config`` prints it.
    """
    deploy = described.get("deploy") or {}
    given = described.get("scale", deploy.get("replicas"))
    return 1 if given is None else int(given)


def compare(
    config: Mapping[str, Any],
    hashes: Mapping[str, str],
    running: Mapping[str, Sequence[str]],
    engine: Containers,
    apart_from: Collection[str],
) -> StartComparison:
    """What would change if services were created anew from the images that this host has.

    A container that has the hash of its settings differs by its image alone.

    :param config: what ``docker compose config`` prints.
    :param hashes: for each service the hash of its settings.
    :param running: for each service to compare the IDs of its containers.
    :param apart_from: names of variables that do not count.
    """
    found = StartComparison()
    for service, identifiers in running.items():
        name = config["services"][service].get("image") or f"{config['name']}-{service}"
        image = engine.image(name)
        if image is None:
            found.differences.append(f"{service}: its image {name} is not on this host")
            continue
        due = replicas(config["services"][service])
        if identifiers and len(identifiers) != due:
            found.differences.append(
                f"{service}: {due} containers would run instead of {len(identifiers)}"
            )
        for identifier in identifiers:
            inspected = engine.inspect(identifier)
            now = of_container(inspected)
            told = differences(now, of_service(config, service, image, now), apart_from)
            if inspected["Config"]["Labels"].get(_HASH) == hashes.get(service):
                told = [each for each in told if each == OTHER_IMAGE]
            elif not told:
                found.notices.append(f"{service} would get other settings than it has")
            found.differences += [f"{service}: {each}" for each in told]
    return found
