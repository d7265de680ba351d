# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A static large object that the destination cannot hold as it is keeps its bytes."""

from __future__ import annotations

from tests.integration.large_objects.manifests import (
    LARGEST,
    SEGMENTS,
    assert_same_bytes_and_headers,
    manifest_of,
    put_manifest,
    put_segments,
)
from tests.integration.pair import Pair, counts


def test_more_segments_than_a_manifest_may_have_there(pair: Pair) -> None:
    with pair.earlier():
        manifest = put_segments(pair, SEGMENTS + 1, "o", pair.name + "_segments")
        manifest[1]["range"] = "10-19"
        put_manifest(pair, "o", manifest)
    assert counts(pair.sync()) == {"copied": 1}
    assert_same_bytes_and_headers(pair)
    assert len(manifest_of(pair.destination, pair.name, "o")) == 1
    assert pair.requests(pair.sync) == ([], [])


def test_a_segment_larger_than_an_object_may_be_there(pair: Pair) -> None:
    put_manifest(pair, "o", put_segments(pair, 2, "o", pair.name + "_segments", LARGEST + 1))
    assert counts(pair.sync()) == {"copied": 1}
    assert_same_bytes_and_headers(pair)
    assert len(manifest_of(pair.destination, pair.name, "o")) == 3


def test_one_nested_in_another_makes_both_keep_their_bytes(pair: Pair) -> None:
    put_manifest(pair, "z", put_segments(pair, SEGMENTS + 1, "o", pair.name + "_segments"))
    etag = pair.source.head(pair.name, "z")["etag"].strip('"')
    put_manifest(pair, "a", [{"path": f"/{pair.name}/z", "etag": etag, "range": "500-1499"}])
    assert counts(pair.sync()) == {"copied": 2}
    assert_same_bytes_and_headers(pair)
    assert pair.destination.get(pair.name, "a") == b"A" * 500 + b"B" * 500


def test_a_segment_whose_name_is_too_long_there_is_an_error_by_name(pair: Pair) -> None:
    container = pair.name + "_" + "s" * (256 - len(pair.name) - 1)
    put_manifest(pair, "o", put_segments(pair, 1, "o", container))
    to = "longer-" + pair.name
    pair.destination.put_container(to)
    openrc = {"openrc": str(pair.lab.openrc()), "container": to}
    result = pair.sync(destination=openrc, segment_containers=[container])
    assert result["failed"]
    assert f"segment '{container}/o/0000' of 'o'" in result["msg"]
    assert "has 263 bytes, the destination takes 256" in result["msg"]
