# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects that the destination's server deletes at their time, between listing and count."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import body, plain
from tests.damage.proxies import proxies
from tests.damage.scene import INTACT, Run, Scene
from tests.integration.faulty import asks
from tests.servers.access_log import Target
from tests.servers.faults import Call

SECONDS = 10
WAIT = 60.0
COPIED, KEPT, EXTRA = FADING = ("fading/copied", "fading/kept", "fading/extra")


def put(scene: Scene, name: str) -> None:
    after = {"X-Delete-After": str(SECONDS)}
    scene.client("source").put(scene.container, name, body(name), after)


@pytest.fixture
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    """One of these objects is to be copied, one is there, one has left the source's listing."""
    with make_scene() as made:
        made.fill([])
        plain(made.client("source"), made.container, "lost")
        put(made, KEPT)
        put(made, EXTRA)
        assert not made.sync("before").failed
        made.disk("source").drop_row(made.container, EXTRA)
        put(made, COPIED)
        yield made


def counted_after(scene: Scene, lost: str = "") -> Run:
    """Copy, and let the count wait until the destination has deleted what has expired.

    :param lost: an object that goes as well, though its time has not come.
    """
    with proxies(scene) as between:
        new = between.destination

        def is_count(target: Target) -> bool:
            head = target.method == "HEAD" and target.container == scene.container
            return head and not target.name and new.count(asks("PUT", COPIED)) > 0

        def expire() -> None:
            until = time.monotonic() + WAIT
            while scene.names().intersection(FADING):
                assert time.monotonic() < until
                time.sleep(0.2)
            if lost in scene.names():
                scene.client("destination").delete(scene.container, lost)

        rule = new.inject(Call(function=expire), is_count, times=None)
        run = scene.sync("counted")
    assert rule.injected >= 1
    assert not scene.names().intersection(FADING)
    assert {kind: number for kind, number in run.result["objects"].items() if number} == {
        "copied": 1,
        "kept": len(INTACT) + 2,
        "extra": 1,
    }
    return run


def test_what_expired_is_not_missed(scene: Scene) -> None:
    run = counted_after(scene)
    assert not run.failed, run.result["msg"]
    assert run.result["counted"]["destination"]["objects"] == len(INTACT) + 1


def test_what_is_lost_besides_is_missed(scene: Scene) -> None:
    run = counted_after(scene, "lost")
    assert run.failed
    assert "1 fewer than were found there and put there" in run.result["msg"]
