# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Which processes a lab consists of."""

from __future__ import annotations

import json
import os
import pwd
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.servers.installation import Installation
from tests.servers.old_swift_installation import OldSwiftInstallation
from tests.servers.state import State

PROGRAMS = Path(__file__).parent / "programs"
MODULES = {
    "object": "swift.obj.server",
    "container": "swift.container.server",
    "account": "swift.account.server",
    "proxy": "swift.proxy.server",
    "container-updater": "swift.container.updater",
    "object-updater": "swift.obj.updater",
    "object-expirer": "swift.obj.expirer",
}
CONFIGURATION = {
    "container-updater": "container-server.conf",
    "object-updater": "object-server.conf",
    "object-expirer": "object-expirer.conf",
}
# docker-swift-onlyone runs no updaters and no expirer.
DAEMONS = {"source": (), "destination": ("container-updater", "object-updater", "object-expirer")}


@dataclass(frozen=True)
class Service:
    """One process.

    :param ready: URL that answers when the service does, or the port (``tcp:PORT``) that it listens
        on; empty for a daemon that serves nobody.
    """

    name: str
    command: list[str]
    log: str
    ready: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def is_ready(self) -> bool:
        if not self.ready:
            return True
        kind, _colon, port = self.ready.partition(":")
        try:
            if kind == "tcp":
                socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
                return True
            with urllib.request.urlopen(self.ready, timeout=5) as answer:  # noqa: S310
                return bool(answer.status < 400)
        except (OSError, urllib.error.URLError):
            return False


def services(
    installation: Installation, state: State, ports: Mapping[str, int], *, old_source: bool = False
) -> list[Service]:
    """List the services; those that take longest to start come first.

    :param old_source: whether the source is the old Swift.
    """
    python = str(installation.python)
    found = [
        Service(
            "keystone",
            [
                *(python, "-m", "gunicorn", "--bind", f"127.0.0.1:{ports['keystone']}"),
                *("--workers", "1", "--threads", "4", "--worker-tmp-dir", str(state.run)),
                *("--no-control-socket", "tests.servers.programs.keystone_wsgi:application"),
            ],
            str(state.log / "keystone.log"),
            f"http://127.0.0.1:{ports['keystone']}/v3",
            {"OS_KEYSTONE_CONFIG_FILES": str(state.keystone / "keystone.conf")},
        )
    ]
    for kind in ("proxy", "object", "container", "account"):
        found += [
            _old_swift(state, kind, ports)
            if old_source and cluster == "source"
            else _swift(python, state, cluster, kind, ports)
            for cluster in DAEMONS
        ]
    if old_source:
        found.append(_memcached(state, ports["source-memcached"]))
    for cluster, daemons in DAEMONS.items():
        found += [_swift(python, state, cluster, daemon, ports) for daemon in daemons]
    routes = [
        f"{ports[f'{name}-tls']}:{ports[target]}"
        for name, target in (
            ("source", "source-proxy"),
            ("destination", "destination-proxy"),
            ("keystone", "keystone"),
        )
    ]
    found.append(
        Service(
            "tls",
            [
                *(sys.executable, "-m", "tests.servers.tls_forwarder"),
                *(str(state.certificate), str(state.certificate_key), *routes),
            ],
            str(state.log / "tls.log"),
            f"tcp:{ports['keystone-tls']}",
        )
    )
    return found


def _swift(python: str, state: State, cluster: str, kind: str, ports: Mapping[str, int]) -> Service:
    etc = state.cluster(cluster) / "etc"
    configuration = etc / CONFIGURATION.get(kind, f"{kind}-server.conf")
    name = f"{cluster}-{kind}"
    return Service(
        name,
        [python, str(PROGRAMS / "swift_server.py"), str(etc), MODULES[kind], str(configuration)],
        str(state.log / f"{name}.log"),
        f"http://127.0.0.1:{ports[name]}/healthcheck" if name in ports else "",
    )


def _old_swift(state: State, kind: str, ports: Mapping[str, int]) -> Service:
    old = OldSwiftInstallation()
    etc = state.cluster("source") / "etc"
    program = old.scripts / f"swift-{kind}-server"
    return Service(
        f"source-{kind}",
        [
            *(str(old.python), str(PROGRAMS / "old_swift_server.py"), str(etc), str(program)),
            *(str(etc / f"{kind}-server.conf"), "--verbose"),
        ],
        str(state.log / f"source-{kind}.log"),
        f"http://127.0.0.1:{ports[f'source-{kind}']}/healthcheck",
        old.environment,
    )


def _memcached(state: State, port: int) -> Service:
    """What keeps the old Swift's tokens."""
    old = OldSwiftInstallation()
    user = pwd.getpwuid(os.getuid()).pw_name
    command = [str(old.memcached), "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-u", user]
    log = str(state.log / "source-memcached.log")
    return Service("source-memcached", command, log, f"tcp:{port}", old.environment)


def save(path: Path, listed: list[Service]) -> None:
    path.write_text(json.dumps([asdict(service) for service in listed], indent=1) + "\n")


def load(path: Path) -> list[Service]:
    return [Service(**item) for item in json.loads(path.read_text())]
