# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A reverse proxy before the destination that changes names: found before the first object."""

from __future__ import annotations

import re

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import body, plain
from tests.damage.proxies import proxies
from tests.integration.faulty import asks
from tests.servers.access_log import Target
from tests.servers.faults import Call, Rewrite, merged_slashes

CHANGES = [
    ("a//b", "a/b", merged_slashes()),
    ("a/./b", "a/b", Rewrite(lambda path: path.replace("/./", "/"))),
    ("a\\b", "a/b", Rewrite(lambda path: path.replace("%5C", "/"))),
    ("a%2Fb", "a/b", Rewrite(lambda path: path.replace("%252F", "/"))),
    ("a/b/", "a/b", Rewrite(lambda path: re.sub("(/[^/]+/[^/]+/.+?)/$", r"\1", path))),
]


@pytest.mark.parametrize("prune", [False, True])
@pytest.mark.parametrize(("name", "other", "rewrite"), CHANGES, ids=[each[0] for each in CHANGES])
def test_both_objects_are_named_before_either_is_written(
    make_scene: MakeScene, name: str, other: str, rewrite: Rewrite, prune: bool
) -> None:
    with make_scene() as scene, proxies(scene) as between:
        for each in (name, other):
            plain(scene.client("source"), scene.container, each)
        between.destination.inject(rewrite, lambda _target: True, times=None)
        run = scene.sync(prune=prune)
        assert run.failed
        assert (
            f"{name!r} would be stored as {other!r}, where the source has another"
            in (run.result["msg"])
        )
        assert scene.names() <= {other}
        if other in scene.names():  # it came first
            assert scene.client("destination").get(scene.container, other) == body(other)
        assert scene.written["sync source"] == []


def test_what_a_run_has_put_in_the_place_of_an_older_object_is_not_deleted_by_it(
    make_scene: MakeScene,
) -> None:
    """The proxy begins to change names after the scratch objects have passed."""
    with make_scene() as scene, proxies(scene) as between:
        old, new = scene.client("source"), scene.client("destination")
        plain(old, scene.container, "a/b")
        assert not scene.sync("before").failed
        old.delete(scene.container, "a/b")
        plain(old, scene.container, "a//b")
        plain(old, scene.container, "c")

        def merged(target: Target) -> bool:
            return target.name == "a//b"

        between.destination.inject(merged_slashes(), merged, times=None)
        run = scene.sync(prune=True, max_delete="100%")
        assert run.failed
        assert run.outcome("a/b") == "failed"
        assert "was written while this run went on" in run.reason("a/b")
        assert new.get(scene.container, "a/b") == body("a//b")


def test_what_somebody_writes_while_a_run_goes_on_is_left_to_the_next(
    make_scene: MakeScene,
) -> None:
    with make_scene() as scene, proxies(scene) as between:
        old, new = scene.client("source"), scene.client("destination")
        for name in ("gone", "stays", "zebra"):
            plain(old, scene.container, name)
        assert not scene.sync("before").failed
        for name in ("gone", "stays"):
            old.delete(scene.container, name)
        plain(old, scene.container, "new")

        def write() -> None:
            new.put(scene.container, "stays", b"written meanwhile")

        between.source.inject(Call(function=write), asks("GET", "new"))
        run = scene.sync(prune=True, max_delete="100%")
        assert run.failed
        assert run.outcome("stays") == "failed"
        assert scene.names() == {"new", "stays", "zebra"}
        assert new.get(scene.container, "stays") == b"written meanwhile"
        again = scene.sync("again", prune=True, max_delete="100%")
        assert not again.failed
        assert scene.names() == {"new", "zebra"}
