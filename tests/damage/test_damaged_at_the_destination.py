# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the destination has lost or damaged since it was copied: named at each level, and mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.damage import harm
from tests.damage.conftest import MakeScene
from tests.damage.harm import on_disk, segment
from tests.damage.kinds import dynamic, empty, marker, nested, plain, static, streamed
from tests.damage.scene import LEVELS, RED, Case, Scene, every, fits

HEADS = dict.fromkeys(("headers", "content", "again"), "unreadable")
"""A listing cannot show that an object's file is gone."""

READ = {"content": "differ", "again": "unreadable"}
"""Only reading shows it; the server quarantines the file then."""

LISTED = dict.fromkeys((*LEVELS, "again"), RED)
LISTED_UNREADABLE = dict.fromkeys((*LEVELS, "again"), "unreadable")
MISSING = dict.fromkeys((*LEVELS, "again"), "missing")
EXTRA = dict.fromkeys((*LEVELS, "again"), "extra")
CLOSER = dict.fromkeys(("headers", "content", "again"), "differ")
BYTES = {"content": RED}
ASKED = {"headers": RED, "content": RED, "again": RED}
"""Each segment is asked for from the level of headers on."""

CASES = [
    Case("plain/deleted", plain, on_disk(harm.deleted), HEADS, "destination"),
    Case("plain/flipped", plain, on_disk(harm.flipped), READ, "destination"),
    Case("plain/overwritten", plain, on_disk(harm.overwritten), READ, "destination"),
    Case("plain/truncated", plain, on_disk(harm.truncated), HEADS, "destination"),
    Case("plain/emptied", plain, on_disk(harm.emptied), HEADS, "destination"),
    Case("plain/quarantined", plain, on_disk(harm.quarantined), HEADS, "destination"),
    Case("plain/metadata", plain, on_disk(harm.without_metadata), HEADS, "destination"),
    Case("plain/ghost", plain, harm.ghost, HEADS, "destination"),
    Case("plain/put back", plain, harm.put_back, LISTED_UNREADABLE, "destination: its listing"),
    Case("plain/removed", plain, harm.removed, MISSING),
    Case("plain/changed", plain, harm.changed, LISTED, "hash"),
    Case("plain/changed, unlisted", plain, harm.changed_unlisted, CLOSER, "hash"),
    Case("plain/short-lived", plain, harm.short_lived, CLOSER, "x-delete-at"),
    Case("plain/relabelled", plain, harm.relabelled, CLOSER, "x-object-meta-patient"),
    Case("streamed/deleted", streamed, on_disk(harm.deleted), HEADS, "destination"),
    Case("streamed/flipped", streamed, on_disk(harm.flipped), READ, "destination"),
    Case("empty/deleted", empty, on_disk(harm.deleted), LISTED_UNREADABLE, "destination"),
    Case("marker/deleted", marker, on_disk(harm.deleted), LISTED_UNREADABLE, "destination"),
    Case("static/manifest deleted", static, on_disk(harm.deleted), HEADS, "destination"),
    Case("static/deleted", static, segment(harm.deleted), ASKED, "/1"),
    Case("static/flipped", static, segment(harm.flipped), BYTES, "destination"),
    Case("static/replaced", static, harm.segment_replaced, LISTED, "/1"),
    Case("static/removed", static, harm.segment_removed, LISTED, "/1"),
    Case("nested/inner deleted", nested, segment(harm.deleted, "inner"), ASKED, "/inner"),
    Case("nested/deleted", nested, segment(harm.deleted), ASKED, "/1"),
    Case("dynamic/manifest deleted", dynamic, on_disk(harm.deleted), LISTED_UNREADABLE),
    Case("dynamic/deleted", dynamic, segment(harm.deleted), ASKED, "/1"),
    Case("dynamic/removed", dynamic, harm.segment_removed, LISTED, "bytes"),
    Case("dynamic/replaced", dynamic, harm.segment_replaced, LISTED, "hash"),
    Case("dynamic/unlisted", dynamic, harm.segment_unlisted, LISTED, "bytes"),
]


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made:
        made.fill(CASES)
        assert not made.sync("before").failed
        made.damage(CASES, "destination")
        for level in LEVELS:
            made.compare(level, level=level)
        made.compare("again", level="headers", sample="100%")
        made.sync("mend", copy_again=str(made.home / "content.jsonl"))
        made.compare("mended", level="content")
        yield made


@every(CASES)
def test_it_is_named_by(scene: Scene, case: Case, label: str, outcome: str) -> None:
    run = scene.runs[label]
    assert run.failed
    assert run.result["equal"] is False
    assert fits(run.outcome(case.name), outcome)
    assert case.words in run.reason(case.name)


@pytest.mark.parametrize("level", LEVELS)
def test_no_other_object_is_named(scene: Scene, level: str) -> None:
    assert set(scene.runs[level].rows) <= {case.name for case in CASES}


def test_what_was_found_is_copied_again_and_then_all_is_equal(scene: Scene) -> None:
    assert not scene.runs["mend"].failed, scene.runs["mend"].result["msg"]
    assert scene.runs["mended"].rows == {}
    assert scene.runs["mended"].result["equal"] is True
    assert scene.has_intact("destination")


def test_the_comparisons_wrote_nothing_and_the_source_was_only_read(scene: Scene) -> None:
    for label in (*LEVELS, "again"):
        assert scene.written[f"{label} destination"] == []
    for label in scene.runs:
        assert scene.written[f"{label} source"] == []
