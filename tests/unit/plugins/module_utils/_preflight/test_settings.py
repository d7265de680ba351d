# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source's container has besides objects."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.settings import (
    check_old_versions,
    check_settings,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_settings import (
    ContainerState,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer

ABSENT = ContainerState(exists=False)


def settings(headers: dict[str, str], *kinds: str, **features: Any) -> list[Check]:
    state = ContainerState.of(headers)
    return list(check_settings(state, ABSENT, kinds, frozenset({"swift"}), **features))


def test_without_settings_nothing_is_told() -> None:
    assert [(check.verdict, check.seen) for check in settings({}, "metadata")] == [
        ("ok", "there are none to take over")
    ]


def test_what_is_taken_over_is_named() -> None:
    [check] = settings({"x-container-meta-owner": "FNNDSC"}, "metadata")
    assert (check.verdict, check.seen) == ("ok", "taken over: Owner")


def test_what_is_left_is_warned_of_with_a_remedy() -> None:
    headers = {
        "x-container-meta-owner": "FNNDSC",
        "x-container-read": ".r:*",
        "x-container-sync-to": "//a/b/c",
    }
    _taken, *left = settings(headers)
    assert [check.verdict for check in left] == ["warning"] * 3
    assert left[0].seen == "Not taken over: own metadata (Owner)"
    assert left[0].remedy == "Add 'metadata' to carry for that"
    assert left[1].remedy == "Set read_acl and write_acl for that"
    assert left[2].remedy == "Make sure that nobody needs it at the destination"


def old_versions(source: ObjectServer, headers: dict[str, str]) -> Check:
    client = SwiftClient(source.connection, Retry(attempts=1))
    [check] = check_old_versions(Container(client, "users"), ContainerState.of(headers))
    return check


def test_a_container_of_old_versions_is_counted(source: ObjectServer) -> None:
    source.script = lambda asked: (
        Answer(204, {"X-Container-Object-Count": "7", "X-Container-Bytes-Used": "1"})
        if asked.path.endswith("/archive")
        else Answer(404)
    )
    check = old_versions(source, {"x-versions-location": "archive"})
    assert check.verdict == "warning"
    assert check.seen == "container 'archive' has 7, which are not copied"
    gone = old_versions(source, {"x-history-location": "elsewhere"})
    assert (gone.verdict, gone.seen) == (
        "ok",
        "container 'elsewhere' has 0, which are not copied",
    )


def test_no_old_versions_are_all_right(source: ObjectServer) -> None:
    assert old_versions(source, {}).verdict == "ok"
    assert source.asked == []


def test_old_versions_in_the_container_itself_are_counted(source: ObjectServer) -> None:
    rows = [{"name": "a", "is_latest": latest, "version_id": "1"} for latest in (True, False)]
    source.script = lambda asked: Answer(
        200, body=json.dumps([] if "marker" in asked.path else rows * 1500).encode()
    )
    check = old_versions(source, {"x-versions-enabled": "true"})
    assert check.verdict == "warning"
    assert check.seen == "container 'users' has 1,500, which are not copied"
