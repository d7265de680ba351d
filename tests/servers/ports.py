# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Loopback ports that are free, and stay this lab's."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path

from tests.servers.errors import LabError

NAMES = (
    "source-proxy",
    "source-object",
    "source-container",
    "source-account",
    "source-tls",
    "source-memcached",
    "destination-proxy",
    "destination-object",
    "destination-container",
    "destination-account",
    "destination-tls",
    "keystone",
    "keystone-tls",
    "blackhole",
)
# Below the range from which Linux takes the local ports of outgoing connections.
FIRST, LAST = 10_240, 32_000
# What a supervisor exits with that has started nothing, because another lab has one of its ports.
EXIT_TAKEN = 75


def reserve(port: int) -> socket.socket:
    """Claim a port among labs until the socket is closed or its process ends.

    Swift listens with SO_REUSEPORT, so two labs could share a TCP port without an error. A name in
    the kernel's abstract socket space can be had once only, and leaves nothing behind.

    :raises OSError: when another lab has it.
    """
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0fnndsc.swift_migration-port-{port}")
    except OSError:
        claim.close()
        raise
    return claim


def is_free(port: int) -> bool:
    """Whether no lab claims the port and nothing listens on it."""
    try:
        with reserve(port), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
    except OSError:
        return False
    return True


def choose(names: Iterable[str] = NAMES) -> dict[str, int]:
    """Pick a free port for each name."""
    chosen: dict[str, int] = {}
    for name in names:
        for _attempt in range(1000):
            port = random.randint(FIRST, LAST)  # noqa: S311
            if port not in chosen.values() and is_free(port):
                chosen[name] = port
                break
        else:
            raise LabError(f"no free port found between {FIRST} and {LAST}")
    return chosen


def load(path: Path) -> dict[str, int]:
    """Read the ports that were chosen; empty when none were."""
    ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    return ports


def remembered(path: Path) -> dict[str, int]:
    """Return the ports of the last start while all are free, and new ones otherwise."""
    ports = load(path)
    if set(ports) == set(NAMES) and all(is_free(port) for port in ports.values()):
        return ports
    ports = choose()
    path.write_text(json.dumps(ports, indent=1) + "\n")
    return ports
