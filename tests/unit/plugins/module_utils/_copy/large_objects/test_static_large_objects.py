# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Static large objects: their segments first, then the manifest, or all of it cut anew."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy import (
    static_large_objects,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    CEPH,
    INFO,
    LIMIT,
    RED,
    Copy,
    bytes_at,
    change_before,
    shown_with,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5


def lines(here: ObjectStore, size: int = 500) -> list[dict[str, object]]:
    return [
        {
            "path": f"/c_segments/{number}",
            "etag": here.put(str(number), bytes([65 + number]) * size, "c_segments"),
        }
        for number in range(3)
    ]


def second_segment(asked: Asked) -> bool:
    return "c_segments/1?" in asked.path


def test_a_damaged_segment_is_found_by_its_own_etag_when_all_is_cut_anew(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("inner", lines(here))
    etag = here.headers["c", "inner"]["etag"].strip('"')
    here.put_manifest("o", [{"path": "/c/inner", "etag": etag}])
    destination.info = CEPH
    whole = here.objects["c", "o"]
    here.objects["c", "o"] = whole[:600] + b"x" + whole[601:]
    with pytest.raises(MigrationError, match=f"the source's ETag is {md5(b'B' * 500)}"):
        copy()
    assert "c/o" not in there.puts
    here.objects["c", "o"] = whole
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == whole


@pytest.mark.parametrize("size", [300, 500])
def test_one_whose_manifest_the_source_does_not_give_is_copied_as_bytes(
    source: ObjectServer, there: ObjectStore, copy: Copy, size: int
) -> None:
    here = ObjectStore(readable=False)
    source.script = here
    here.put_manifest("o", lines(here, size))
    here.headers["c", "o"].update(RED)
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == here.objects["c", "o"]
    assert there.headers["c", "o"]["x-object-meta-colour"] == "red"
    assert (("c", "o") in there.manifests) == (3 * size > LIMIT)


@pytest.mark.parametrize("size", [300, 500])
def test_bytes_that_are_not_those_of_the_segments_are_not_shown(
    source: ObjectServer, there: ObjectStore, copy: Copy, size: int
) -> None:
    here = ObjectStore(readable=False)
    source.script = here
    parts = {f"o/{number}": bytes([65 + number]) * size for number in range(3)}
    for name, body in parts.items():
        here.put(name, body, "c_segments")
    here.put_manifest("o", [{"path": f"/c_segments/{name}"} for name in parts])
    whole = here.objects["c", "o"]
    here.objects["c", "o"] = b"?" + whole[1:]
    with pytest.raises(MigrationError, match=f"the source's ETag is {md5(b'A' * size)}"):
        copy()
    assert "c/o" not in there.puts
    here.objects["c", "o"] = whole
    assert copy().kind is Kind.COPIED
    assert bytes_at(there) == whole


def test_a_segment_that_is_not_the_manifests_any_more_is_not_taken_for_it(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))
    here.objects["c_segments", "1"] = b"x" * 500
    with pytest.raises(MigrationError, match=f"not {md5(b'B' * 500)}"):
        copy()
    assert "c/o" not in there.puts
    assert "c_segments/1" not in there.puts


def test_a_segment_that_is_named_again_and_again_is_asked_for_once(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    copy: Copy,
) -> None:
    one, other, _third = lines(here)
    here.put_manifest("o", [one, other, {**one, "range": "0-9"}, one])
    for kind in (Kind.COPIED, Kind.KEPT):
        source.asked.clear()
        destination.asked.clear()
        assert copy().kind is kind
        for server in (source, destination):
            paths = [each.path.partition("?")[0] for each in server.asked]
            assert 1 <= sum(path.endswith("c_segments/0") for path in paths) <= 2
    named = [(line["path"], line.get("range")) for line in there.manifests["c", "o"]]
    assert named == [
        ("/c_segments/0", None),
        ("/c_segments/1", None),
        ("/c_segments/0", "0-9"),
        ("/c_segments/0", None),
    ]


def test_one_deleted_with_its_segments_while_it_is_copied_has_vanished(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))

    change_before(source, here, second_segment, here.objects.clear)
    assert copy().kind is Kind.VANISHED
    assert "c/o" not in there.puts


def test_metadata_changed_while_its_segments_are_copied_goes_with_it(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))

    change_before(source, here, second_segment, lambda: here.headers["c", "o"].update(RED))
    assert copy().kind is Kind.COPIED
    assert there.headers["c", "o"]["x-object-meta-colour"] == "red"
    assert there.puts.count("c/o") == 1


def test_one_whose_time_of_deletion_comes_on_the_way_has_expired(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))
    here.headers["c", "o"]["x-delete-at"] = "1700000000"

    def script(asked: Asked) -> Answer:
        manifest = asked.method == "PUT" and "multipart-manifest=put" in asked.path
        return Answer(400, body=b"X-Delete-At in past") if manifest else there(asked)

    destination.script = script
    assert copy().kind is Kind.EXPIRED


def test_a_manifest_that_cannot_be_read_back_is_put_again_and_no_segment_is(
    destination: ObjectServer, here: ObjectStore, copy: Copy
) -> None:
    there = ObjectStore(readable=False)
    destination.script, destination.info = there, CEPH
    here.put_manifest("o", lines(here))
    copy()
    there.puts.clear()
    assert copy().kind is Kind.COPIED
    assert there.puts == ["c/o"]


def test_a_segment_of_the_right_etag_but_the_wrong_length_is_copied_again(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))
    there.put("1", b"short", "c_segments", etag=md5(b"B" * 500))
    there.containers["c_segments"]["x-container-meta-migration-source"] = "AUTH_x/c@1.0"
    copy()
    assert there.objects["c_segments", "1"] == b"B" * 500


def test_a_segment_given_a_later_time_of_deletion_is_copied_again(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("o", lines(here))
    here.headers["c_segments", "1"]["x-delete-at"] = "4102444800"
    copy()
    here.headers["c_segments", "1"]["x-delete-at"] = "4102444801"
    copy()
    assert there.headers["c_segments", "1"]["x-delete-at"] == "4102444801"


def test_manifests_nested_without_end_are_an_error_by_name(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", b"1")
    here.put_manifest("o", [{"path": "/c/o", "etag": md5(b"1")}])
    with pytest.raises(MigrationError, match="nested more than 10"):
        copy()
    assert there.puts == []


def test_manifests_that_multiply_have_a_limit(
    here: ObjectStore, there: ObjectStore, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_large_objects, "MAX_LINES", 50)
    here.put_manifest("l0", lines(here))
    for level in range(1, 5):
        etag = here.headers["c", f"l{level - 1}"]["etag"].strip('"')
        here.put_manifest(f"l{level}", [{"path": f"/c/l{level - 1}", "etag": etag}] * 4)
    etag = here.headers["c", "l4"]["etag"].strip('"')
    here.put_manifest("o", [{"path": "/c/l4", "etag": etag}])
    with pytest.raises(MigrationError, match="have more than 50 segments in all"):
        copy()
    assert there.puts == []


def test_before_one_is_cut_anew_each_segment_is_asked_for(
    source: ObjectServer,
    destination: ObjectServer,
    here: ObjectStore,
    there: ObjectStore,
    copy: Copy,
) -> None:
    parts = [(str(number), bytes([65 + number]) * 500) for number in range(3)]
    lines = [{"path": f"/c_segments/{n}", "etag": here.put(n, b, "c_segments")} for n, b in parts]
    etag = here.put_manifest("inner", [*lines])
    here.put_manifest("o", [{"path": "/c/inner", "etag": etag}])
    destination.info = CEPH

    def script(asked: Asked) -> Answer:
        return Answer(404) if asked.path.endswith("/c_segments/1") else here(asked)

    source.script = script
    outcome = copy()
    assert outcome.kind is Kind.UNREADABLE
    assert outcome.reason == "of 'o', segment 'c_segments/1' is not there"
    assert [asked for asked in source.named("GET") if "range" in asked.headers] == []
    assert there.puts == []

    source.script = here
    assert copy().kind is Kind.COPIED
    ranges = [asked for asked in source.named("GET") if "range" in asked.headers]
    assert {asked.headers["connection"] for asked in ranges} == {"close"}


def test_a_destination_that_does_not_know_them_is_told_by_name(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    destination.info = {"swift": INFO["swift"]}
    here.put_manifest("o", lines(here))
    with pytest.raises(MigrationError, match="'o' is a static large object, which the destination"):
        copy()
    assert there.puts == []


def test_a_copy_with_another_etag_is_not_taken_for_it(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    etag = here.put_manifest("o", lines(here))
    destination.script = shown_with("0" * 32, there)
    told = f"'o' has the ETag {'0' * 32} at the destination, {etag} at the source"
    with pytest.raises(StartOverError, match=told):
        copy()


def test_a_nested_manifest_that_the_source_does_not_give_is_named(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put_manifest("inner", lines(here))
    here.put_manifest("o", [{"path": "/c/inner", "etag": here.headers["c", "inner"]["etag"]}])

    def script(asked: Asked) -> Answer:
        return Answer(200) if "/c/inner?multipart-manifest" in asked.path else here(asked)

    source.script = script
    with pytest.raises(MigrationError, match="does not give the manifest of 'c/inner'"):
        copy()
    assert there.puts == []
