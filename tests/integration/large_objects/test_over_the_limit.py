# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A plain object larger than the destination takes becomes a static large one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from swiftclient.exceptions import ClientException

from tests.integration.large_objects.manifests import (
    LARGEST,
    SEGMENTS,
    assert_same_bytes_and_headers,
    lost_journal,
    manifest_of,
)
from tests.integration.pair import Pair, counts, fill

BODY = bytes(range(256)) * (2 * LARGEST // 256) + b"rest"
HEADERS = {
    "Content-Type": "application/x-tar",
    "Content-Encoding": "gzip",
    "X-Object-Meta-Mtime": "1600000000.25",
}


@pytest.fixture
def over(pair: Pair) -> Pair:
    with pair.earlier():
        pair.source.put(pair.name, "big", BODY, HEADERS)
    assert counts(pair.sync()) == {"copied": 1}
    return pair


def test_bytes_and_headers_are_the_same_and_a_second_run_asks_nothing(over: Pair) -> None:
    assert_same_bytes_and_headers(over)
    lines = manifest_of(over.destination, over.name, "big")
    assert [line["bytes"] for line in lines] == [LARGEST, LARGEST, 4]
    assert over.requests(over.sync) == ([], [])


def test_without_a_journal_it_is_asked_about_and_not_copied(over: Pair, tmp_path: Path) -> None:
    results: list[dict[str, Any]] = []
    here, there = over.requests(lambda: results.append(over.sync(**lost_journal(tmp_path))))
    assert counts(results[0]) == {"kept": 1}
    assert (here, there) == (["HEAD big"], ["HEAD big"])


def test_new_metadata_alone_costs_a_manifest(over: Pair) -> None:
    over.source.post(over.name, "big", {"X-Object-Meta-Colour": "red"})
    here, there = over.requests(over.sync)
    assert "GET big" not in here
    assert [line for line in there if line.startswith("PUT ")] == ["PUT big"]
    assert_same_bytes_and_headers(over)


def test_new_bytes_of_equal_length_replace_the_old(over: Pair) -> None:
    before = manifest_of(over.destination, over.name, "big")
    over.source.put(over.name, "big", BODY[::-1], HEADERS)
    _here, there = over.requests(over.sync)
    assert [line for line in there if line.startswith("PUT ")][-1] == "PUT big"
    assert_same_bytes_and_headers(over)
    after = manifest_of(over.destination, over.name, "big")
    assert not {line["name"] for line in before} & {line["name"] for line in after}


def test_a_name_that_leaves_no_room_for_a_segments_is_no_hindrance(pair: Pair) -> None:
    pair.source.put(pair.name, "n" * 1024, BODY)
    assert counts(pair.sync()) == {"copied": 1}
    assert_same_bytes_and_headers(pair)


def test_one_of_just_the_limit_stays_plain(pair: Pair) -> None:
    pair.source.put(pair.name, "just", bytes(LARGEST))
    assert counts(pair.sync()) == {"copied": 1}
    assert pair.differences() == []


def test_more_than_all_segments_can_hold_is_an_error_by_name(pair: Pair) -> None:
    pair.source.put(pair.name, "huge", bytes(SEGMENTS * LARGEST + 1))
    fill(pair, 1)
    result = pair.sync()
    assert result["failed"]
    assert f"the destination takes {SEGMENTS} segments of {LARGEST} bytes" in result["msg"]
    assert pair.names() == ["data/0000"]


def test_the_lab_has_the_limits_that_these_tests_are_about(pair: Pair) -> None:
    there = pair.destination
    there.put(pair.name, "fits", bytes(LARGEST))
    with pytest.raises(ClientException) as too_large:
        there.put(pair.name, "does not", bytes(LARGEST + 1))
    assert too_large.value.http_status == 413

    there.put(pair.name, "segment", b"1")
    manifest = [{"path": f"/{pair.name}/segment"}] * (SEGMENTS + 1)
    query = "multipart-manifest=put"
    there.put(pair.name, "manifest", json.dumps(manifest[1:]).encode(), query=query)
    with pytest.raises(ClientException) as too_many:
        there.put(pair.name, "does not", json.dumps(manifest).encode(), query=query)
    assert too_many.value.http_status == 413
    assert pair.names() == ["fits", "manifest", "segment"]
