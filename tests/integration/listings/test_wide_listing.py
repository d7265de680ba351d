# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A wide container of a real Swift, listed in parts at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import parallel_listing
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.sync import Sync

from tests.dataset.client import Client
from tests.integration.listings.wide import NAMES, PAGE, fill, names
from tests.integration.pair import counts
from tests.servers import Lab


def test_every_name_comes_once_and_in_order_from_several_readers(
    lab: Lab, source_client: Client, container: str
) -> None:
    fill(source_client, container)
    options = source_options(lab)
    log = lab.access_log("source")
    mark = log.mark()
    assert names(options, container) == NAMES
    asked = [each.query for each in log.requests(mark) if "format=json" in each.query]
    assert any("end_marker=" in query for query in asked)
    assert len(asked) < 3 * len(NAMES) / PAGE
    assert names(options, container, "chris/") == [name for name in NAMES if name[0] == "c"]


def test_a_run_reads_both_sides_in_parts_from_the_threshold_on(
    lab: Lab,
    source_client: Client,
    destination_client: Client,
    container: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(source_client, container)
    destination_client.put_container(container)
    logs = [lab.access_log(side) for side in ("source", "destination")]

    def run(threshold: int) -> tuple[dict[str, int], list[bool]]:
        """The outcomes, and of each side whether it was listed in parts."""
        monkeypatch.setattr(parallel_listing, "WIDE", threshold)
        marks = [log.mark() for log in logs]
        options = SyncOptions(container, container, state_dir=str(tmp_path), progress_interval=0)
        sync = Sync(Connection(source_options(lab)), Connection(destination_options(lab)), options)
        sync.run()
        return counts(sync.report.result()), [
            any("end_marker=" in each.query for each in log.requests(mark))
            for log, mark in zip(logs, marks, strict=True)
        ]

    objects = len(NAMES)
    assert run(objects + 1) == ({"copied": objects}, [False, False])
    assert run(objects + 1) == ({"kept": objects}, [False, False])
    assert run(objects) == ({"kept": objects}, [True, True])
    assert [row["name"] for row in destination_client.listing(container)] == NAMES


def source_options(lab: Lab) -> ConnectionOptions:
    login = lab.description["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    return ConnectionOptions(auth_type="v1password", auth=auth, label="source")


def destination_options(lab: Lab) -> ConnectionOptions:
    login = lab.description["destination"]
    keys = ("auth_url", "application_credential_id", "application_credential_secret")
    auth = {key: login[key] for key in keys}
    return ConnectionOptions(auth=auth, region_name=login["region_name"], label="destination")
