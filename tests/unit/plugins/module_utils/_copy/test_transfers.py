# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The transfers of one run: what they share, and what each has of its own."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfers import (
    Transfers,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.recent_writes import (
    Begin,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer, content

pytestmark = pytest.mark.usefixtures("in_time")


class Lost:
    """A lease that was lost."""

    def __init__(self) -> None:
        self.looks = 0

    def write(self) -> None:
        pass

    def interrupt(self) -> None:
        self.looks += 1
        raise MigrationError("another run has begun")


def context_of(source: ObjectServer, destination: ObjectServer) -> RunContext:
    return RunContext(source, destination, SyncOptions("old", "new"))  # type: ignore[arg-type]


def listed(size: int) -> ListedObject:
    return ListedObject("o", size, "h", "application/dicom", "2026-01-01T00:00:00.000000")


def test_each_has_connections_of_its_own_and_all_know_the_begin(
    source: ObjectServer, destination: ObjectServer
) -> None:
    transfers = Transfers(context_of(source, destination))
    transfers.begin = Begin(None)
    one, other = transfers.make(), transfers.make()
    assert one.source.client.http is not other.source.client.http
    assert one.begin is other.begin is transfers.begin
    assert (one.source.name, one.destination.name) == ("old", "new")


def test_what_the_destination_takes_is_asked_of_the_destination(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.info = {"swift": {"max_file_size": 1, "max_meta_value_length": 1}}
    destination.info = {"swift": {"max_file_size": 7, "max_meta_value_length": 2}}
    source.script = lambda _asked: content(b"x", **{"X-Object-Meta-Colour": "red"})
    transfers = Transfers(context_of(source, destination))
    assert transfers.object_limits.size == 7
    with pytest.raises(MigrationError, match="'colour' has 3 bytes, the destination takes 2"):
        transfers.make().copy(listed(1))
    assert destination.asked == []


def test_the_bytes_of_all_streams_are_counted_together(
    source: ObjectServer, destination: ObjectServer
) -> None:
    body = bytes(2 * SMALL)
    seen: list[int] = []
    transfers = Transfers(context_of(source, destination))
    source.script = lambda _asked: content(body)

    def end(_asked: object) -> Answer:
        seen.append(transfers.in_flight.size)
        return Answer(201)

    destination.script = end
    assert transfers.make().copy(listed(len(body))).kind is Kind.COPIED
    assert seen == [len(body)]
    assert transfers.in_flight.size == 0


def test_a_stream_ends_when_the_lease_is_lost(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(bytes(2 * SMALL))
    context = context_of(source, destination)
    context.lease = lease = Lost()  # type: ignore[assignment]
    with pytest.raises(MigrationError, match="another run has begun"):
        Transfers(context).make().copy(listed(2 * SMALL))
    assert lease.looks == 1
    assert destination.asked == []
