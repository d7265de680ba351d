# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A pair of containers between which every request passes a proxy that injects faults."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.integration.pair import Pair
from tests.servers.access_log import Target
from tests.servers.fault_proxy import FaultProxy
from tests.servers.faults import Edit

When = Callable[[Target], bool]


@dataclass
class Faulty(Pair):
    """A pair whose source and destination, Keystone included, are reached through proxies."""

    here: FaultProxy
    there: FaultProxy
    keystone: FaultProxy

    def side(self, name: str) -> FaultProxy:
        """The proxy before the ``source`` or the ``destination``."""
        return {"source": self.here, "destination": self.there}[name]

    def heal(self) -> None:
        """Let both sides answer as they are; logins go on as before."""
        self.here.heal()
        self.there.heal()

    def logins(self) -> tuple[int, int]:
        """Logins so far at the source and at the destination."""
        return self.here.count(is_login), self.keystone.count(is_login)


@contextlib.contextmanager
def between(pair: Pair, application_credential: dict[str, Any]) -> Iterator[Faulty]:
    """Put the proxies between, and let the options of ``sync`` lead to them.

    At the end, each fault that was scripted has happened.
    """
    lab = pair.lab.description
    ports = lab["ports"]
    with (
        FaultProxy(ports["source-proxy"]) as here,
        FaultProxy(ports["destination-proxy"]) as there,
        FaultProxy(ports["keystone"]) as keystone,
    ):
        real = f"127.0.0.1:{ports['destination-proxy']}".encode()
        seen = f"127.0.0.1:{there.port}".encode()
        keystone.inject(Edit(lambda body: body.replace(real, seen)), is_login, times=None)
        login = lab["source"]
        options = {
            "source": {
                "auth_type": "v1password",
                "auth": {
                    "auth_url": f"{here.url}/auth/v1.0",
                    "username": login["username"],
                    "password": login["password"],
                },
                "container": pair.name,
            },
            "destination": {
                **application_credential,
                "auth": {**application_credential["auth"], "auth_url": f"{keystone.url}/v3"},
                "container": pair.name,
            },
        }

        def sync(**given: Any) -> dict[str, Any]:
            return pair.sync(**{**options, **given})

        yield Faulty(
            pair.name, pair.lab, pair.source, pair.destination, sync, here, there, keystone
        )
        assert [rule for proxy in (here, there, keystone) for rule in proxy.unused()] == []


def is_login(target: Target) -> bool:
    return target.path == "/auth/v1.0" or target.path.endswith("/auth/tokens")


def is_listing(target: Target) -> bool:
    return target.method == "GET" and target.container != "" and target.name == ""


def asks(method: str, name: str = "") -> When:
    """Requests with a method for the object ``name``, or for any object."""
    return lambda target: (
        target.method == method and target.name != "" and name in ("", target.name)
    )
