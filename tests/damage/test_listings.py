# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Containers whose listing lies or has gone: no run is green, and none deletes anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import plain
from tests.damage.proxies import Proxies, proxies
from tests.damage.scene import Run, Scene
from tests.integration.faulty import is_listing
from tests.integration.pair import AGE, next_second
from tests.servers.faults import Edit, Status, disorder, repeated_page
from tests.servers.lab import Cluster

NAMES = [f"data/{number}" for number in range(6)]
GONE, CHANGED, LAST = NAMES[2], NAMES[4], NAMES[5]

Break = Callable[[Scene, Proxies, Cluster], None]
"""Damages the listing of a side."""


@dataclass(frozen=True)
class Case:
    """A listing that is not to be believed.

    :param side: whose it is.
    :param runs: which have to fail.
    :param words: what each of them has to say.
    """

    what: str
    side: Cluster
    harm: Break
    runs: tuple[str, ...]
    words: str


def counts_more(scene: Scene, _proxies: Proxies, side: Cluster) -> None:
    """The database counts more objects than it has rows, as after a repair that dropped some."""
    scene.disk(side).count_more(scene.container, 3)


def scribbled(scene: Scene, _proxies: Proxies, side: Cluster) -> None:
    """The beginning of the database's file is something else."""
    with scene.disk(side).database(scene.container).open("r+b") as file:
        file.write(b"\0" * 200)


def removed(scene: Scene, _proxies: Proxies, side: Cluster) -> None:
    """The database is gone."""
    scene.disk(side).database(scene.container).unlink()


def page(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Break:
    """Each page is changed on its way."""
    edit = Edit(lambda body: json.dumps(change(json.loads(body))).encode())

    def do(_scene: Scene, between: Proxies, side: Cluster) -> None:
        between.of(side).inject(edit, is_listing, times=None)

    return do


def page_of(fault: Any) -> Break:
    def do(_scene: Scene, between: Proxies, side: Cluster) -> None:
        between.of(side).inject(fault, is_listing, times=None)

    return do


def both_end_early(scene: Scene, between: Proxies, _side: Cluster) -> None:
    """As behind one proxy that cuts every answer at the same place."""
    for side in ("source", "destination"):
        page(lambda rows: [each for each in rows if each["name"] < CHANGED])(scene, between, side)  # type: ignore[arg-type]


def with_hash(value: Any) -> Break:
    """One row tells something else for the MD5 of the bytes."""
    return page(
        lambda rows: [each | ({"hash": value} if each["name"] == CHANGED else {}) for each in rows]
    )


def lacking(name: str) -> Break:
    return page(lambda rows: [each for each in rows if each["name"] != name])


SYNCS = ("check", "sync", "prune")
ALL = (*SYNCS, "compare")
COMPARE = ("compare",)
COUNTED = "its server counts"
RUNS: dict[str, Callable[[Scene], Run]] = {
    "check": lambda scene: scene.sync("check", check=True),
    "sync": lambda scene: scene.sync("sync"),
    "prune": lambda scene: scene.sync("prune", prune=True, max_delete="100%"),
    "compare": lambda scene: scene.compare("compare", level="headers"),
}
HTML = {"Content-Type": "text/html"}

CASES = [
    Case("more counted than listed", "source", counts_more, ALL, COUNTED),
    Case("more counted than listed", "destination", counts_more, COMPARE, COUNTED),
    Case("one row lacking", "source", lacking(CHANGED), ALL, COUNTED),
    Case("one row lacking", "destination", lacking("extra"), COMPARE, COUNTED),
    Case("last row lacking", "source", lacking(LAST), ALL, COUNTED),
    Case("empty", "source", page(lambda _rows: []), ALL, COUNTED),
    Case("empty", "destination", page(lambda _rows: []), COMPARE, ""),
    Case("both end early", "source", both_end_early, COMPARE, COUNTED),
    Case("no order", "source", page_of(disorder()), ALL, "is not in order"),
    Case("no order", "destination", page_of(disorder()), ALL, "is not in order"),
    Case("the same page again", "source", page_of(repeated_page(4)), ALL, "is not in order"),
    Case("the same page again", "destination", page_of(repeated_page(4)), ALL, "not in order"),
    Case("a web page", "source", page_of(Status(200, HTML, b"<html>")), ALL, "is not a listing"),
    Case("a web page", "destination", page_of(Status(200, HTML, b"<h")), ALL, "is not a listing"),
    Case("forbidden", "source", page_of(Status(403)), ALL, "403"),
    Case("no MD5", "source", with_hash(None), ALL, CHANGED),
    Case("no MD5", "destination", with_hash(None), ALL, CHANGED),
    Case("database scribbled on", "source", scribbled, ("prune",), "source"),
    Case("database gone", "source", removed, ALL, "does not exist"),
    Case("database gone", "destination", removed, ("sync", "prune", "compare"), "does not exist"),
]


@pytest.fixture
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    """A destination that lacks one object of the source and has one more."""
    with make_scene() as made:
        old = made.client("source")
        old.age = AGE
        for name in (*NAMES, "extra"):
            plain(old, made.container, name)
        made.fill([])
        assert not made.sync("before").failed
        old.delete(made.container, "extra")
        plain(old, made.container, "new")
        yield made


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.side}, {case.what}")
def test_it_is_not_believed(scene: Scene, case: Case) -> None:
    with proxies(scene) as between:
        case.harm(scene, between, case.side)
        for label in case.runs:
            RUNS[label](scene)
    for label in case.runs:
        assert scene.runs[label].failed, label
        assert case.words in scene.runs[label].result["msg"], label
        assert scene.written[f"{label} source"] == []
        deletes = [line for line in scene.written[f"{label} destination"] if "DELETE" in line]
        assert deletes == []
    if "compare" in case.runs:
        assert scene.runs["compare"].result["equal"] is False
    if case.side == "source":
        assert scene.has_intact("destination")


def test_a_destination_that_counts_fewer_than_it_lists_is_told_though_there_is_nothing_to_do(
    scene: Scene,
) -> None:
    assert not scene.sync("all").failed
    scene.disk("destination").count_more(scene.container, -1)
    run = scene.sync("again")
    assert run.failed
    assert "1 fewer than were found there" in run.result["msg"]
    assert scene.written["again destination"] == []


class TestWayBack:
    """The way back deletes from the old container what the new one's listing lacks."""

    @pytest.mark.parametrize(
        ("harm", "words"),
        [
            (counts_more, COUNTED),
            (lacking(CHANGED), COUNTED),
            (page(lambda _rows: []), COUNTED),
            (page_of(disorder()), "is not in order"),
            (page_of(Status(200, HTML, b"<html>")), "is not a listing"),
            (removed, "does not exist"),
        ],
        ids=["counts more", "one row", "empty", "order", "web page", "gone"],
    )
    def test_nothing_is_deleted_by_a_listing_that_is_not_to_be_believed(
        self, scene: Scene, harm: Break, words: str
    ) -> None:
        assert not scene.sync("all", prune=True, max_delete="100%").failed
        next_second()
        scene.cut_over()
        before = scene.names("source")
        with proxies(scene) as between:
            harm(scene, between, "destination")
            for label, check in (("back, check", True), ("back", False)):
                run = scene.rollback(label, check=check, max_delete="100%")
                assert run.failed
                assert words in run.result["msg"]
        assert scene.names("source") == before
        assert scene.written["back source"] == []
