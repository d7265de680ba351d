# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Proxies between the mover and both sides of a scene, which do what networks and gateways do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.damage.scene import Scene
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


@contextlib.contextmanager
def proxies(scene: Scene, port: int = 0) -> Iterator[Proxies]:
    """Let the scene's runs pass through proxies; its clients go on without.

    :param port: of the destination, unless it is the lab's.
    """
    ports = dict(scene.lab.description["ports"])
    ports["destination-proxy"] = port or ports["destination-proxy"]
    direct = scene.options
    old, new = (direct[side]["auth"] for side in ("source", "destination"))
    with (
        FaultProxy(ports["source-proxy"]) as here,
        FaultProxy(ports["destination-proxy"]) as there,
        FaultProxy(ports["keystone"]) as keystone,
    ):
        real = f"127.0.0.1:{ports['destination-proxy']}".encode()
        seen = f"127.0.0.1:{there.port}".encode()
        keystone.inject(Edit(lambda body: body.replace(real, seen)), is_login, times=None)
        scene.options = {
            "source": {
                **direct["source"],
                "auth": {**old, "auth_url": f"{here.url}/auth/v1.0"},
            },
            "destination": {
                **direct["destination"],
                "auth": {**new, "auth_url": f"{keystone.url}/v3"},
            },
        }
        try:
            yield Proxies(here, there)
        finally:
            scene.options = direct
