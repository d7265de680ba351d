# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Ceph whose pool has lost or damaged what its index lists: it is named, on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.ceph.conftest import MakeScene
from tests.ceph.pool import HEAD, Pool
from tests.damage.kinds import body, dynamic, empty, plain, static
from tests.damage.scene import LEVELS, Scene
from tests.dataset.client import Client

SIZE = HEAD + (1 << 20)


def large(client: Client, container: str, name: str) -> None:
    """One that has a head and a tail."""
    client.put(container, name, body(name, SIZE))


@dataclass(frozen=True)
class Case:
    """One object, what is done to it in the pool, and how each run has to call it.

    :param harm: gets the pool, and the names of the object's tail, or of its segment.
    :param levels: what comparisons find when this Ceph is the destination.
    :param outcome: what a copy from this Ceph comes to.
    """

    name: str
    kind: Callable[[Client, str, str], None]
    harm: Callable[[Pool, str, list[str]], None]
    levels: dict[str, str]
    outcome: str


def head_removed(pool: Pool, name: str, _tails: list[str]) -> None:
    pool.remove(pool.head(name))


def tail_removed(pool: Pool, _name: str, tails: list[str]) -> None:
    pool.remove(tails[0])


def tail_truncated(pool: Pool, _name: str, tails: list[str]) -> None:
    pool.truncate(tails[0], 1000)


def tail_overwritten(pool: Pool, _name: str, tails: list[str]) -> None:
    pool.overwrite(tails[0], b"other bytes")


def head_overwritten(pool: Pool, name: str, _tails: list[str]) -> None:
    pool.overwrite(pool.head(name), b"other bytes")


def head_truncated(pool: Pool, name: str, _tails: list[str]) -> None:
    pool.truncate(pool.head(name), 10)


def segment_removed(pool: Pool, name: str, _tails: list[str]) -> None:
    pool.remove(pool.head(f"{name}/1"))


def segment_overwritten(pool: Pool, name: str, _tails: list[str]) -> None:
    pool.overwrite(pool.head(f"{name}/1"), b"other bytes")


GONE = {"headers": "unreadable", "content": "unreadable"}
SHORT = {"content": "error"}
OTHER = {"content": "differ"}

CASES = [
    Case("plain-head-removed", plain, head_removed, GONE, "unreadable"),
    Case("plain-head-overwritten", plain, head_overwritten, OTHER, "failed"),
    Case("plain-head-truncated", plain, head_truncated, SHORT, "failed"),
    Case("empty-head-removed", empty, head_removed, GONE | {"listing": "unreadable"}, "unreadable"),
    Case("large-head-removed", large, head_removed, GONE, "unreadable"),
    Case("large-tail-removed", large, tail_removed, SHORT, "failed"),
    Case("large-tail-truncated", large, tail_truncated, SHORT, "failed"),
    Case("large-tail-overwritten", large, tail_overwritten, OTHER, "failed"),
    Case("static-manifest-removed", static, head_removed, GONE, "unreadable"),
    Case("static-segment-removed", static, segment_removed, SHORT, "failed"),
    Case("static-segment-overwritten", static, segment_overwritten, OTHER, "failed"),
    Case("dynamic-segment-removed", dynamic, segment_removed, SHORT, "unreadable"),
    Case("dynamic-segment-overwritten", dynamic, segment_overwritten, OTHER, "failed"),
]


def harm(scene: Scene, pool: Pool, tails: dict[str, list[str]]) -> None:
    for case in CASES:
        case.harm(pool, case.name, tails[case.name])


@pytest.fixture(scope="module")
def into(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """From a Swift into this Ceph, which is damaged then."""
    with make_scene(into_ceph=True) as made:
        made.fill([])
        tails: dict[str, list[str]] = {}
        assert not made.sync("intact").failed
        for case in CASES:
            case.kind(made.client("source"), made.container, case.name)
            with pool.tails() as tails[case.name]:
                assert not made.sync(case.name, prefix=case.name).failed
        harm(made, pool, tails)
        for level in LEVELS:
            made.compare(level, level=level)
        made.sync("mend", copy_again=str(made.home / "content.jsonl"))
        made.compare("mended", level="content")
        yield made


@pytest.fixture(scope="module")
def out_of(make_scene: MakeScene, pool: Pool) -> Iterator[Scene]:
    """From this Ceph, which is damaged before, into a Swift."""
    with make_scene(into_ceph=False) as made:
        tails: dict[str, list[str]] = {}
        made.fill([])
        for case in CASES:
            with pool.tails() as tails[case.name]:
                case.kind(made.client("source"), made.container, case.name)
        harm(made, pool, tails)
        made.sync("check", check=True)
        made.sync("sync")
        made.sync("prune", prune=True, max_delete="100%")
        made.compare("compare", level="content")
        yield made


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
    assert out_of.runs["compare"].outcome(case.name) not in ("", "expired", "match")


def test_check_mode_names_what_a_head_can_show(out_of: Scene) -> None:
    run = out_of.runs["check"]
    assert run.failed
    for case in CASES:
        if "head-removed" in case.name or "manifest-removed" in case.name:
            assert run.outcome(case.name) == "unreadable"


def test_what_is_whole_is_copied(out_of: Scene) -> None:
    assert out_of.has_intact("destination")
