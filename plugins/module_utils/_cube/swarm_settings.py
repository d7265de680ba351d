# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The settings of a stack's service, and those that its files would give to it.  Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from typing import Any

from .compose_settings import environment_of
from .service_settings import ServiceSettings, differences

_IMAGE = "com.docker.stack.image"


def compare(
    specs: Mapping[str, Mapping[str, Any]],
    config: Mapping[str, Any],
    stack: str,
    apart_from: Collection[str],
) -> list[str]:
    """What a deployment of the stack would change, a line each.

    :param specs: what the services are now.
    :param config: the files after all interpolation, as ``docker stack config`` prints them.
    :param apart_from: names of variables that do not count.
    """
    told = []
    for service in sorted(config["services"]):
        if service not in specs:
            told.append(f"{service}: it would be made, for there is no such service now")
            continue
        now, then = of_spec(specs[service]), of_service(config, service, stack)
        told += [f"{service}: {each}" for each in differences(now, then, apart_from)]
    return told


def of_spec(spec: Mapping[str, Any]) -> ServiceSettings:
    """The settings that a service has.

    :param spec: what ``docker service inspect`` calls ``Spec``.
    """
    container = spec["TaskTemplate"]["ContainerSpec"]
    ports = (spec.get("EndpointSpec") or {}).get("Ports") or []
    return ServiceSettings(
        image=_plain((spec.get("Labels") or {}).get(_IMAGE) or container["Image"]),
        environment=environment_of_spec(spec),
        command=[*(container.get("Command") or []), *(container.get("Args") or [])],
        user=container.get("User") or "",
        folder=container.get("Dir") or "",
        mounts={
            posixpath.normpath(each["Target"]): str(each.get("Source") or "")
            for each in container.get("Mounts") or []
            if each["Type"] in ("bind", "volume")
        },
        ports=[
            f"{each['PublishedPort']}:{each['TargetPort']}/{each.get('Protocol') or 'tcp'}"
            for each in ports
            if each.get("PublishedPort")
        ],
    )


def environment_of_spec(spec: Mapping[str, Any]) -> dict[str, str]:
    """The variables that a service gives to its tasks."""
    return environment_of(spec["TaskTemplate"]["ContainerSpec"].get("Env") or [])


def of_service(config: Mapping[str, Any], service: str, stack: str) -> ServiceSettings:
    """The settings that a stack's files give to a service.

    :param config: as for :func:`compare`.
    """
    described = config["services"][service]
    given = described.get("environment") or {}
    return ServiceSettings(
        image=_plain(described["image"]),
        environment={name: str(value) for name, value in given.items() if value is not None},
        command=[
            str(word) for key in ("entrypoint", "command") for word in described.get(key) or []
        ],
        user=str(described.get("user") or ""),
        folder=described.get("working_dir") or "",
        mounts={
            posixpath.normpath(each["target"]): _source(config, each, stack)
            for each in described.get("volumes") or []
            if each.get("type") in ("bind", "volume")
        },
        ports=[
            f"{each['published']}:{each['target']}/{each.get('protocol') or 'tcp'}"
            for each in described.get("ports") or []
            if each.get("published")
        ],
    )


def _plain(image: str) -> str:
    """A name without the digest that a deployment adds, and with the tag that Docker adds to none.

    A start names the images as the services have them: with a tag and without the usual registry.
    """
    name = image.partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def _source(config: Mapping[str, Any], volume: Mapping[str, Any], stack: str) -> str:
    source = str(volume.get("source") or "")
    if volume["type"] == "bind" or not source:
        return source
    known = (config.get("volumes") or {}).get(source) or {}
    return str(known.get("name") or (source if known.get("external") else f"{stack}_{source}"))
