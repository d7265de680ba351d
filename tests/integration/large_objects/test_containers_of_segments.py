# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Containers of segments carry the migration's mark; one that is somebody else's is left alone."""

from __future__ import annotations

from tests.integration.large_objects.manifests import (
    put_dynamic,
)
from tests.integration.pair import Pair, counts, fill


def test_one_that_holds_something_else_is_an_error_that_names_it(pair: Pair) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.destination.put_container(container)
    pair.destination.put(container, "theirs", b"1")
    fill(pair, 1)
    result = pair.sync()
    assert result["failed"]
    assert f"container '{container}' at the destination" in result["msg"]
    assert "holds 'theirs'" in result["msg"]
    assert pair.names() == ["data/0000"]
    assert [row["name"] for row in pair.destination.listing(container)] == ["theirs"]


def test_one_that_holds_other_bytes_under_a_segments_name_is_not_overwritten(pair: Pair) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.destination.put_container(container)
    pair.destination.put(container, "d/0000", b"theirs")
    assert "holds 'd/0000'" in pair.sync()["msg"]
    assert pair.destination.get(container, "d/0000") == b"theirs"


def test_one_that_another_tool_filled_with_the_same_segments_is_taken_over(pair: Pair) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.destination.put_container(container)
    pair.destination.put(container, "d/0000", b"A" * 1000)
    assert counts(pair.sync()) == {"copied": 1}
    assert pair.differences() == []
    mark = "x-container-meta-migration-source"
    assert pair.destination.head(container)[mark] == pair.destination.head(pair.name)[mark]


def test_one_of_another_migration_is_an_error_that_names_both(pair: Pair) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.destination.put_container(container)
    mark = {"X-Container-Meta-Migration-Source": "AUTH_other/c@1"}
    pair.destination._call("POST", container, headers=mark)
    result = pair.sync()
    assert result["failed"]
    assert f"container '{container}'" in result["msg"]
    assert "is filled from 'AUTH_other/c@1'" in result["msg"]


def test_a_new_one_has_the_storage_policy_of_the_main_container(pair: Pair) -> None:
    container = put_dynamic(pair, "dynamic")
    pair.destination.delete_container(pair.name)
    pair.destination._call("PUT", pair.name, headers={"X-Storage-Policy": "silver"})
    assert counts(pair.sync()) == {"copied": 1}
    assert pair.differences() == []
    assert pair.destination.head(pair.name)["x-storage-policy"] == "silver"
    assert pair.destination.head(container)["x-storage-policy"] == "silver"
