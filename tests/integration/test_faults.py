# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""swift_sync when connections break and bytes change: nothing is lost, and the rest is copied."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.integration.faulty import Faulty, When, asks
from tests.integration.pair import counts, fill
from tests.servers.faults import Call, Cut, Flip, Part, Status, chunked

MIB = 1 << 20
NUMBER = 20
STREAMED = "data/large"


@pytest.fixture
def filled(faulty: Faulty) -> Faulty:
    """Small objects and one that is streamed."""
    fill(faulty, NUMBER)
    faulty.source.put(faulty.name, STREAMED, bytes(range(256)) * (3 * MIB // 256))
    return faulty


def small(method: str) -> When:
    return lambda target: asks(method)(target) and target.name != STREAMED


class TestConnections:
    """A connection that breaks, wherever it does, costs another try."""

    def test_the_proxies_alone_change_nothing(self, filled: Faulty) -> None:
        assert counts(filled.sync()) == {"copied": NUMBER + 1}
        assert filled.differences() == []
        assert filled.here.count(asks("GET")) == filled.there.count(asks("PUT")) == NUMBER + 1
        assert filled.logins() == (1, 1)

    @pytest.mark.parametrize(
        ("side", "method", "cuts"),
        [
            # not asked, no answer, no byte of it, half of it
            ("source", "GET", [Cut(), Cut("answer"), Cut("answer", 0), Cut("answer", 50)]),
            # not asked, half of the object, all of it but no answer
            ("destination", "PUT", [Cut(), Cut("request", 50), Cut("answer")]),
        ],
        ids=["get", "put"],
    )
    def test_requests_that_break_off_are_asked_again(
        self, filled: Faulty, side: str, method: str, cuts: list[Cut]
    ) -> None:
        proxy = filled.side(side)
        rules = [
            proxy.inject(cut, small(method), skip=3 + 3 * number, times=3)
            for number, cut in enumerate(cuts)
        ]
        part: Part = "answer" if method == "GET" else "request"
        # A GET goes on where it broke, a PUT begins anew.
        place = MIB if method == "GET" else 2 * MIB
        streamed = proxy.inject(Cut(part, place), asks(method, STREAMED), times=2)
        assert counts(filled.sync()) == {"copied": NUMBER + 1}
        assert [rule.injected for rule in rules] == [3] * len(cuts)
        assert streamed.injected == 2
        assert filled.differences() == []

    def test_a_large_object_goes_on_where_its_get_broke_and_stays_plain(
        self, faulty: Faulty
    ) -> None:
        faulty.source.put(faulty.name, "large", bytes(range(256)) * (40 * MIB // 256))
        faulty.here.inject(Cut("answer", 16 * MIB), asks("GET", "large"), times=None)
        assert counts(faulty.sync()) == {"copied": 1}
        assert faulty.here.count(asks("GET", "large")) == 3  # 16, 16 and 8 MiB
        assert faulty.there.count(asks("PUT")) == 1
        assert faulty.differences() == []

    def test_a_large_object_whose_put_breaks_each_time_becomes_one_of_small_segments(
        self, faulty: Faulty
    ) -> None:
        body = bytes(range(256)) * (64 * MIB // 256)
        faulty.source.put(faulty.name, "large", body)
        breaks = faulty.there.inject(Cut("request", 17 * MIB), asks("PUT"), times=None)
        assert counts(faulty.sync()) == {"copied": 1}
        assert breaks.injected == 5
        assert "x-static-large-object" in faulty.destination.head(faulty.name, "large")
        assert faulty.destination.get(faulty.name, "large") == body
        assert counts(faulty.sync()) == {"kept": 1}

    def test_an_object_that_breaks_at_the_same_byte_each_time_is_unreadable(
        self, filled: Faulty
    ) -> None:
        filled.here.inject(Cut("answer", MIB), asks("GET", STREAMED))
        again = filled.here.inject(Cut("answer", 0), asks("GET", STREAMED), skip=1, times=None)
        result = filled.sync()
        assert result["failed"]
        assert (result["objects"]["copied"], result["objects"]["unreadable"]) == (NUMBER, 1)
        assert again.injected == 3
        (lost,) = result["unreadable"]
        assert lost["name"] == STREAMED
        assert "it breaks off after 1,048,576 bytes each time" in lost["reason"]
        assert STREAMED not in filled.names()

    @pytest.mark.parametrize(("size", "place"), [(1000, 500), (3 * MIB, 2 * MIB)])
    def test_a_put_cut_in_the_middle_leaves_what_was_there(
        self, faulty: Faulty, size: int, place: int
    ) -> None:
        names: list[list[str]] = []
        bodies: list[bytes] = []

        def read() -> None:
            bodies.append(faulty.destination.get(faulty.name, "replaced"))

        faulty.source.put(faulty.name, "replaced", b"old")
        assert counts(faulty.sync()) == {"copied": 1}
        for name in ("new", "replaced"):
            faulty.source.put(faulty.name, name, b"n" * size)
        cuts = [
            faulty.there.inject(Cut("request", place), asks("PUT", name))
            for name in ("new", "replaced")
        ]
        look = Call(function=lambda: names.append(faulty.names()))
        looks = [
            faulty.there.inject(look, asks("PUT", "new"), skip=1),
            faulty.there.inject(Call(function=read), asks("PUT", "replaced"), skip=1),
        ]
        assert counts(faulty.sync(concurrency=1)) == {"copied": 1, "replaced": 1}
        assert [rule.injected for rule in (*cuts, *looks)] == [1] * 4
        assert (names, bodies) == ([["replaced"]], [b"old"])
        assert faulty.differences() == []


class TestBytes:
    """Bytes that change on the way are noticed, and never kept."""

    def test_a_byte_flipped_between_source_and_mover_costs_another_try(
        self, filled: Faulty
    ) -> None:
        flips = [
            filled.here.inject(Flip("answer", 50), small("GET"), skip=3, times=5),
            filled.here.inject(Flip("answer", 2 * MIB), asks("GET", STREAMED)),
        ]
        assert counts(filled.sync()) == {"copied": NUMBER + 1}
        assert [flip.injected for flip in flips] == [5, 1]
        assert filled.differences() == []

    def test_a_byte_flipped_between_mover_and_destination_is_refused_there(
        self, filled: Faulty
    ) -> None:
        log = filled.lab.access_log("destination")
        mark = log.mark()
        flips = [
            filled.there.inject(Flip("request", 50), small("PUT"), skip=3, times=5),
            filled.there.inject(Flip("request", 2 * MIB), asks("PUT", STREAMED), times=1),
        ]
        assert counts(filled.sync()) == {"copied": NUMBER + 1}
        assert [flip.injected for flip in flips] == [5, 1]
        asked = log.object_requests(mark, filled.name)
        assert sum(request.status == 422 for request in asked) == 6
        assert filled.differences() == []

    @pytest.mark.parametrize("name", ["data/0007", STREAMED])
    def test_an_object_damaged_at_the_source_is_named_and_the_rest_is_copied(
        self, filled: Faulty, name: str
    ) -> None:
        flip = filled.here.inject(Flip("answer", 50), asks("GET", name), times=None)
        result = filled.sync()
        assert result["failed"]
        assert name in result["msg"]
        assert result["objects"]["copied"] == NUMBER
        (failure,) = result["failures"]
        assert failure["name"] == name
        assert "damaged at the source" in failure["reason"]
        assert flip.injected == filled.here.count(asks("GET", name)) > 1
        assert [line.split(":")[0] for line in filled.differences()] == [repr(name)]
        assert name not in filled.names()

    def test_a_page_that_comes_in_place_of_an_object_is_not_taken_for_it(
        self, filled: Faulty
    ) -> None:
        page = Status(200, {"Content-Type": "text/html"}, b"<html>Down for maintenance</html>")
        rule = filled.here.inject(page, asks("GET", "data/0007"))
        result = filled.sync()
        assert result["failed"]
        assert [failure["name"] for failure in result["failures"]] == ["data/0007"]
        assert rule.injected == 1
        assert "data/0007" not in filled.names()
        assert counts(filled.sync())["copied"] == 1
        assert filled.differences() == []

    def test_bytes_whose_length_no_get_tells_are_verified_with_the_listing(
        self, filled: Faulty
    ) -> None:
        filled.here.inject(chunked(), asks("GET"), times=None)
        assert counts(filled.sync()) == {"copied": NUMBER + 1}
        assert filled.differences() == []


class TestLargeObjects:
    """Segments and manifests are asked again as plain objects are."""

    def test_a_large_object_arrives_whole_though_every_kind_of_request_breaks_off_once(
        self, faulty: Faulty
    ) -> None:
        manifest = []
        segments = faulty.name + "_segments"
        faulty.source.put_container(segments)
        for index in range(4):
            body = bytes([65 + index]) * 1000
            faulty.source.put(segments, f"large/{index}", body)
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            path = f"/{segments}/large/{index}"
            manifest.append({"path": path, "etag": etag, "size_bytes": len(body)})
        text = json.dumps(manifest).encode()
        faulty.source.put(faulty.name, "large", text, query="multipart-manifest=put")
        rules = [
            faulty.here.inject(Cut("answer", 20), asks("GET", "large")),
            faulty.here.inject(Cut("answer", 500), asks("GET", "large/1")),
            faulty.here.inject(Flip("answer", 500), asks("GET", "large/2")),
            faulty.there.inject(Cut("request", 500), asks("PUT", "large/3")),
            faulty.there.inject(Cut("answer"), asks("PUT", "large")),
        ]
        assert counts(faulty.sync()) == {"copied": 1}
        assert [rule.injected for rule in rules] == [1] * 5
        assert faulty.differences() == []


class TestChangesMeanwhile:
    """What happens to an object while it is copied does no harm."""

    @pytest.mark.parametrize(("old", "new"), [(100, 100), (3 * MIB, 3 * MIB)])
    def test_an_object_replaced_during_its_get_arrives_as_it_was_and_the_next_run_renews_it(
        self, faulty: Faulty, old: int, new: int
    ) -> None:
        fill(faulty, 3)
        faulty.source.put(faulty.name, "busy", b"o" * old)

        def replace() -> None:
            faulty.source.put(faulty.name, "busy", b"n" * new)

        middle = old * 2 // 3
        call = faulty.here.inject(Call("answer", middle, function=replace), asks("GET", "busy"))
        assert counts(faulty.sync()) == {"copied": 4}
        assert call.injected == 1
        assert faulty.destination.get(faulty.name, "busy") == b"o" * old
        assert counts(faulty.sync())["replaced"] == 1
        assert faulty.differences() == []

    @pytest.mark.parametrize(
        ("old", "new"), [(100, 3 * MIB), (3 * MIB, 100), (100, 100), (3 * MIB, 3 * MIB)]
    )
    def test_an_object_replaced_before_its_get_is_tried_again_is_the_new_one_alone(
        self, faulty: Faulty, old: int, new: int
    ) -> None:
        faulty.source.put(faulty.name, "busy", b"o" * old)

        def replace() -> None:
            faulty.source.put(faulty.name, "busy", b"n" * new)

        middle = old * 2 // 3
        call = faulty.here.inject(Call("answer", middle, function=replace), asks("GET", "busy"))
        cut = faulty.here.inject(Cut("answer", middle), asks("GET", "busy"))
        assert counts(faulty.sync()) == {"copied": 1}
        assert (call.injected, cut.injected) == (1, 1)
        assert faulty.destination.get(faulty.name, "busy") == b"n" * new
        assert faulty.differences() == []

    def test_an_object_deleted_before_its_get_has_vanished_and_deletes_go_on(
        self, faulty: Faulty
    ) -> None:
        fill(faulty, NUMBER)
        counts(faulty.sync())
        faulty.source.delete(faulty.name, "data/0000")
        for name in ("fleeting", "stays"):
            faulty.source.put(faulty.name, name, b"1")

        def delete() -> None:
            faulty.source.delete(faulty.name, "fleeting")

        call = faulty.here.inject(Call(function=delete), asks("GET", "fleeting"))
        result = counts(faulty.sync(prune=True))
        assert call.injected == 1
        assert (result["copied"], result["vanished"], result["deleted"]) == (1, 1, 1)
        assert faulty.differences() == []


@pytest.mark.own_lab
class TestRestarts:
    """A server that restarts in the middle of a copy costs time, not objects."""

    @pytest.mark.parametrize("side", ["source", "destination"])
    def test_a_restart_in_the_middle_costs_no_object(self, faulty: Faulty, side: str) -> None:
        fill(faulty, 40)
        proxy, method = faulty.side(side), {"source": "GET", "destination": "PUT"}[side]

        def restart() -> None:
            faulty.lab.restart(f"{side}-proxy")

        call = proxy.inject(Call(function=restart), asks(method), skip=20)
        assert counts(faulty.sync(concurrency=4)) == {"copied": 40}
        assert call.injected == 1
        assert proxy.count(asks(method)) > 40
        assert faulty.differences() == []
