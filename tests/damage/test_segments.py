# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Containers of segments that are gone, and listings of segments that end early."""

from __future__ import annotations

import json

import pytest

from tests.damage.conftest import MakeScene
from tests.damage.kinds import dynamic, nested, segments_of, static
from tests.damage.proxies import proxies
from tests.damage.scene import FAULTS, INTACT, LEVELS
from tests.integration.faulty import is_listing
from tests.servers.access_log import Target
from tests.servers.faults import Edit

KINDS = {"static": static, "nested": nested, "dynamic": dynamic}


def test_a_container_of_segments_that_the_source_has_lost(make_scene: MakeScene) -> None:
    """Swift gives segments by their names also then, but does not list them any more."""
    with make_scene() as scene:
        scene.fill([])
        for name, put in KINDS.items():
            put(scene.client("source"), scene.container, name)
        whole = {name: scene.client("source").get(scene.container, name) for name in KINDS}
        scene.disk("source").database(segments_of(scene.container)).unlink()
        for label, options in (("sync", {}), ("prune", {"prune": True, "max_delete": "100%"})):
            run = scene.sync(label, **options)
            assert run.failed
            assert run.outcome("dynamic") in ("failed", "unreadable")
            assert scene.written[f"{label} source"] == []
        kept = scene.names() - {*INTACT}
        assert "dynamic" not in kept
        for name in kept:
            assert scene.client("destination").get(scene.container, name) == whole[name]
        run = scene.compare("compare", level="headers", ignore_extra=True)
        assert run.failed
        assert run.outcome("dynamic") in FAULTS


def test_a_container_of_segments_that_the_destination_has_lost(make_scene: MakeScene) -> None:
    with make_scene() as scene:
        scene.fill([])
        for name, put in KINDS.items():
            put(scene.client("source"), scene.container, name)
        assert not scene.sync("before").failed
        scene.disk("destination").database(segments_of(scene.container)).unlink()
        for level in LEVELS:
            run = scene.compare(level, level=level)
            assert run.failed
            assert run.result["equal"] is False
            assert run.outcome("dynamic") in FAULTS
        assert scene.has_intact("destination")


def ends_early(body: bytes) -> bytes:
    return json.dumps([row for row in json.loads(body) if not row["name"].endswith("/2")]).encode()


@pytest.mark.parametrize("copied", [False, True], ids=["first copy", "copied before"])
@pytest.mark.parametrize("prune", [False, True])
def test_a_listing_of_segments_that_ends_early(
    make_scene: MakeScene, copied: bool, prune: bool
) -> None:
    with make_scene() as scene, proxies(scene) as between:
        scene.fill([])
        dynamic(scene.client("source"), scene.container, "dynamic")
        if copied:
            assert not scene.sync("before").failed

        def of_segments(target: Target) -> bool:
            return is_listing(target) and target.container == segments_of(scene.container)

        rule = between.source.inject(Edit(ends_early), of_segments, times=None)
        run = scene.sync(prune=prune, max_delete="100%")
        assert rule.injected >= 1
        assert run.failed
        assert run.outcome("dynamic") == "failed"
        if copied:
            assert len(list(scene.client("destination").listing(segments_of(scene.container)))) == 3
        else:
            assert "dynamic" not in scene.names()
