# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A wide container of a real Swift, listed in parts at the same time."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._connection_options import (
    ConnectionOptions,
)

from tests.dataset.client import Client
from tests.integration.listings.wide import NAMES, PAGE, fill, names
from tests.servers import Lab


def test_every_name_comes_once_and_in_order_from_several_readers(
    lab: Lab, source_client: Client, container: str
) -> None:
    fill(source_client, container)
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    options = ConnectionOptions(auth_type="v1password", auth=auth)
    log = lab.access_log("source")
    mark = log.mark()
    assert names(options, container) == NAMES
    asked = [each.query for each in log.requests(mark) if "format=json" in each.query]
    assert any("end_marker=" in query for query in asked)
    assert len(asked) < 3 * len(NAMES) / PAGE
    assert names(options, container, "chris/") == [name for name in NAMES if name[0] == "c"]
