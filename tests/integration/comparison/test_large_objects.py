# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of large objects are looked at in every level, and what is wrong with them named."""

from __future__ import annotations

import pytest

from tests.integration.comparison.findings import Compare, lose, outcomes
from tests.integration.large_objects.manifests import put_dynamic, put_manifest, put_segments
from tests.integration.pair import Pair, counts, fill

LEVELS = ("listing", "headers", "content")


@pytest.fixture
def copied(pair: Pair) -> Pair:
    """With a static large object of four segments beside ordinary ones."""
    fill(pair, 3)
    put_manifest(pair, "large", put_segments(pair, 4, "s", segments(pair)))
    assert counts(pair.sync()) == {"copied": 4}
    return pair


def segments(pair: Pair) -> str:
    return pair.name + "_segments"


def test_whole_ones_cost_a_look_at_the_listing_of_their_segments(
    copied: Pair, compare: Compare
) -> None:
    here, there = copied.requests(compare)
    assert here == there == ["HEAD large", "GET large"]  # the GET is that of the manifest
    for level in LEVELS:
        assert outcomes(compare(level=level)) == {"match": 4}


def test_segments_deleted_and_overwritten_at_the_destination_are_named_at_every_level(
    copied: Pair, compare: Compare
) -> None:
    copied.destination.delete(segments(copied), "s/0001")
    copied.destination.put(segments(copied), "s/0002", b"C" * 999 + b"!")
    for level in LEVELS:
        result = compare(level=level)
        assert result["failed"]
        assert outcomes(result) == {"match": 3, "unreadable": 1}
        [found] = result["differences"]
        assert (found["name"], found["side"]) == ("large", "destination")
        assert found["what"] == [
            f"destination: segment '{segments(copied)}/s/0001' is not there",
            f"destination: segment '{segments(copied)}/s/0002' is not what it was made of",
        ]
        assert "To copy these again, " in result["msg"]


def test_a_segment_that_the_source_has_lost_is_named_and_may_be_accepted(
    copied: Pair, compare: Compare
) -> None:
    copied.source.delete(segments(copied), "s/0003")
    result = compare()
    assert outcomes(result) == {"match": 3, "unreadable": 1}
    assert result["differences"][0]["side"] == "source"
    assert "To copy these again" not in result["msg"]
    accepted = compare(accept_unreadable=["large"])
    assert outcomes(accepted) == {"match": 3, "accepted": 1}
    assert accepted["equal"] is True


def test_what_a_disk_has_lost_is_found_by_asking_for_each_segment(
    copied: Pair, compare: Compare
) -> None:
    lose(copied, "destination", b"D" * 1000)
    assert outcomes(compare(level="listing")) == {"match": 4}
    result = compare(level="headers")
    assert result["differences"][0]["what"] == [
        f"destination: segment '{segments(copied)}/s/0003' is not there"
    ]


def test_the_segments_of_a_dynamic_one_that_differ_are_named(pair: Pair, compare: Compare) -> None:
    container = put_dynamic(pair, "dynamic")
    assert counts(pair.sync()) == {"copied": 1}
    assert outcomes(compare(level="headers")) == {"match": 1}
    pair.destination.delete(container, "d/0000")
    pair.destination.put(container, "d/0001", b"B" * 999 + b"!")
    for level in ("listing", "headers"):
        result = compare(level=level)
        assert outcomes(result) == {"differ": 1}
        assert result["differences"][0]["what"][-2:] == [
            f"destination: segment '{container}/d/0000' is not there",
            f"destination: segment '{container}/d/0001' differs",
        ]


def test_each_segment_is_asked_for_once_however_often_it_is_named(
    pair: Pair, compare: Compare
) -> None:
    [one] = put_segments(pair, 1, "s", segments(pair))
    put_manifest(pair, "large", [one] * 4)
    assert counts(pair.sync()) == {"copied": 1}
    logs = {side: pair.lab.access_log(side) for side in ("source", "destination")}
    marks = {side: log.mark() for side, log in logs.items()}
    assert outcomes(compare(level="headers")) == {"match": 1}
    for side, log in logs.items():
        requests = log.object_requests(marks[side], segments(pair))
        assert [f"{request.method} {request.name}" for request in requests] == ["HEAD s/0000"]
