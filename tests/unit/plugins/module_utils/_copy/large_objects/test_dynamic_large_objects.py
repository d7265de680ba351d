# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Dynamic large objects."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import Kind

from tests.unit.plugins.module_utils._copy.large_objects.copying import (
    CEPH,
    LIMIT,
    Copy,
    change_before,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

POINTER = {"x-object-manifest": "c_segments/d/"}


def test_a_segment_once_proved_equal_is_not_asked_for_again(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("d/1", b"1", "c_segments")
    here.put("o", b"", **POINTER)
    asked = []
    for kind in (Kind.COPIED, Kind.KEPT, Kind.KEPT):
        source.asked.clear()
        assert copy().kind is kind
        asked.append([one.method for one in source.asked if one.path.endswith("/d/1")])
    # The listings show the same time, which proves nothing.
    assert asked == [[], ["HEAD"], []]
    here.put("d/1", b"2", "c_segments")
    assert copy().kind is Kind.COPIED
    assert there.objects["c_segments", "d/1"] == b"2"


def dynamic(here: ObjectStore, segments: int) -> None:
    """Put "o", which has so many segments."""
    for number in range(segments):
        here.put(f"d/{number}", str(number).encode(), "c_segments")
    here.put("o", b"", **POINTER)


def segments_at(there: ObjectStore) -> list[str]:
    return sorted(name for container, name in there.objects if container == "c_segments")


@pytest.mark.parametrize(("prune", "most_deletes"), [(True, 2)])
def test_segments_that_the_source_has_no_more_are_deleted_as_far_as_that_is_allowed(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 6)
    copy()
    del here.objects["c_segments", "d/5"]
    copy()
    assert segments_at(there) == ["d/0", "d/1", "d/2", "d/3", "d/4"]
    del here.objects["c_segments", "d/4"], here.objects["c_segments", "d/3"]
    with pytest.raises(MigrationError, match="1 were deleted before, 2 may be"):
        copy()
    assert segments_at(there) == ["d/0", "d/1", "d/2", "d/3", "d/4"]


@pytest.mark.parametrize("prune", [True])
def test_no_segment_is_deleted_when_the_source_lists_none(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 2)
    copy()
    del here.objects["c_segments", "d/0"], here.objects["c_segments", "d/1"]
    with pytest.raises(MigrationError, match="the source lists no segment"):
        copy()
    assert segments_at(there) == ["d/0", "d/1"]


def test_one_repointed_while_its_segments_are_copied_is_copied_anew(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 2)
    here.put("e/0", b"new", "c_segments")

    change_before(
        source,
        here,
        lambda asked: "d/1?" in asked.path,
        lambda: here.put("o", b"", **{"x-object-manifest": "c_segments/e/"}),
    )
    assert copy().kind is Kind.COPIED
    assert there.headers["c", "o"]["x-object-manifest"] == "c_segments/e/"
    assert there.objects["c_segments", "e/0"] == b"new"


def test_two_that_are_among_the_segments_of_each_other_are_an_error_by_name(
    here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    here.put("o", b"", **{"x-object-manifest": "c/"})
    here.put("p", b"", **{"x-object-manifest": "c/"})
    with pytest.raises(MigrationError, match="'o' is among the segments of its own segments"):
        copy()
    assert there.puts == []


def test_one_whose_segments_are_gone_with_their_container_is_told_so(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 0)

    def script(asked: Asked) -> Answer:
        whole = asked.path.endswith("/o")
        return Answer(404) if whole else here(asked)

    source.script = script
    with pytest.raises(MigrationError, match="whose segments are not there"):
        copy()
    assert there.puts == []


def listing_without(name: str, here: ObjectStore) -> Callable[[Asked], Answer]:
    """A source whose listings lack one name."""

    def script(asked: Asked) -> Answer:
        answer = here(asked)
        if "format=json" in asked.path:
            rows = [row for row in json.loads(answer.body) if row["name"] != name]
            answer.body = json.dumps(rows).encode()
        return answer

    return script


def test_one_whose_segments_are_not_all_listed_is_not_put(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 3)
    source.script = listing_without("d/2", here)
    with pytest.raises(StartOverError, match=r"lists 2 bytes of segments of 'o', .* that it has 3"):
        copy()
    assert ("c", "o") not in there.objects


@pytest.mark.parametrize("prune", [True])
def test_a_segment_that_the_source_has_and_does_not_list_is_told_and_stays(
    source: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    dynamic(here, 3)
    copy()
    source.script = listing_without("d/2", here)
    with pytest.raises(MigrationError, match=r"the source has the segment 'd/2' .* not list it"):
        copy()
    assert segments_at(there) == ["d/0", "d/1", "d/2"]


def test_a_segment_that_a_ceph_destination_cannot_hold_is_named(
    destination: ObjectServer, here: ObjectStore, there: ObjectStore, copy: Copy
) -> None:
    destination.info = CEPH
    here.put("d/1", b"x" * (LIMIT + 1), "c_segments")
    here.put("o", b"", **POINTER)
    told = "segment 'd/1' of the dynamic large object 'o' is too large for the destination"
    with pytest.raises(MigrationError, match=told):
        copy()
    assert there.puts == []


class TestOwnBody:
    """The bytes that a manifest object has itself."""

    @pytest.fixture(autouse=True)
    def segments(self, here: ObjectStore) -> None:
        dynamic(here, 1)

    @pytest.mark.usefixtures("there")
    @pytest.mark.parametrize("etag", [md5(b"own"), md5(b"")], ids=["swift", "ceph"])
    def test_is_put_with_the_md5_of_what_was_read(
        self, here: ObjectStore, destination: ObjectServer, copy: Copy, etag: str
    ) -> None:
        here.put("o", b"own", **POINTER, etag=etag)
        assert copy().kind is Kind.COPIED
        (put,) = [one for one in destination.named("PUT") if one.path.endswith("/c/o")]
        assert (put.body, put.headers["etag"]) == (b"own", md5(b"own"))

    def test_is_not_put_when_it_is_not_what_its_etag_promises(
        self, here: ObjectStore, there: ObjectStore, copy: Copy
    ) -> None:
        here.put("o", b"own", **POINTER, etag=md5(b"other"))
        with pytest.raises(StartOverError, match=f"MD5 {md5(b'own')} .* the ETag {md5(b'other')}"):
            copy()
        assert "c/o" not in there.puts

    def test_is_read_back(
        self, here: ObjectStore, there: ObjectStore, destination: ObjectServer, copy: Copy
    ) -> None:
        here.put("o", b"own", **POINTER)

        def script(asked: Asked) -> Answer:
            answer = there(asked)
            if asked.method == "GET" and "/c/o?multipart-manifest" in asked.path:
                answer.body = answer.body[:-1] + b"?"
            return answer

        destination.script = script
        with pytest.raises(StartOverError, match="the manifest of 'o' arrived with other bytes"):
            copy()
