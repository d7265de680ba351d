# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A wide container of a real Ceph, listed in parts at the same time."""

from __future__ import annotations

from urllib.parse import urlencode

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._connection import Connection
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container import Container
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._wide_listing import (
    WIDE,
    FetchPage,
    wide_listing,
)

from tests.ceph.pair import ToCeph
from tests.integration.conftest import Options
from tests.integration.listings.wide import NAMES, PAGE, fill


def test_every_name_comes_once_and_in_order_from_several_readers(
    pair: ToCeph, gateway: Options
) -> None:
    fill(pair.destination, pair.name)
    connection = Connection(ConnectionOptions(**gateway))
    ends: set[str] = set()

    def make_fetch() -> FetchPage:
        container = Container(connection, pair.name)

        def fetch(marker: str, end: str) -> bytes:
            # Without a limit it lists 10,000 at once, whatever its configuration says.
            asked = {"format": "json", "limit": PAGE, "marker": marker, "end_marker": end}
            ends.add(end)
            return container.request("GET", query=urlencode(asked)).body

        return fetch

    found = wide_listing(make_fetch, pair.name, WIDE, NAMES[-1])
    assert [entry.name for entry in found] == NAMES
    assert len(ends) > 2
