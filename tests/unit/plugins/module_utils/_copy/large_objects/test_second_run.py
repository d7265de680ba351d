# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object that was cut before: proved without a byte, or made again."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    NEW,
    OLD,
    Copy,
    bytes_at,
)
from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5


def test_a_whole_copy_is_proved_without_a_byte(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)
    copy()
    source.asked.clear()
    there.puts.clear()
    assert copy().kind is Kind.KEPT
    assert [asked.method for asked in source.asked] == ["HEAD"]
    assert there.puts == []


@pytest.mark.parametrize("damage", ["missing", "other"])
def test_a_copy_whose_segments_are_not_all_right_is_made_again(
    here: ObjectStore, there: ObjectStore, copy: Copy, damage: str
) -> None:
    here.put("o", OLD)
    copy()
    place = next(place for place in there.objects if place[1].endswith("1"))
    if damage == "missing":
        del there.objects[place]
    else:
        there.objects[place] = b"x" * 1000
    assert copy().kind is Kind.COPIED
    assert there.objects[place] == OLD[1000:2000]


def test_segments_never_expire_before_the_object_that_was_given_a_later_time(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    for moment in ("4102444800", "4102444801"):
        here.put("o", OLD, **{"x-delete-at": moment})
        assert copy().kind is Kind.COPIED
        expiries = {headers["x-delete-at"] for headers in there.headers.values()}
        assert expiries == {moment}


def test_segments_left_without_a_manifest_are_read_back_before_they_count(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    copy: Copy,
) -> None:
    here.put("o", OLD)
    copy()
    del there.objects["c", "o"]
    there.puts.clear()
    source.asked.clear()
    destination.asked.clear()
    assert copy().kind is Kind.COPIED
    assert there.puts == ["c/o"]
    assert source.named("GET") == []
    read = [asked for asked in destination.named("GET") if "/.swift_migration/" in asked.path]
    assert len(read) == 3


@pytest.mark.parametrize("prune", [True, False])
def test_segments_of_the_version_before_are_deleted_if_asked_for_and_no_others(
    here: ObjectStore, there: ObjectStore, copy: Copy, prune: bool
) -> None:
    here.put("o", OLD)
    copy()
    old = {place for place in there.objects if place[0] == "c_segments"}
    here.put("o", NEW)
    neighbour = f".swift_migration/o/{md5(OLD)}/2500/1000/{md5(OLD)}/2500/1000/00000000"
    there.put(neighbour, b"of another object", "c_segments")
    copy()
    assert bytes_at(there) == NEW
    assert ("c_segments", neighbour) in there.objects
    assert len(old) == 3
    assert old & there.objects.keys() == (set() if prune else old)
