# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Static large objects stay what they are where the destination can hold them."""

from __future__ import annotations

import json

from tests.integration.large_objects.manifests import (
    manifest_of,
    put_manifest,
    put_segments,
)
from tests.integration.pair import Pair, counts, fill


def test_ranges_inline_data_and_nesting_survive(pair: Pair) -> None:
    with pair.earlier():
        manifest = put_segments(pair, 3, "o", pair.name + "_segments")
        manifest[1]["range"] = "10-19"
        put_manifest(pair, "inner", [*manifest, {"data": "aW5saW5l"}])
        inner = pair.source.head(pair.name, "inner")
        nested = {"path": f"/{pair.name}/inner", "etag": inner["etag"].strip('"')}
        put_manifest(pair, "a-outer", [nested, manifest[0]])
    # The inner one is copied with the outer one or by itself, whichever comes first.
    assert sum(counts(pair.sync()).values()) == 2
    assert pair.differences() == []
    assert pair.destination.get(pair.name, "inner") == pair.source.get(pair.name, "inner")
    assert pair.requests(pair.sync) == ([], [])


def test_segments_in_the_container_itself_come_before_their_manifest(pair: Pair) -> None:
    put_manifest(pair, "a-manifest", put_segments(pair, 3, "segments", pair.name))
    assert counts(pair.sync()) == {"copied": 4}
    assert pair.differences() == []


def test_a_manifest_of_another_tool_with_segments_elsewhere_is_put_right(pair: Pair) -> None:
    manifest = put_segments(pair, 2, "o", pair.name + "_segments")
    put_manifest(pair, "o", manifest)
    other = "other-" + pair.name
    pair.destination.put_container(other)
    for index, line in enumerate(manifest):
        pair.destination.put(other, f"{index}", bytes([65 + index]) * 1000)
        line["path"] = f"/{other}/{index}"
    headers = {"Content-Type": "application/dicom", "X-Object-Meta-Kind": "large"}
    pair.destination.put(
        pair.name, "o", json.dumps(manifest).encode(), headers, "multipart-manifest=put"
    )
    assert counts(pair.sync()) == {"refreshed": 1}
    named = [line["name"] for line in manifest_of(pair.destination, pair.name, "o")]
    assert named == [f"/{pair.name}_segments/o/{index:04}" for index in range(2)]


def test_a_missing_segment_is_an_error_by_name_and_the_rest_is_copied(pair: Pair) -> None:
    manifest = put_segments(pair, 2, "o", pair.name + "_segments")
    put_manifest(pair, "broken", manifest)
    pair.source.delete(pair.name + "_segments", "o/0001")
    fill(pair, 3)
    result = pair.sync()
    assert result["failed"]
    assert result["objects"]["copied"] == 3
    assert [failure["name"] for failure in result["failures"]] == ["broken"]
    assert "o/0001" in result["failures"][0]["reason"]
    assert pair.names() == ["data/0000", "data/0001", "data/0002"]
