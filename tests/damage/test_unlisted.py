# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing that has lost an object, which its server gives and counts no more: it is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import body, plain
from tests.damage.scene import Run, Scene
from tests.integration.pair import AGE, next_second
from tests.servers.lab import Cluster

UNLISTED, GONE = "unlisted", "gone"


@pytest.fixture
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made:
        old = made.client("source")
        old.age = AGE
        made.fill([])
        for name in (UNLISTED, GONE):
            plain(old, made.container, name)
        assert not made.sync("before").failed
        yield made


def harm(scene: Scene, side: Cluster) -> None:
    """Let one object leave the listing only, and another one the container."""
    scene.disk(side).drop_row(scene.container, UNLISTED)
    scene.client(side).delete(scene.container, GONE)


def check_told(scene: Scene, run: Run, side: str) -> None:
    """The one was left alone and named, the other was deleted."""
    assert not run.failed, run.result["msg"]
    assert run.result["objects"]["unlisted"] == run.result["objects"]["deleted"] == 1
    assert run.result["unlisted"] == [UNLISTED]
    where = f"container '{scene.container}' of the {side} gives but does not list"
    assert where in run.result["notice"]
    assert UNLISTED in run.result["notice"]


def test_a_copy_with_prune_leaves_it_alone_and_names_it(scene: Scene) -> None:
    harm(scene, "source")
    for check in (True, False):
        run = scene.sync(f"prune {check}", prune=True, max_delete="100%", check=check)
        check_told(scene, run, "source")
    assert run.outcome(UNLISTED) == "unlisted"
    assert scene.client("destination").get(scene.container, UNLISTED) == body(UNLISTED)
    assert GONE not in scene.names()


def test_the_way_back_leaves_it_alone_and_names_it(scene: Scene) -> None:
    next_second()
    scene.cut_over()
    harm(scene, "destination")
    for check in (True, False):
        run = scene.rollback(f"back {check}", max_delete="100%", check=check)
        check_told(scene, run, "destination")
    assert run.outcome(UNLISTED) == "unlisted"
    assert scene.client("source").get(scene.container, UNLISTED) == body(UNLISTED)
    assert GONE not in scene.names("source")
