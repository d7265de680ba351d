# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was copied, changed at the source since, and lost there: the old copy is no migration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.damage import harm
from tests.damage.conftest import MakeScene
from tests.damage.disk import Disk
from tests.damage.harm import on_disk, replaced, segment
from tests.damage.kinds import body, dynamic, expiring, plain, segments_of, static
from tests.damage.scene import LEVELS, RED, Case, Scene, every, fits
from tests.integration.pair import AGE

SYNCS = ("check", "sync", "again", "prune")
UNREADABLE = dict.fromkeys((*SYNCS, *LEVELS), "unreadable")
SEEN_BY_READING = {**UNREADABLE, "check": ""}
PARTS = dict.fromkeys(SYNCS[1:], "unreadable") | dict.fromkeys(LEVELS, RED)
LOOKED = {
    verdict: dict.fromkeys(("headers", "content"), verdict) for verdict in ("unreadable", "differ")
}
"""The listings of both sides show what was copied."""


def with_a_lost_segment(disk: Disk, container: str, name: str) -> None:
    """It gets one segment more, which is lost."""
    disk.client.put(segments_of(container), f"{name}/9", body(f"{name}/9", 1000))
    segment(harm.deleted, "9")(disk, container, name)


def remade(disk: Disk, container: str, name: str) -> None:
    """A static one is put again with a segment replaced, which is lost."""
    static(disk.client, container, name)
    disk.client.put(segments_of(container), f"{name}/1", body("another", 1000))
    static_manifest(disk, container, name)
    segment(harm.deleted)(disk, container, name)


def static_manifest(disk: Disk, container: str, name: str) -> None:
    paths = ", ".join(f'{{"path": "/{segments_of(container)}/{name}/{part}"}}' for part in range(3))
    disk.client.put(container, name, f"[{paths}]".encode(), query="multipart-manifest=put")


CASES = [
    Case("plain/deleted", plain, replaced(on_disk(harm.deleted)), UNREADABLE, "answers 404"),
    Case("plain/flipped", plain, replaced(on_disk(harm.flipped)), SEEN_BY_READING, "404"),
    Case("plain/truncated", plain, replaced(on_disk(harm.truncated)), UNREADABLE, "answers 404"),
    Case("plain/quarantined", plain, replaced(on_disk(harm.quarantined)), UNREADABLE, "404"),
    Case("plain/put back", plain, harm.put_back, UNREADABLE, "older"),
    Case("expiring/deleted", expiring, on_disk(harm.deleted), LOOKED["unreadable"], "source"),
    Case("plain/changed, unlisted", plain, harm.changed_unlisted, LOOKED["differ"], "hash"),
    Case("static/deleted", static, remade, PARTS, "/1' of"),
    Case(
        "dynamic/one more, deleted",
        dynamic,
        with_a_lost_segment,
        {**PARTS, "check": "unreadable"},
        "/9' of",
    ),
    Case(
        "dynamic/segment unlisted",
        dynamic,
        harm.segment_unlisted,
        dict.fromkeys(SYNCS, "failed") | dict.fromkeys(LEVELS, RED),
        "segment 'dynamic/segment unlisted/1'",
    ),
]


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made:
        made.client("source").age = AGE  # the copies are younger beyond doubt
        made.fill(CASES)
        made.client("source").age = 0
        assert not made.sync("before").failed
        made.damage(CASES, "source")
        made.sync("check", check=True)
        made.sync("sync")
        made.sync("again")
        made.sync("prune", prune=True, max_delete="100%")
        for level in LEVELS:
            made.compare(level, level=level, ignore_extra=True)
        yield made


@every(CASES)
def test_it_is_named_by(scene: Scene, case: Case, label: str, outcome: str) -> None:
    run = scene.runs[label]
    assert run.failed
    assert fits(run.outcome(case.name), outcome)
    if label not in LEVELS and outcome in ("unreadable", "failed"):
        assert case.words in run.reason(case.name)


@pytest.mark.parametrize("level", LEVELS)
def test_no_comparison_calls_what_is_not_equal_equal(scene: Scene, level: str) -> None:
    run = scene.runs[level]
    assert run.result["equal"] is False
    assert set(run.rows) <= {case.name for case in CASES}


def test_the_old_copies_are_still_there(scene: Scene) -> None:
    client = scene.client("destination")
    for case in CASES:
        if case.kind is plain:
            assert client.get(scene.container, case.name) == body(case.name)
    assert scene.has_intact("destination")


def test_the_source_was_only_read(scene: Scene) -> None:
    for label in scene.runs:
        assert scene.written[f"{label} source"] == []
