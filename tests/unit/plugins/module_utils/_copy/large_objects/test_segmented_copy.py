# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An object over the destination's limit goes in ranges of one version; a whole copy is kept."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    LIMIT,
    NEW,
    OLD,
    RED,
    Copy,
    bytes_at,
    change_before,
    second_range,
    shown_with,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5


def test_the_manifest_is_put_last_and_names_segments_of_the_version(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    etag = here.put("o", OLD, **{"x-object-meta-colour": "red", "x-delete-at": "4102444800"})
    assert copy() == Outcome(Kind.COPIED, "o", 2500)
    prefix = f"c_segments/.swift_migration/o/{etag}/2500/1000/"
    assert there.puts == [*(f"{prefix}{number:08}" for number in range(3)), "c/o"]
    assert bytes_at(there) == OLD
    assert there.headers["c", "o"]["x-object-meta-colour"] == "red"
    expiries = {headers["x-delete-at"] for headers in there.headers.values()}
    assert expiries == {"4102444800"}


def test_every_range_is_asked_of_the_version_that_was_found_first(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    etag = here.put("o", OLD)
    copy()
    ranges = [(a.headers["range"], a.headers["if-match"]) for a in source.named("GET")]
    assert ranges == [
        ("bytes=0-999", f'"{etag}"'),
        ("bytes=1000-1999", f'"{etag}"'),
        ("bytes=2000-2499", f'"{etag}"'),
    ]


def test_an_object_replaced_between_two_ranges_is_begun_anew(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    def replaced_there(asked: Asked) -> bool:
        return second_range(asked) and here.objects["c", "o"] == OLD

    change_before(source, here, replaced_there, lambda: here.put("o", NEW))
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == NEW
    assert there.puts.count("c/o") == 1


def test_segments_that_a_broken_run_has_left_are_not_copied_again(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    copy: Copy,
) -> None:
    here.put("o", OLD)
    source.script = lambda asked: Answer(403) if second_range(asked) else here(asked)
    with pytest.raises(MigrationError, match="source answered 403"):
        copy()
    (left,) = there.puts
    source.script = here
    source.asked.clear()
    there.puts.clear()
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD
    assert left not in there.puts
    assert len(there.puts) == 3
    ranges = [asked.headers["range"] for asked in source.named("GET")]
    assert ranges == ["bytes=1000-1999", "bytes=2000-2499"]
    assert [asked.path.endswith(left) for asked in destination.named("GET")].count(True) == 1


@pytest.mark.parametrize("left", ["wrong bytes", "another time of deletion"])
def test_segments_that_were_left_count_only_when_they_are_right(
    here: ObjectStore, there: ObjectStore, copy: Copy, left: str
) -> None:
    etag = here.put("o", OLD, **{"x-delete-at": "4102444800"})
    copy()
    del there.objects["c", "o"]
    there.puts.clear()
    first = f".swift_migration/o/{etag}/2500/1000/00000000"
    if left == "wrong bytes":
        there.objects["c_segments", first] = b"x" * 1000
    else:
        there.headers["c_segments", first]["x-delete-at"] = "4102444799"
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD
    assert there.puts.count(f"c_segments/{first}") == 1
    assert there.headers["c_segments", first]["x-delete-at"] == "4102444800"


def test_one_that_never_stays_the_same_fails_and_shows_nothing(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    def replace() -> None:
        here.put("o", bytes([len(source.asked) % 256]) * 2500)

    change_before(source, here, second_range, replace)
    with pytest.raises(MigrationError, match="'o' changes while it is copied"):
        copy()
    assert "c/o" not in there.puts


def test_one_that_s3_took_in_parts_is_read_first_to_know_its_md5(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)
    here.headers["c", "o"]["etag"] = f'"{"0" * 32}-3"'
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD
    there.puts.clear()
    assert copy().kind is Kind.KEPT
    assert there.puts == []


def test_metadata_changed_between_two_ranges_goes_with_it(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    change_before(source, here, second_range, lambda: here.headers["c", "o"].update(RED))
    assert copy().kind is Kind.COPIED
    assert there.headers["c", "o"]["x-object-meta-colour"] == "red"
    assert there.puts.count("c/o") == 1


def test_one_deleted_between_two_ranges_has_vanished(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    change_before(source, here, second_range, here.objects.clear)
    assert copy().kind is Kind.VANISHED
    assert "c/o" not in there.puts


def test_bytes_that_are_not_those_of_the_etag_are_never_shown(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    def script(asked: Asked) -> Answer:
        answer = here(asked)
        if second_range(asked):
            answer.body = b"x" + answer.body[1:]
        return answer

    source.script = script
    with pytest.raises(MigrationError, match=f"the source's ETag is {md5(OLD)}"):
        copy()
    assert "c/o" not in there.puts


def test_a_flip_on_the_way_from_the_source_costs_another_try(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)
    flips = [b"x"]

    def script(asked: Asked) -> Answer:
        answer = here(asked)
        if second_range(asked) and flips:
            answer.body = flips.pop() + answer.body[1:]
        return answer

    source.script = script
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD


def test_a_flip_on_the_way_to_the_destination_costs_one_segment(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    def script(asked: Asked) -> Answer:
        if asked.method == "PUT" and len(there.puts) == 1:
            asked.body = b"x" + asked.body[1:]
        return there(asked)

    destination.script = script
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD
    assert len(there.puts) == 5


@pytest.mark.parametrize("fault", [Answer(503), Answer(206, {"ETag": md5(OLD)}, OLD[:9], 3)])
def test_a_range_that_fails_is_asked_for_again_alone(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy, fault: Answer
) -> None:
    here.put("o", OLD)
    faults = [fault]

    def script(asked: Asked) -> Answer:
        again = second_range(asked) and faults
        return faults.pop() if again else here(asked)

    source.script = script
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == OLD
    assert len(source.named("GET")) == 4


def test_a_source_that_knows_no_ranges_is_not_believed(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)

    def script(asked: Asked) -> Answer:
        asked.headers.pop("range", None)
        return here(asked)

    source.script = script
    with pytest.raises(MigrationError, match=r"does not give parts of objects \(Range\)"):
        copy()
    assert there.puts == []


def test_a_server_without_static_large_objects_is_told_by_name(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    destination.info = {"swift": {"max_file_size": LIMIT}}
    here.put("o", OLD)
    with pytest.raises(MigrationError, match="'o' has 2500 bytes; the destination takes 0"):
        copy()


def test_a_copy_that_is_not_made_of_what_was_put_is_told(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", OLD)
    destination.script = shown_with("0" * 32, there)
    told = f"'o' has 2500 bytes and the ETag {'0' * 32} at the destination; 2500 and [0-9a-f]{{32}} were"
    with pytest.raises(MigrationError, match=told):
        copy()


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
