# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a listing may lack of what its server counts."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    CHURN,
    IncompleteListingError,
    allowance,
    check_listing,
    lacking,
)


def stat(objects: int, size: int = 0) -> ContainerStat:
    return ContainerStat(objects, size, {}, (0, 0))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (stat(200, 5), stat(200, 5), 0),
        (stat(10**6, 5), stat(10**6, 5), 0),
        (stat(200, 5), stat(201, 5), CHURN),
        (stat(200, 5), stat(200, 6), CHURN),
        (stat(10_000), stat(10_001), 10),
        (stat(11_999), stat(12_000), 11),
        (stat(50_000), stat(20_000), 20),
    ],
)
def test_only_what_changes_meanwhile_is_allowed_for(
    before: ContainerStat, after: ContainerStat, allowed: int
) -> None:
    for one, other in ((before, after), (after, before)):
        assert allowance(one, other) == allowed


@pytest.mark.parametrize(
    ("shown", "before", "after", "lacks"),
    [
        (200, stat(200), stat(200), 0),
        (199, stat(200), stat(200), 1),
        (100, stat(200), stat(200), 100),
        (0, stat(200), stat(200), 200),
        (250, stat(200), stat(200), 0),
        (190, stat(200), stat(300), 0),
        (189, stat(200), stat(300), 11),
        (190, stat(300), stat(200), 0),
        (189, stat(300), stat(200), 11),
        (100, stat(100), stat(200), 0),
        (0, stat(0), stat(0), 0),
        (0, stat(0), stat(500), 0),
    ],
)
def test_a_listing_lacks_what_is_beyond_that(
    shown: int, before: ContainerStat, after: ContainerStat, lacks: int
) -> None:
    assert lacking(shown, before, after) == lacks


def test_both_numbers_are_told() -> None:
    with pytest.raises(IncompleteListingError) as caught:
        check_listing(1000, stat(2000), stat(2000), "container 'c' of the source")
    assert caught.value.message == (
        "the listing of container 'c' of the source shows 1,000 objects, its server counts 2,000"
    )


def test_a_whole_listing_is_believed() -> None:
    check_listing(2000, stat(2000), stat(2000), "container 'c'")


@pytest.mark.parametrize(
    ("counted", "missing", "whole"),
    [(1000, 100, True), (1000, 101, False), (5000, 500, True), (5000, 501, False)],
)
def test_of_what_a_ceph_counts_a_tenth_may_be_parts_of_uploads(
    counted: int, missing: int, whole: bool
) -> None:
    before = stat(counted)
    assert bool(lacking(counted - missing, before, before)) is True
    assert bool(lacking(counted - missing, before, before, ceph=True)) is not whole
