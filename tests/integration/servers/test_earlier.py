# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The source lets a test say when an object was changed; the destination does not."""

from __future__ import annotations

import datetime
import time

from tests.dataset.client import Client
from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import AGE, Pair, fill


def age(client: Client, container: str, name: str) -> float:
    """Seconds since an object was changed, as its listing tells."""
    [row] = client.listing(container, name)
    changed = datetime.datetime.fromisoformat(row["last_modified"]).replace(tzinfo=datetime.UTC)
    return time.time() - changed.timestamp()


def test_what_is_put_and_posted_earlier_is_dated_back(pair: Pair) -> None:
    with pair.earlier():
        fill(pair, 2)
        put_manifest(pair, "static", put_segments(pair, 2, "o", pair.name + "_segments"))
        pair.source.post(pair.name, "data/0001", {"X-Object-Meta-Colour": "red"})
    for container, name in ((pair.name, "data/0000"), (pair.name, "data/0001")):
        assert AGE <= age(pair.source, container, name) < AGE + 60
    assert age(pair.source, pair.name, "static") >= AGE
    assert age(pair.source, pair.name + "_segments", "o/0001") >= AGE
    assert pair.source.head(pair.name, "data/0001")["x-object-meta-colour"] == "red"


def test_what_is_put_afterwards_takes_its_place(pair: Pair) -> None:
    with pair.earlier():
        pair.source.put(pair.name, "object", b"old")
    pair.source.put(pair.name, "object", b"new")
    assert age(pair.source, pair.name, "object") < AGE
    assert pair.source.get(pair.name, "object") == b"new"


def test_the_destination_dates_by_its_own_clock_as_any_swift_does(pair: Pair) -> None:
    pair.destination.age = AGE
    pair.destination.put(pair.name, "object", b"1")
    assert age(pair.destination, pair.name, "object") < AGE
