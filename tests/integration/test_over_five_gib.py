# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A large object of more bytes than one PUT takes, made of one segment again and again."""

from __future__ import annotations

from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import Pair, counts

ENTRIES, SEGMENT = 1000, 5_500_000
SIZE = ENTRIES * SEGMENT


def test_it_arrives_whole_with_its_one_segment_copied_once(pair: Pair) -> None:
    assert SIZE > 5 * 1024**3
    with pair.earlier():
        [segment] = put_segments(pair, 1, "o", f"{pair.name}_segments", SEGMENT)
        put_manifest(pair, "huge", [segment] * ENTRIES)
    done = pair.sync()
    assert counts(done) == {"copied": 1}
    assert done["bytes_copied"] == SIZE
    assert done["segments"] == {"copied": 1, "bytes": SEGMENT, "deleted": 0}
    heads = [client.head(pair.name, "huge") for client in (pair.source, pair.destination)]
    for name in ("etag", "content-length", "content-type", "x-object-meta-kind"):
        assert heads[0][name] == heads[1][name]
    assert heads[1]["content-length"] == str(SIZE)
    assert pair.requests(pair.sync) == ([], [])
