# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Ceph whose pool has lost or damaged what its index lists: it is named, on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from tests.ceph.conftest import MakeScene
from tests.ceph.pool import HEAD, Pool, head, tail
from tests.damage.kinds import body, dynamic, empty, plain, static
from tests.damage.scene import FAULTS, LEVELS, Scene
from tests.dataset.client import Client
from tests.integration.pair import next_second

SIZE = HEAD + (1 << 20)


def large(client: Client, container: str, name: str) -> None:
    """One that has a head and a tail."""
    client.put(container, name, body(name, SIZE))


@dataclass(frozen=True)
class Case:
    """One object, what is done to it in the pool, and how each run has to call it.

    :param harm: gets the pool, the name, and what the pool has got with the object.
    :param levels: what comparisons find at the least, whichever side this Ceph is.
    :param outcome: what a copy from this Ceph comes to.
    """

    name: str
    kind: Callable[[Client, str, str], None]
    harm: Callable[[Pool, str, list[str]], None]
    levels: dict[str, str]
    outcome: str


def head_removed(pool: Pool, name: str, made: list[str]) -> None:
    pool.remove(head(made, name))


def tail_removed(pool: Pool, _name: str, made: list[str]) -> None:
    pool.remove(tail(made))


def tail_truncated(pool: Pool, _name: str, made: list[str]) -> None:
    pool.truncate(tail(made), 1000)


def tail_overwritten(pool: Pool, _name: str, made: list[str]) -> None:
    pool.overwrite(tail(made), b"other bytes")


def head_overwritten(pool: Pool, name: str, made: list[str]) -> None:
    pool.overwrite(head(made, name), b"other bytes")


def head_truncated(pool: Pool, name: str, made: list[str]) -> None:
    pool.truncate(head(made, name), 10)


def segment_removed(pool: Pool, name: str, made: list[str]) -> None:
    pool.remove(head(made, f"{name}/1"))


def segment_overwritten(pool: Pool, name: str, made: list[str]) -> None:
    pool.overwrite(head(made, f"{name}/1"), b"other bytes")


GONE = {"headers": "unreadable", "content": "unreadable"}
SHORT = {"content": "unreadable"}
OTHER = {"content": "differ"}

CASES = [
    Case("plain-head-removed", plain, head_removed, GONE, "unreadable"),
    Case("plain-head-overwritten", plain, head_overwritten, OTHER, "failed"),
    Case("plain-head-truncated", plain, head_truncated, SHORT, "unreadable"),
    Case("empty-head-removed", empty, head_removed, GONE | {"listing": "unreadable"}, "unreadable"),
    Case("large-head-removed", large, head_removed, GONE, "unreadable"),
    Case("large-tail-removed", large, tail_removed, SHORT, "unreadable"),
    Case("large-tail-truncated", large, tail_truncated, SHORT, "unreadable"),
    Case("large-tail-overwritten", large, tail_overwritten, OTHER, "failed"),
    Case("static-manifest-removed", static, head_removed, GONE, "unreadable"),
    Case("static-segment-removed", static, segment_removed, GONE, "unreadable"),
    Case("static-segment-overwritten", static, segment_overwritten, OTHER, "failed"),
    Case("dynamic-segment-removed", dynamic, segment_removed, GONE, "unreadable"),
    Case("dynamic-segment-overwritten", dynamic, segment_overwritten, OTHER, "failed"),
]


Put = Callable[[Case], object]
"""Puts what one case says."""


def harm(pool: Pool, put: Put) -> None:
    """Put all of it, then damage it.

    The pool's objects that are a tail do not tell whose, so those with a tail come one by one.
    """
    stored: dict[str, list[str]] = {}
    for case in CASES:
        if case.kind is large:
            with pool.made() as stored[case.name]:
                put(case)
    with pool.made() as others:
        for case in CASES:
            if case.kind is not large:
                put(case)
    for case in CASES:
        case.harm(pool, case.name, stored.get(case.name, others))


def copy(scene: Scene, case: Case) -> None:
    """Copy this object; the last one brings all that are left."""
    prefix = "" if case is CASES[-1] else case.name
    if case.kind is large or not prefix:
        assert not scene.sync(case.name, prefix=prefix).failed


@pytest.fixture(scope="module")
def into(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """From a Swift into this Ceph, which is damaged then."""
    with make_scene(into_ceph=True) as made:
        made.fill([])
        assert not made.sync("intact").failed
        made.fill(CASES)
        harm(pool, lambda case: copy(made, case))
        for level in LEVELS:
            made.compare(level, level=level)
        made.sync("mend", copy_again=str(made.home / "content.jsonl"))
        made.compare("mended", level="content")
        yield made


@pytest.fixture(scope="module")
def out_of(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """From this Ceph, which is damaged before, into a Swift."""
    with make_scene(into_ceph=False) as made:
        made.fill([])
        harm(pool, partial(put, made, "source"))
        made.sync("check", check=True)
        made.sync("sync")
        made.sync("prune", prune=True, max_delete="100%")
        made.compare("compare", level="content")
        yield made


@pytest.fixture(scope="module")
def copied(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """The same, but all was copied before, manifests by somebody else."""
    with make_scene(into_ceph=False) as made:
        made.fill([])

        def put_and_copy(case: Case) -> None:
            put(made, "source", case)
            if case is CASES[-1]:
                assert not made.sync("intact").failed
                for each in CASES:
                    if each.kind is static:
                        put(made, "destination", each)
                before = made.compare("before", level="headers").result
                assert before["equal"] is True, before["differences"]

        harm(pool, put_and_copy)
        for level in LEVELS:
            made.compare(level, level=level)
        yield made


@pytest.fixture(scope="module")
def back(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """The way back from this Ceph, which has lost what was written to it since the cutover."""
    with make_scene(into_ceph=True) as made:
        made.fill([])
        assert not made.sync("intact").failed
        made.cut_over()
        next_second()
        harm(pool, partial(put, made, "destination"))
        made.rollback("check", check=True)
        made.rollback("back", max_delete="100%")
        yield made


def put(scene: Scene, side: str, case: Case) -> None:
    case.kind(scene.client(side), scene.container, case.name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_comparison_names_what_the_destination_has_lost(into: Scene, case: Case) -> None:
    for level, verdict in case.levels.items():
        run = into.runs[level]
        assert run.failed
        assert run.result["equal"] is False
        assert run.outcome(case.name) == verdict, level
        assert run.reason(case.name)


def test_what_was_found_is_copied_again_and_then_all_is_equal(into: Scene) -> None:
    assert not into.runs["mend"].failed, into.runs["mend"].result["msg"]
    assert into.runs["mended"].rows == {}
    assert into.runs["mended"].result["equal"] is True
    assert into.has_intact("destination")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_copy_names_what_the_source_has_lost_and_does_not_show_it(
    out_of: Scene, case: Case
) -> None:
    for label in ("sync", "prune"):
        run = out_of.runs[label]
        assert run.failed
        assert run.outcome(case.name) == case.outcome, label
        assert run.reason(case.name)
    assert case.name not in out_of.names()
    assert out_of.runs["compare"].result["equal"] is False
    assert out_of.runs["compare"].outcome(case.name) in FAULTS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_comparison_names_what_the_source_has_lost_since(copied: Scene, case: Case) -> None:
    for level, verdict in case.levels.items():
        run = copied.runs[level]
        assert run.failed
        assert run.result["equal"] is False
        assert run.outcome(case.name) == verdict, level
        assert "source" in run.reason(case.name) or verdict == "differ"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_way_back_names_what_was_lost_and_does_not_show_it(back: Scene, case: Case) -> None:
    run = back.runs["back"]
    assert run.failed
    assert run.outcome(case.name) == case.outcome
    assert run.reason(case.name)
    assert case.name not in back.names("source")


@pytest.mark.parametrize("scene", ["out_of", "back"])
def test_check_mode_names_what_a_head_can_show(scene: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(scene).runs["check"]
    assert run.failed
    for case in CASES:
        if case.harm is head_removed:
            assert run.outcome(case.name) == "unreadable"


def test_what_is_whole_is_copied(out_of: Scene, back: Scene) -> None:
    assert out_of.has_intact("destination")
    assert back.has_intact("source")
