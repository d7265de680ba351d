# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the source keeps beside its container."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.segments import (
    SegmentsBeside,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import Amount
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer

COUNTED = {
    "users_segments": (2, 20),
    "users+segments": (3, 30),
    "more": (4, 40),
    "new_segments": (5, 50),
    "new_more": (6, 60),
}


@pytest.fixture
def beside(source: ObjectServer, destination: ObjectServer) -> SegmentsBeside:
    def counted(asked: Asked) -> Answer:
        found = COUNTED.get(asked.path.rpartition("/")[2].replace("%2B", "+"))
        if found is None:
            return Answer(404)
        objects, size = map(str, found)
        return Answer(204, {"X-Container-Object-Count": objects, "X-Container-Bytes-Used": size})

    source.script = destination.script = counted
    sides = (
        Container(SwiftClient(server.connection, Retry(attempts=1)), name)
        for server, name in ((source, "users"), (destination, "new"))
    )
    return SegmentsBeside(*sides, ["more", "users_segments", "AUTH_other/theirs", "none"])


def test_each_container_of_segments_counts_once(
    beside: SegmentsBeside, source: ObjectServer, destination: ObjectServer
) -> None:
    assert beside.at_source() == Amount(9, 90)
    assert beside.at_destination() == Amount(11, 110)
    # One of another account tells nothing.
    assert not [asked for asked in source.asked + destination.asked if "theirs" in asked.path]


def test_the_name_of_the_container_to_be_made_must_fit(beside: SegmentsBeside) -> None:
    [check] = beside.check_names(ObjectLimits(container_name=12))
    assert check.seen.endswith("container 'new_segments'")
    with pytest.raises(MigrationError, match="has 12 bytes, the destination takes 11") as caught:
        list(beside.check_names(ObjectLimits(container_name=11)))
    assert caught.value.option == "destination.container"
