# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A Ceph whose pool has lost or damaged what its index lists: a comparison names it."""

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
    """

    name: str
    kind: Callable[[Client, str, str], None]
    harm: Callable[[Pool, str, list[str]], None]
    levels: dict[str, str]


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
SHORT = {"content": "unreadable"}
OTHER = {"content": "differ"}

CASES = [
    Case("plain-head-removed", plain, head_removed, GONE),
    Case("plain-head-overwritten", plain, head_overwritten, OTHER),
    Case("plain-head-truncated", plain, head_truncated, SHORT),
    Case("empty-head-removed", empty, head_removed, GONE | {"listing": "unreadable"}),
    Case("large-head-removed", large, head_removed, GONE),
    Case("large-tail-removed", large, tail_removed, SHORT),
    Case("large-tail-truncated", large, tail_truncated, SHORT),
    Case("large-tail-overwritten", large, tail_overwritten, OTHER),
    Case("static-manifest-removed", static, head_removed, GONE),
    Case("static-segment-removed", static, segment_removed, SHORT),
    Case("static-segment-overwritten", static, segment_overwritten, OTHER),
    Case("dynamic-segment-removed", dynamic, segment_removed, SHORT),
    Case("dynamic-segment-overwritten", dynamic, segment_overwritten, OTHER),
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
