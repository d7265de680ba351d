# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How an object is cut into segments, and what these are called."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.object_limits import (
    ObjectLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.segment_layout import (
    SEGMENT,
    SMALL_SEGMENT,
    VERSION,
    SegmentLayout,
    counterpart,
    joined_etag,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.manifest import Segment

ETAG = "0123456789abcdef0123456789abcdef"
TIB = 1024**4


@pytest.mark.parametrize(
    ("size", "limits", "small", "each"),
    [
        (5 * SEGMENT, ObjectLimits(), False, SEGMENT),
        (5 * SEGMENT, ObjectLimits(), True, SMALL_SEGMENT),
        (2 * TIB, ObjectLimits(), False, 2 * TIB // 1000 + 1),
        (2 * TIB, ObjectLimits(), True, 2 * TIB // 1000 + 1),
        (1000, ObjectLimits(size=100), False, 100),
    ],
)
def test_a_segment_is_as_large_as_the_destination_wants_it(
    size: int, limits: ObjectLimits, small: bool, each: int
) -> None:
    layout = SegmentLayout.of("scan", ETAG, size, limits, small=small)
    assert layout.each == each
    assert sum(length for _name, _first, length in layout) == size
    assert len(list(layout)) <= limits.segments


@pytest.mark.parametrize("limits", [ObjectLimits(segments=0), ObjectLimits(size=10, segments=9)])
def test_an_object_that_fits_in_no_way_is_refused(limits: ObjectLimits) -> None:
    with pytest.raises(MigrationError, match="'scan' has 91 bytes; the destination takes"):
        SegmentLayout.of("scan", ETAG, 91, limits)


def test_segments_follow_each_other_without_a_gap() -> None:
    layout = SegmentLayout.of("a/scan", ETAG, 25, ObjectLimits(size=10))
    prefix = f".swift_migration/a/scan/{ETAG}/25/10/"
    assert list(layout) == [
        (f"{prefix}00000000", 0, 10),
        (f"{prefix}00000001", 10, 10),
        (f"{prefix}00000002", 20, 5),
    ]
    assert layout.of_all_versions == ".swift_migration/a/scan/"
    for name, _first, _size in layout:
        assert VERSION.fullmatch(name.removeprefix(layout.of_all_versions))


def test_no_name_is_longer_than_the_destination_takes() -> None:
    room = ObjectLimits().name - len(f".swift_migration//{ETAG}/25/10/00000000")
    fits, long = "n" * room, "ä" * (room // 2 + 1)
    limits = ObjectLimits(size=10)
    assert SegmentLayout.of(fits, ETAG, 25, limits).of_all_versions.endswith(f"/{fits}/")
    layout = SegmentLayout.of(long, ETAG, 25, limits)
    hashed = hashlib.sha256(long.encode()).hexdigest()
    assert layout.of_all_versions == f".swift_migration/{hashed}/"
    assert (
        max(len(name) for name, _first, _size in SegmentLayout.of(fits, ETAG, 25, limits)) == 1024
    )


def test_the_common_etag_is_the_md5_of_the_md5s() -> None:
    segments = [Segment("c", "1", "aa", 1), Segment("c", "2", "bb", 1)]
    assert joined_etag(segments) == hashlib.md5(b"aabb", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("users", "NEW"),
        ("users_segments", "NEW_segments"),
        ("users+segments", "NEW+segments"),
        ("users2", "NEW_users2"),
        ("other", "NEW_other"),
    ],
)
def test_a_container_of_segments_keeps_its_suffix(container: str, expected: str) -> None:
    assert counterpart(container, "users", "NEW") == expected
