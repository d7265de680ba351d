# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Into a Ceph gateway that has not enough room, which it does not tell before."""

from __future__ import annotations

from tests.ceph.pair import ToCeph
from tests.integration.pair import counts

SIZE = 1000
ROOM = 5


def test_a_full_container_ends_the_run_at_once_and_says_what_to_ask_for(pair: ToCeph) -> None:
    for number in range(10 * ROOM):
        pair.source.put(pair.name, f"data/{number:02}", bytes(SIZE))
    pair.destination.post_container(pair.name, {"X-Container-Meta-Quota-Bytes": str(ROOM * SIZE)})
    mark = pair.lab.mark()
    full = pair.sync(concurrency=1)
    assert full["failed"]
    assert "QuotaExceeded. Ask for a larger quota at the destination" in full["msg"]
    assert "the source has 50,000 bytes, 50 objects" in full["msg"]
    assert len(pair.lab.object_requests(mark)) == ROOM + 1
    assert full["objects"]["copied"] == ROOM

    pair.destination.post_container(pair.name, {"X-Container-Meta-Quota-Bytes": "1000000"})
    assert counts(pair.sync()) == {"copied": 9 * ROOM, "kept": ROOM}
    assert pair.differences() == []
