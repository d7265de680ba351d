# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The settings of a container, and those that Compose would give to a new one.  Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .service_settings import ServiceSettings


def of_container(inspected: Mapping[str, Any]) -> ServiceSettings:
    """The settings that a container has.

    :param inspected: what ``docker inspect`` tells of it.
    """
    config = inspected["Config"]
    bound = inspected["HostConfig"].get("PortBindings") or {}
    return ServiceSettings(
        image=inspected["Image"],
        environment=environment_of(config.get("Env") or []),
        command=[*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])],
        user=config.get("User") or "",
        folder=config.get("WorkingDir") or "",
        mounts={
            each["Destination"]: posixpath.normpath(each.get("Name") or each.get("Source"))
            for each in inspected.get("Mounts") or []
            if each["Type"] in ("bind", "volume")
        },
        ports=[
            f"{each['HostPort']}:{target}"
            for target, published in bound.items()
            for each in published or []
            if each.get("HostPort")
        ],
    )


def of_service(
    config: Mapping[str, Any],
    service: str,
    image: Mapping[str, Any],
    now: ServiceSettings,
) -> ServiceSettings:
    """The settings that Compose would give to a new container of a service.

    :param config: what ``docker compose config`` prints.
    :param image: what ``docker image inspect`` tells of the service's image.
    :param now: what the container has: it tells what is mounted without a name of the user's.
    """
    described = config["services"][service]
    built = image.get("Config") or {}
    given = described.get("environment") or {}
    entry, command = described.get("entrypoint"), described.get("command")
    # An entry point of one's own drops the image's command.
    default = [] if entry is not None else built.get("Cmd")
    words = [
        *((built.get("Entrypoint") if entry is None else entry) or []),
        *((default if command is None else command) or []),
    ]
    mounts = {
        posixpath.normpath(each["target"]): _source(config, each)
        for each in described.get("volumes") or []
    }
    unnamed = {
        *(built.get("Volumes") or {}),
        *(path for path, name in mounts.items() if not name),
        *_files(described),
    }
    return ServiceSettings(
        image=image["Id"],
        environment={
            **environment_of(built.get("Env") or []),
            # `config` writes a dollar sign as it would have to be in a file.
            **{name: str(v).replace("$$", "$") for name, v in given.items() if v is not None},
        },
        command=[word.replace("$$", "$") for word in words],
        user=described.get("user") or built.get("User") or "",
        folder=described.get("working_dir") or built.get("WorkingDir") or "",
        mounts={
            **{path: now.mounts[path] for path in unnamed if path in now.mounts},
            **{path: name for path, name in mounts.items() if name},
        },
        ports=[
            f"{each['published']}:{each['target']}/{each.get('protocol') or 'tcp'}"
            for each in described.get("ports") or []
            if each.get("published")
        ],
    )


def environment_of(assignments: Iterable[str]) -> dict[str, str]:
    """The variables of Docker's ``NAME=VALUE``; a name alone sets nothing."""
    pairs = (each.partition("=") for each in assignments)
    return {name: value for name, sign, value in pairs if sign}


def _source(config: Mapping[str, Any], volume: Mapping[str, Any]) -> str:
    """What is mounted: a path, a volume's name, or nothing when neither is said."""
    source = str(volume.get("source") or "")
    if volume.get("type") != "volume":
        return posixpath.normpath(source) if source else ""
    known = (config.get("volumes") or {}).get(source) or {}
    return str(known.get("name") or source)


def _files(described: Mapping[str, Any]) -> Iterator[str]:
    """Where the service's secrets and configs are mounted."""
    for kind, folder in (("secrets", "/run/secrets"), ("configs", "/")):
        for each in described.get(kind) or []:
            yield posixpath.join(folder, str(each.get("target") or each.get("source")))
