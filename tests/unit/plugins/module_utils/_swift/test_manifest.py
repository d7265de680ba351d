# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Manifests of static large objects: read, written, judged and taken apart."""

from __future__ import annotations

import json

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest import (
    Segment,
    checksummed_ranges,
    obstacle,
    read_manifest,
    write_manifest,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.object_store import md5

GATEWAY = ObjectLimits(size=100, segments=3, rados_gateway=True)
SWIFT = ObjectLimits(size=100, segments=3)
SEGMENT = Segment("c", "a/b", "e", 100)
NESTED = Segment("c", "n", "e", 150, nested=True, inner=(SEGMENT, SEGMENT))


def test_what_is_read_can_be_put() -> None:
    lines = [
        {"name": "/c/a//b", "hash": "e", "bytes": 7, "content_type": "x", "last_modified": "y"},
        {"name": "/c/ü", "hash": '"e"', "bytes": 7, "range": "1-2", "sub_slo": True},
        {"data": "aW5saW5l"},
    ]
    segments = read_manifest(json.dumps(lines).encode())
    assert segments is not None
    assert json.loads(write_manifest(segments)) == [
        {"path": "/c/a//b", "etag": "e", "size_bytes": 7},
        {"path": "/c/ü", "etag": "e", "size_bytes": 7, "range": "1-2"},
        {"data": "aW5saW5l"},
    ]
    assert [segment.nested for segment in segments] == [False, True, False]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>"])
def test_what_is_no_manifest_is_not_read_as_one(body: bytes) -> None:
    assert read_manifest(body) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"name": 5},
        {"name": "/c/half of a pair: \ud800"},
        {"hash": "\ud800"},
        {"name": "/c"},
        {"name": "//o"},
        {"bytes": "7"},
        {"bytes": -1},
        {"bytes": 1e400},
        {"bytes": True},
        {"hash": None},
        {"range": "7"},
        {"range": "-5"},
        {"range": [1]},
        {"data": "a"},
        {"data": 5},
    ],
)
def test_a_line_that_is_no_segment_is_refused(changed: dict[str, object]) -> None:
    line = {"name": "/c/o", "hash": "e", "bytes": 7, **changed}
    with pytest.raises(MigrationError, match="a line of its manifest is no segment"):
        read_manifest(json.dumps([line]).encode())


@pytest.mark.parametrize("line", [None, 5, "x", [], {}])
def test_what_is_no_line_is_refused(line: object) -> None:
    with pytest.raises(MigrationError, match="a line of its manifest is no segment"):
        read_manifest(json.dumps([line]).encode())


@pytest.mark.parametrize(
    ("segments", "limits", "why"),
    [
        ([SEGMENT] * 3, GATEWAY, ""),
        ([SEGMENT] * 4, GATEWAY, "it has 4 segments, a manifest may have 3"),
        ([SEGMENT._replace(size=101)], SWIFT, "its segment 'a/b' has 101 bytes of 100 allowed"),
        ([SEGMENT._replace(range="1-2")], GATEWAY, "it has ranges of segments"),
        ([SEGMENT._replace(range="1-2")], SWIFT, ""),
        ([Segment("", "", "", 0, data=b"1")], GATEWAY, "it has inline data"),
        ([Segment("", "", "", 0, data=b"1")], SWIFT, ""),
        ([NESTED], GATEWAY, "it has nested manifests"),
        ([NESTED], SWIFT, ""),
        (
            [NESTED._replace(inner=(SEGMENT,) * 4)],
            SWIFT,
            "in 'n', it has 4 segments, a manifest may have 3",
        ),
        ([SEGMENT], ObjectLimits(manifest=10), "its manifest has more than 10 bytes"),
    ],
)
def test_tells_why_a_server_cannot_hold_it(
    segments: list[Segment], limits: ObjectLimits, why: str
) -> None:
    assert obstacle(segments, limits) == why


@st.composite
def trees(draw: st.DrawFn, depth: int = 2) -> tuple[list[Segment], bytes]:
    """Segments, and the bytes that they stand for."""
    segments, data = [], b""
    for _number in range(draw(st.integers(1, 4))):
        if depth and draw(st.booleans()):
            inner, body = draw(trees(depth - 1))
            segment = Segment("c", "n", "slo", len(body), nested=True, inner=tuple(inner))
        else:
            body = draw(st.binary(min_size=1, max_size=10))
            segment = Segment("c", "o", md5(body), len(body))
        kind = draw(st.sampled_from(["whole", "range", "data"]))
        if kind == "range":
            first = draw(st.integers(0, len(body) - 1))
            last = draw(st.integers(first, len(body) - 1))
            segment = segment._replace(range=f"{first}-{last}")
            body = body[first : last + 1]
        elif kind == "data" and not segment.nested:
            segment = Segment("", "", "", 0, data=body)
        segments.append(segment)
        data += body
    return segments, data


@given(trees())
def test_its_leaves_are_its_bytes_each_with_its_md5_where_it_is_whole(
    tree: tuple[list[Segment], bytes],
) -> None:
    segments, data = tree
    place = 0
    for part in checksummed_ranges(segments):
        assert part.md5 in (None, md5(data[place : place + part.size]))
        place += part.size
    assert place == len(data)


def test_a_segment_taken_whole_keeps_its_md5_inside_a_cut_manifest() -> None:
    inner = (Segment("c", "1", "m1", 10), Segment("c", "2", "m2", 10), Segment("c", "3", "m3", 10))
    outer = Segment("c", "n", "e", 30, "5-19", nested=True, inner=inner)
    assert list(checksummed_ranges([outer])) == [(5, None), (10, "m2")]
