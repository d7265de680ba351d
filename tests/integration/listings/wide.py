# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A container that is read as a wide one."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    WIDE,
    container_listing,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)

from tests.dataset.client import Client

PAGE = 20
"""Most entries of a page of a listing."""

NAMES = sorted(
    [f"chris/feed_{number // 40}/pl-{number % 40}/x" for number in range(200)]
    + [f"Übung/{number:03}?#%" for number in range(100)]
)


def fill(client: Client, container: str) -> None:
    client.put_container(container)
    for name in NAMES:
        client.put(container, name, b"")


def names(options: ConnectionOptions, container: str, prefix: str = "") -> list[str]:
    """What is listed, by as many readers as a wide container has."""
    connection = Connection(options)
    found = container_listing(lambda: Container(SwiftClient(connection), container), prefix, WIDE)
    return [entry.name for entry in found]
