# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Proxies between the mover and both sides of a scene, which do what networks and gateways do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.damage.scene import Scene
from tests.integration.conftest import Options
from tests.integration.faulty import is_login
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import Edit


@dataclass
class Proxies:
    """One before each side."""

    source: FaultProxy
    destination: FaultProxy

    def of(self, side: str) -> FaultProxy:
        return {"source": self.source, "destination": self.destination}[side]

    def heal(self) -> None:
        """Let no fault befall any request from now on."""
        self.source.heal()
        self.destination.heal()


def through(options: Options, auth_url: str) -> Options:
    """The same login at another address."""
    return {**options, "auth": {**options["auth"], "auth_url": auth_url}}


@contextlib.contextmanager
def proxies(scene: Scene, port: int = 0) -> Iterator[Proxies]:
    """Let the scene's runs pass through proxies; its clients go on without.

    One of its sides is the lab's source.

    :param port: of the other side, unless that is the lab's destination.
    """
    ports = dict(scene.lab.description["ports"])
    ports["destination-proxy"] = port or ports["destination-proxy"]
    direct = scene.options
    old, new = sorted(direct, key=lambda side: direct[side].get("auth_type") != "v1password")
    with (
        FaultProxy(ports["source-proxy"]) as here,
        FaultProxy(ports["destination-proxy"]) as there,
        FaultProxy(ports["keystone"]) as keystone,
    ):
        real = f"127.0.0.1:{ports['destination-proxy']}".encode()
        seen = f"127.0.0.1:{there.port}".encode()
        keystone.inject(Edit(lambda body: body.replace(real, seen)), is_login, times=None)
        scene.options = {
            old: through(direct[old], f"{here.url}/auth/v1.0"),
            new: through(direct[new], f"{keystone.url}/v3"),
        }
        try:
            yield Proxies(**{old: here, new: there})
        finally:
            scene.options = direct
