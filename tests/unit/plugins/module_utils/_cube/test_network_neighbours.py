# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which containers share a network with the one in which the old storage runs."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.network_neighbours import (
    neighbours,
)

URL = "http://swift_service:8080/auth/v1.0"


def container(name: str, *networks: str, alias: str = "", port: str = "") -> dict[str, Any]:
    """What ``docker inspect`` tells of it."""
    given = {network: {"Aliases": [alias] if alias else None} for network in networks}
    bindings = [{"HostPort": port}] if port else None
    return {
        "Id": name,
        "Name": f"/{name}",
        "Config": {"Hostname": name[:12]},
        "NetworkSettings": {
            "Networks": {n: {**each, "IPAddress": f"10.0.0.{len(n)}"} for n, each in given.items()},
            "Ports": {"8080/tcp": bindings},
        },
    }


CHRIS = container("cube-chris-1", "cube")
SWIFT = container("cube-swift-1", "cube", "files", alias="Swift_service")


def names(running: list[dict[str, Any]], url: str = URL, known: str = "cube-chris-1") -> list[str]:
    return [each["Name"] for each in neighbours(running, [known], url)]


def test_what_is_in_any_network_of_the_storage_is_found() -> None:
    backup, mail = container("backup", "files", "mail"), container("mail", "mail")
    assert names([CHRIS, SWIFT, backup, mail]) == ["/backup"]


@pytest.mark.parametrize("host", ["swift_service", "cube-swift-1", "10.0.0.4"])
def test_the_storage_is_known_by_alias_name_and_address(host: str) -> None:
    running = [CHRIS, SWIFT, container("backup", "files")]
    assert names(running, f"http://{host}:8080/auth/v1.0") == ["/backup"]
    assert names(running, "http://elsewhere:8080/auth/v1.0") == []
    assert names(running, "") == []


def test_one_of_that_name_in_a_network_that_is_not_cubes_is_another() -> None:
    other = container("other", "theirs", alias="swift_service")
    assert names([CHRIS, other, container("backup", "theirs")]) == []


@pytest.mark.parametrize("host", ["localhost", socket.gethostname()])
def test_the_storage_is_known_by_the_port_that_it_publishes_on_this_host(host: str) -> None:
    swift = container("swift", "files", port="8080")
    running = [CHRIS, swift, container("backup", "files")]
    assert names(running, f"http://{host}:8080/auth/v1.0") == ["/backup"]
    assert names(running, f"http://{host}:8081/auth/v1.0") == []
    assert names(running, f"http://{host}/auth/v1.0") == []
    swift["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"] = "80"
    assert names(running, f"http://{host}/auth/v1.0") == ["/backup"]


def test_networks_in_which_everything_is_tell_nothing() -> None:
    swift = container("swift", "bridge", "host", port="8080")
    assert names([swift, container("mail", "bridge")], "http://localhost:8080/") == []


def test_what_belongs_to_cube_itself_is_not_told() -> None:
    assert names([CHRIS, SWIFT], known="cube-chris-1") == []
    assert names([CHRIS, SWIFT, container("db", "cube")], known="db") == ["/cube-chris-1"]
