# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The segments of large objects are looked at, each of them once, and what is wrong is named."""

from __future__ import annotations

from collections import Counter

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import Sides
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.segment_pair import (
    SegmentPair,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore, md5

SEGMENTS = "c_segments"
PARTS = {f"large/{number}": bytes([65 + number]) * 10 for number in range(4)}

LIMITS = {"swift": {"max_file_size": 10}, "slo": {"max_manifest_segments": 1000}}


def line(name: str, body: bytes) -> dict[str, object]:
    return {"path": f"/{SEGMENTS}/{name}", "etag": md5(body), "size_bytes": len(body)}


def store(*, readable: bool = True) -> ObjectStore:
    """Have "large", of four segments, and "plain"."""
    made = ObjectStore(readable=readable)
    for name, body in PARTS.items():
        made.put(name, body, SEGMENTS)
    made.put_manifest("large", [line(name, body) for name, body in PARTS.items()])
    made.put("plain", b"bytes")
    return made


def faults(
    source: ObjectServer, destination: ObjectServer, name: str = "large", *, closely: bool = False
) -> dict[Sides, list[str]]:
    """Look as after a HEAD of both sides, and count only what was asked thereafter."""
    containers = source.container(), destination.container(label="destination")
    here, there = (each.request("HEAD", name, accept=(404,)) for each in containers)
    for server in (source, destination):
        server.asked.clear()
    return SegmentPair(*containers).faults(name, here, there, closely=closely)


def requests(server: ObjectServer) -> Counter[str]:
    return Counter(f"{asked.method} {asked.path.partition('?')[0][11:]}" for asked in server.asked)


class TestStatic:
    """Static large objects whose manifest is given."""

    @pytest.mark.parametrize("closely", [False, True])
    def test_nothing_is_wrong_and_each_segment_is_looked_at_once(
        self, source: ObjectServer, destination: ObjectServer, closely: bool
    ) -> None:
        source.script, destination.script = store(), store()
        assert faults(source, destination, closely=closely) == {}
        each = {f"HEAD {SEGMENTS}/{name}": 1 for name in PARTS}
        looked = each if closely else {f"GET {SEGMENTS}": 1}
        for server in (source, destination):
            assert requests(server) == {"GET c/large": 1, **looked}

    def test_an_ordinary_object_is_not_asked_about(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        source.script, destination.script = store(), store()
        assert faults(source, destination, "plain", closely=True) == {}
        assert source.asked == destination.asked == []

    @pytest.mark.parametrize("closely", [False, True])
    @pytest.mark.parametrize("side", [Sides.SOURCE, Sides.DESTINATION])
    def test_what_is_gone_or_other_is_named_with_its_side(
        self, source: ObjectServer, destination: ObjectServer, side: Sides, closely: bool
    ) -> None:
        damaged = store()
        del damaged.objects[SEGMENTS, "large/1"]
        damaged.put("large/2", b"C" * 9 + b"!", SEGMENTS)
        source.script, destination.script = store(), store()
        (source if side is Sides.SOURCE else destination).script = damaged
        assert faults(source, destination, closely=closely) == {
            side: [
                f"segment '{SEGMENTS}/large/1' is not there",
                f"segment '{SEGMENTS}/large/2' is not what it was made of",
            ]
        }

    def test_a_segment_named_a_thousand_times_is_asked_for_once(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        made = store()
        made.put_manifest("large", [line("large/0", PARTS["large/0"])] * 1000)
        source.script = destination.script = made
        assert faults(source, destination) == {}
        assert requests(source) == {"GET c/large": 1, f"HEAD {SEGMENTS}/large/0": 1}

    def test_a_listing_that_is_late_is_not_believed(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        made = store()

        def late(asked: Asked) -> Answer:
            listing = asked.path.partition("?")[0].endswith(SEGMENTS)
            return Answer(200, body=b"[]") if listing else made(asked)

        source.script, destination.script = made, late
        assert faults(source, destination) == {}
        assert sum(requests(destination)[f"HEAD {SEGMENTS}/{name}"] for name in PARTS) == 4

    def test_segments_of_a_nested_one_are_looked_at(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        made = store()
        etag = made.put_manifest("inner", [line(*part) for part in PARTS.items()], SEGMENTS)
        inner = {"path": f"/{SEGMENTS}/inner", "etag": etag, "size_bytes": 40}
        made.put_manifest("large", [inner] * 3)
        made.headers[SEGMENTS, "inner"]["etag"] = f'"{etag}"'
        source.script = made
        destination.script = made
        assert faults(source, destination) == {}
        assert requests(source)[f"GET {SEGMENTS}/inner"] == 1
        del made.objects[SEGMENTS, "large/3"]
        named = [f"segment '{SEGMENTS}/large/3' is not there"]
        assert faults(source, destination) == {Sides.SOURCE: named, Sides.DESTINATION: named}

    def test_of_many_the_first_are_named(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        made = store()
        for number in range(9):
            made.put(f"many/{number}", b"1", SEGMENTS)
        made.put_manifest("large", [line(f"many/{number}", b"1") for number in range(9)])
        source.script = store()
        destination.script = made
        for number in range(9):
            del made.objects[SEGMENTS, f"many/{number}"]
        found = faults(source, destination)[Sides.DESTINATION]
        assert (len(found), found[-1]) == (6, "4 more segments")

    def test_a_container_of_segments_that_is_not_there_lacks_all(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        made = store()
        del made.containers[SEGMENTS]
        for name in PARTS:
            del made.objects[SEGMENTS, name]
        source.script, destination.script = store(), made
        assert len(faults(source, destination)[Sides.DESTINATION]) == len(PARTS)


class TestCopies:
    """Static large objects at a destination that gives no manifests: ``test_copied_segments``."""

    @pytest.mark.parametrize("given", [True, False], ids=["source-gives", "source-gives-none"])
    def test_those_of_the_destination_are_looked_for_where_copies_have_them(
        self, source: ObjectServer, destination: ObjectServer, given: bool
    ) -> None:
        destination.info = LIMITS
        made = store(readable=False)
        source.script, destination.script = store(readable=given), made
        assert faults(source, destination) == {}
        del made.objects[SEGMENTS, "large/1"]
        assert faults(source, destination) == {
            Sides.DESTINATION: [f"segment '{SEGMENTS}/large/1' is not there"]
        }


class TestDynamic:
    """Dynamic large objects, whose servers answer a HEAD from the listing of segments."""

    @pytest.fixture
    def made(self, source: ObjectServer, destination: ObjectServer) -> ObjectStore:
        source.script, made = store(), store()
        for each in (source.script, made):
            each.put("dynamic", b"", **{"x-object-manifest": f"{SEGMENTS}/large/"})
        destination.script = made
        return made

    def test_what_is_listed_and_not_given_is_found_by_asking_for_it(
        self, source: ObjectServer, destination: ObjectServer, made: ObjectStore
    ) -> None:
        def lossy(asked: Asked) -> Answer:
            return Answer(404) if asked.path.endswith("/large/1") else made(asked)

        destination.script = lossy
        assert faults(source, destination, "dynamic") == {}
        assert source.asked == destination.asked == []
        assert faults(source, destination, "dynamic", closely=True) == {
            Sides.DESTINATION: [f"segment '{SEGMENTS}/large/1' is listed and not given"]
        }

    def test_the_segments_in_which_they_differ_are_named(
        self, source: ObjectServer, destination: ObjectServer, made: ObjectStore
    ) -> None:
        del made.objects[SEGMENTS, "large/0"]
        made.put("large/1", b"other", SEGMENTS)
        made.put("large/9", b"more", SEGMENTS)
        containers = source.container(), destination.container()
        here, there = (each.request("HEAD", "dynamic") for each in containers)
        assert SegmentPair(*containers).others(here, there) == [
            f"destination: segment '{SEGMENTS}/large/0' is not there",
            f"destination: segment '{SEGMENTS}/large/1' differs",
            f"destination: segment '{SEGMENTS}/large/9' is not one of the source's",
        ]


class TestSourceWithoutManifests:
    """A Ceph source."""

    @pytest.mark.parametrize("closely", [False, True])
    def test_segments_where_clients_put_them_are_looked_at(
        self, source: ObjectServer, destination: ObjectServer, closely: bool
    ) -> None:
        here = store(readable=False)
        source.script, destination.script = here, store()
        assert faults(source, destination, closely=closely) == {}
        looked = requests(source)
        assert all(looked[f"HEAD {SEGMENTS}/{name}"] == closely for name in PARTS)

    def test_one_that_is_listed_and_lost_is_told(
        self, source: ObjectServer, destination: ObjectServer
    ) -> None:
        here = store(readable=False)

        def script(asked: Asked) -> Answer:
            lost = asked.method == "HEAD" and asked.path.endswith("large/2")
            return Answer(404) if lost else here(asked)

        source.script, destination.script = script, store()
        found = faults(source, destination, closely=True)
        assert found == {Sides.SOURCE: [f"segment '{SEGMENTS}/large/2' is not there"]}

    @pytest.mark.parametrize("change", ["gone", "other", "elsewhere"])
    def test_what_is_not_what_the_object_was_made_of_is_hidden(
        self, source: ObjectServer, destination: ObjectServer, change: str
    ) -> None:
        here = store(readable=False)
        if change == "gone":
            del here.objects[SEGMENTS, "large/3"]
        elif change == "other":
            here.put("large/3", b"?" * 10, SEGMENTS)
        else:
            del here.containers[SEGMENTS]
        source.script, destination.script = here, store()
        pair = SegmentPair(source.container(), destination.container(label="destination"))
        answers = [
            each.request("HEAD", "large") for each in (source.container(), destination.container())
        ]
        assert pair.faults("large", *answers, closely=True) == {}
        assert pair.hidden
        plain = [
            each.request("HEAD", "plain") for each in (source.container(), destination.container())
        ]
        pair.faults("plain", *plain, closely=True)
        assert not pair.hidden
