# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Containers that are in a network with the container in which the old storage runs.  Pure.

They can reach it, whatever their environment says.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

_SHARED_BY_ALL = {"bridge", "host", "none", "ingress", "docker_gwbridge"}
_PORTS = {"http": "80", "https": "443"}


def neighbours(
    running: Sequence[Mapping[str, Any]], known: Collection[str], url: str
) -> list[Mapping[str, Any]]:
    """Those of the running containers that share a network with the storage, and are not known.

    :param running: what ``docker inspect`` tells of each.
    :param known: the IDs of the containers of CUBE's own project.
    :param url: where CUBE reaches the storage; nothing is found if that is no container here.
    """
    of_cube = {name for each in running if each["Id"] in known for name in _networks(each)}
    servers = [each for each in running if _serves(each, urlsplit(url), of_cube)]
    shared = {name for each in servers for name in _networks(each)} - _SHARED_BY_ALL
    return [
        each
        for each in running
        if each["Id"] not in known and each not in servers and shared & set(_networks(each))
    ]


def _serves(container: Mapping[str, Any], url: SplitResult, of_cube: Collection[str]) -> bool:
    """Whether a container is what the URL names, in a network of CUBE's or by a published port."""
    if not url.hostname:
        return False
    if url.hostname in _names(container, of_cube):
        return True
    this_host = {
        "localhost",
        "127.0.0.1",
        "::1",
        "host.docker.internal",
        socket.gethostname().lower(),
    }
    port = str(url.port) if url.port else _PORTS.get(url.scheme, "")
    published = container["NetworkSettings"].get("Ports") or {}
    bindings = [each for found in published.values() for each in found or []]
    return url.hostname in this_host and any(each["HostPort"] == port for each in bindings)


def _names(container: Mapping[str, Any], networks: Collection[str]) -> Iterator[str]:
    """What it is called in these networks, in small letters as in a URL."""
    for name, network in _networks(container).items():
        if name in networks:
            yield container["Name"].removeprefix("/").lower()
            yield str(container["Config"].get("Hostname") or "").lower()
            yield str(network.get("IPAddress") or "")
            yield from (alias.lower() for alias in network.get("Aliases") or [])


def _networks(container: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return container["NetworkSettings"].get("Networks") or {}
