# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The old server has lost or damaged what was never copied: no run is green, each name is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.damage import harm
from tests.damage.conftest import MakeScene
from tests.damage.harm import on_disk, segment
from tests.damage.kinds import dynamic, empty, expiring, marker, nested, plain, static, streamed
from tests.damage.scene import FAULTS, INTACT, LEVELS, RED, Case, Scene, every, fits

UNREADABLE = dict.fromkeys(("check", "first", "again", "prune", *LEVELS), "unreadable")
"""Every run names it, in check mode too."""

SEEN_BY_READING = {**UNREADABLE, "check": ""}
"""The server notices it when the bytes are read, and quarantines the file then."""

PARTS = dict.fromkeys(("first", "again", "prune"), "unreadable") | dict.fromkeys(LEVELS, RED)
"""A HEAD of the object does not show it; the destination does not get the object."""

WRONG = PARTS | dict.fromkeys(("first", "again", "prune"), "failed")
"""The bytes can be read, but are not those of the manifest."""

SEEN_AT_LAST = {run: outcome for run, outcome in UNREADABLE.items() if run != "check"}
"""The bit decides whether a check can read the manifest, which releases write differently."""

CASES = [
    Case("plain/deleted", plain, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("plain/flipped", plain, on_disk(harm.flipped), SEEN_BY_READING, "404"),
    Case("plain/overwritten", plain, on_disk(harm.overwritten), SEEN_BY_READING, "404"),
    Case("plain/truncated", plain, on_disk(harm.truncated), UNREADABLE, "answers 404"),
    Case("plain/emptied", plain, on_disk(harm.emptied), UNREADABLE, "answers 404"),
    Case("plain/grown", plain, on_disk(harm.grown), UNREADABLE, "answers 404"),
    Case("plain/quarantined", plain, on_disk(harm.quarantined), UNREADABLE, "answers 404"),
    Case("plain/metadata", plain, on_disk(harm.without_metadata), UNREADABLE, "answers 404"),
    Case("plain/ghost", plain, harm.ghost, UNREADABLE, "answers 404"),
    Case("plain/put back", plain, harm.put_back, UNREADABLE, "older version"),
    Case("streamed/deleted", streamed, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("streamed/flipped", streamed, on_disk(harm.flipped), SEEN_BY_READING, "404"),
    Case("streamed/truncated", streamed, on_disk(harm.truncated), UNREADABLE, "answers 404"),
    Case("expiring/deleted", expiring, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("empty/deleted", empty, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("marker/deleted", marker, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("odd/ü\n'\"%2F\\ deleted", plain, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("static/manifest deleted", static, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("static/manifest flipped", static, on_disk(harm.flipped), SEEN_AT_LAST, "404"),
    Case("static/deleted", static, segment(harm.deleted), PARTS, "/1' of"),
    Case("static/flipped", static, segment(harm.flipped), PARTS, "/1' of"),
    Case("static/truncated", static, segment(harm.truncated), PARTS, "/1' of"),
    Case("static/quarantined", static, segment(harm.quarantined), PARTS, "/1' of"),
    Case("static/replaced", static, harm.segment_replaced, WRONG, "/1"),
    Case("static/removed", static, harm.segment_removed, WRONG, "/1"),
    Case("nested/manifest deleted", nested, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("nested/inner deleted", nested, segment(harm.deleted, "inner"), PARTS, "/inner"),
    Case("nested/deleted", nested, segment(harm.deleted), PARTS, "/1' of"),
    Case("dynamic/manifest deleted", dynamic, on_disk(harm.deleted), UNREADABLE, "answers 404"),
    Case("dynamic/deleted", dynamic, segment(harm.deleted), PARTS, "/1' of"),
    Case("dynamic/flipped", dynamic, segment(harm.flipped), PARTS, "/1' of"),
]


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made:
        made.fill(CASES)
        made.client("destination").put(made.container, "stays", b"what the source never had")
        made.damage(CASES, "source")
        made.sync("check", check=True, accept_extra=True)
        made.sync("first", accept_extra=True)
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


@pytest.mark.parametrize("label", ["first", "again", "prune", *LEVELS])
def test_the_number_of_names_is_told_and_one_of_them(scene: Scene, label: str) -> None:
    run = scene.runs[label]
    counted = run.result["objects"]
    assert sum(counted.get(outcome, 0) for outcome in {"failed", *FAULTS}) == len(CASES)
    assert any(case.name in run.result["msg"] for case in CASES)


def test_what_is_whole_was_copied_and_nothing_else_is_to_be_seen(scene: Scene) -> None:
    assert scene.names() == {*INTACT, "stays"}
    assert scene.has_intact("destination")


def test_nothing_was_deleted_and_the_source_was_only_read(scene: Scene) -> None:
    for label in scene.runs:
        assert scene.written[f"{label} source"] == []
        asked = scene.written[f"{label} destination"]
        assert [line for line in asked if line.startswith("DELETE") and " _" not in line] == []
    assert scene.has_intact("source")
