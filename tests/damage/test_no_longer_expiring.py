# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects whose time of deletion was taken back at the source, and which are lost thereafter."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.object_headers import (
    CLOCKS,
)

from tests.damage import harm
from tests.damage.conftest import MakeScene
from tests.damage.harm import on_disk
from tests.damage.kinds import body
from tests.damage.scene import Scene

SECONDS = CLOCKS // 2
"""The time of deletion is near enough to count as come."""

BEFORE, AFTER = "lost before the next copy", "lost after the next copy"


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    """All is copied while it is to expire, which the source is told to forget then."""
    with make_scene() as made:
        made.fill([])
        old, container = made.client("source"), made.container
        until = int(time.time()) + SECONDS
        for name in (BEFORE, AFTER):
            old.put(container, name, body(name), {"X-Delete-At": str(until)})
        assert not made.sync("expiring").failed
        for name in (BEFORE, AFTER):
            old.post(container, name, {"X-Object-Meta-Colour": "red"})
            assert "x-delete-at" not in old.head(container, name)
        on_disk(harm.deleted)(made.disk("source"), container, BEFORE)
        made.sync("again")
        on_disk(harm.deleted)(made.disk("source"), container, AFTER)
        made.sync("late")
        made.compare("headers", level="headers")
        yield made


def test_a_copy_calls_it_unreadable(scene: Scene) -> None:
    for label in ("again", "late"):
        assert scene.runs[label].failed
        assert scene.runs[label].outcome(BEFORE) == "unreadable"
    assert scene.runs["again"].outcome(AFTER) == "refreshed"


def test_a_comparison_calls_it_unreadable(scene: Scene) -> None:
    run = scene.runs["headers"]
    assert run.result["equal"] is False
    assert {name: run.outcome(name) for name in (BEFORE, AFTER)} == dict.fromkeys(
        (BEFORE, AFTER), "unreadable"
    )
