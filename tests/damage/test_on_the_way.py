# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Servers, gateways and networks that answer wrongly for one object: it is named, and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import STREAMED, body, plain, streamed
from tests.damage.proxies import proxies
from tests.damage.scene import INTACT, Scene
from tests.integration.faulty import asks
from tests.servers.faults import Cut, Fault, Flip, Status, header
from tests.servers.lab import Cluster

HTML = {"Content-Type": "text/html"}
ZERO = "0" * 32


@dataclass(frozen=True)
class Case:
    """What befalls each request for one object.

    :param side: where.
    :param method: which requests.
    :param large: whether the object is streamed.
    :param words: what the run has to say.
    :param outcome: how the run has to call it.
    """

    name: str
    side: Cluster
    method: str
    fault: Fault
    words: str
    large: bool = False
    outcome: str = "failed"


CASES = [
    Case("get/403", "source", "GET", Status(403), "403"),
    Case("get/404, but there", "source", "GET", Status(404), "did not find"),
    Case("get/412", "source", "GET", Status(412), "412"),
    Case("get/416", "source", "GET", Status(416), "416"),
    Case("get/301", "source", "GET", Status(301, {"Location": "/elsewhere"}), "301"),
    Case("get/204", "source", "GET", Status(204), ""),
    Case("get/206", "source", "GET", Status(206, {"ETag": ZERO}, b"a part"), ""),
    Case("get/web page", "source", "GET", Status(200, HTML, b"<html>Sorry</html>"), "etag"),
    Case("get/nothing", "source", "GET", Status(200, {"ETag": ZERO}), "damaged"),
    Case("get/other bytes", "source", "GET", Status(200, {"ETag": ZERO}, bytes(100)), "damaged"),
    Case("get/flipped", "source", "GET", Flip("answer", 50), "damaged at the source"),
    Case("get/flipped, large", "source", "GET", Flip("answer", STREAMED - 9), "damaged", True),
    Case("get/cut", "source", "GET", Cut("answer", 50), "after 50 bytes", False, "unreadable"),
    Case("get/other ETag", "source", "GET", header("ETag", ZERO), "damaged at the source"),
    Case("get/no ETag", "source", "GET", header("ETag", None), "no etag"),
    Case("get/500", "source", "GET", Status(500), "500"),
    Case("put/403", "destination", "PUT", Status(403), "403"),
    Case("put/404", "destination", "PUT", Status(404), "404"),
    Case("put/200, a web page", "destination", "PUT", Status(200, HTML, b"<html>"), "200"),
    Case("put/202", "destination", "PUT", Status(202), "202"),
    Case("put/413", "destination", "PUT", Status(413), "413"),
    Case("put/flipped", "destination", "PUT", Flip("request", 50), "422"),
    Case("put/flipped, large", "destination", "PUT", Flip("request", STREAMED - 9), "422", True),
    Case("put/other ETag", "destination", "PUT", header("ETag", ZERO), "ETag"),
    Case("put/cut", "destination", "PUT", Cut("request", 50), ""),
]

LIE = "put/201, but not kept"


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made, proxies(made) as between:
        made.fill([])
        for case in CASES:
            put: Callable[..., None] = streamed if case.large else plain
            put(made.client("source"), made.container, case.name)
            between.of(case.side).inject(case.fault, asks(case.method, case.name), times=None)
        plain(made.client("source"), made.container, LIE)
        between.destination.inject(Status(201), asks("PUT", LIE), times=None)
        made.sync("sync")
        made.compare("compare", level="listing")
        unused = [*between.source.unused(), *between.destination.unused()]
        assert unused == []
        yield made
        between.heal()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_named_with_its_reason(scene: Scene, case: Case) -> None:
    run = scene.runs["sync"]
    assert run.failed
    assert run.outcome(case.name) == case.outcome
    assert case.words in run.reason(case.name)
    assert run.reason(case.name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_comparison_does_not_call_it_equal(scene: Scene, case: Case) -> None:
    run = scene.runs["compare"]
    assert run.result["equal"] is False
    told_otherwise = {"put/other ETag": ""}
    assert run.outcome(case.name) == told_otherwise.get(case.name, "missing")


def test_what_the_destination_only_says_it_keeps_is_found_by_a_comparison(scene: Scene) -> None:
    assert scene.runs["compare"].outcome(LIE) == "missing"


def test_no_other_object_is_named_and_none_is_to_be_seen_that_is_not_whole(scene: Scene) -> None:
    names = {case.name for case in CASES}
    red = {name for name, row in scene.runs["sync"].rows.items() if row["outcome"] != "copied"}
    assert red == names
    kept = scene.names() - {*INTACT}
    for name in kept:
        assert scene.client("destination").get(scene.container, name) == body(name)
    assert scene.has_intact("destination")


def test_the_source_was_only_read(scene: Scene) -> None:
    assert scene.written["sync source"] == scene.written["compare source"] == []
