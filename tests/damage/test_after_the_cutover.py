# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The new server loses objects while it is in use: neither proof nor way back is green."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.damage import harm
from tests.damage.conftest import MakeScene
from tests.damage.harm import on_disk, replaced, segment
from tests.damage.kinds import body, dynamic, empty, plain, static, streamed
from tests.damage.scene import LEVELS, RED, Case, Scene, every, fits
from tests.integration.pair import AGE, next_second

HEADS = dict.fromkeys(("headers", "content", "once more"), "unreadable")
LISTED = dict.fromkeys((*LEVELS, "once more"), "unreadable")
READ = {"content": "differ", "once more": "unreadable"}
ASKED = {"headers": RED, "content": RED, "once more": RED}

COPIED = [
    Case("copied/deleted", plain, on_disk(harm.deleted), HEADS, "destination"),
    Case("copied/quarantined", plain, on_disk(harm.quarantined), HEADS, "destination"),
    Case("copied/truncated", plain, on_disk(harm.truncated), HEADS, "destination"),
    Case("copied/flipped", plain, on_disk(harm.flipped), READ, "destination"),
    Case("copied/streamed flipped", streamed, on_disk(harm.flipped), READ, "destination"),
    Case("copied/empty deleted", empty, on_disk(harm.deleted), LISTED, "destination"),
    Case("copied/static deleted", static, segment(harm.deleted), ASKED, "/1"),
    Case("copied/dynamic deleted", dynamic, segment(harm.deleted), ASKED, "/1"),
]
"""The migration has brought these, and the application has not touched them."""

BACK = dict.fromkeys(("back, check", "back", "back again"), "unreadable")
PARTS = {**BACK, "back, check": ""}

WRITTEN = [
    Case("written/deleted", plain, on_disk(harm.deleted), BACK, "answers 404"),
    Case("written/flipped", plain, on_disk(harm.flipped), BACK, "404"),
    Case("written/truncated", plain, on_disk(harm.truncated), BACK, "answers 404"),
    Case("written/ghost", plain, harm.ghost, BACK, "answers 404"),
    Case("written/empty deleted", empty, on_disk(harm.deleted), BACK, "answers 404"),
    Case("written/static deleted", static, segment(harm.deleted), PARTS, "/1' of"),
    Case("written/dynamic deleted", dynamic, segment(harm.deleted), PARTS, "/1' of"),
]
"""The application has written these."""

REPLACED = [
    Case("replaced/deleted", plain, replaced(on_disk(harm.deleted)), BACK, "answers 404"),
    Case("replaced/flipped", plain, replaced(on_disk(harm.flipped)), BACK, "404"),
    Case("replaced/put back", plain, harm.put_back, BACK, "older version"),
]
"""The migration has brought these, and the application has replaced them."""

UNLISTED = "unlisted/whole"
"""The new server has it, but its listing has lost it."""


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene() as made:
        old, new = made.client("source"), made.client("destination")
        old.age = AGE
        made.fill([*COPIED, *REPLACED])
        plain(old, made.container, UNLISTED)
        old.age = 0
        assert not made.sync("before").failed
        next_second()
        made.cut_over()
        next_second()
        for case in WRITTEN:
            case.kind(new, made.container, case.name)
        made.damage([*COPIED, *WRITTEN, *REPLACED], "destination")
        for level in LEVELS:
            made.compare(level, level=level)
        made.compare("once more", level="headers")
        made.disk("destination").drop_row(made.container, UNLISTED)
        made.rollback("back, check", check=True)
        made.rollback("back", max_delete="100%")
        made.rollback("back again", max_delete="100%")
        yield made


@every([*COPIED, *WRITTEN, *REPLACED])
def test_it_is_named_by(scene: Scene, case: Case, label: str, outcome: str) -> None:
    run = scene.runs[label]
    assert run.failed
    assert fits(run.outcome(case.name), outcome)
    if outcome:
        assert case.words in run.reason(case.name)


@pytest.mark.parametrize("level", [*LEVELS, "once more"])
def test_a_proof_that_has_failed_stays_red_and_calls_nothing_deleted(
    scene: Scene, level: str
) -> None:
    assert scene.runs[level].result["equal"] is False
    assert scene.runs[level].result["deleted"] == []


def test_the_old_container_keeps_what_it_has(scene: Scene) -> None:
    for case in REPLACED:
        assert scene.client("source").get(scene.container, case.name) == body(case.name)
    assert scene.has_intact("source")
    assert {case.name for case in COPIED} <= scene.names("source")


def test_what_the_new_listing_has_lost_is_not_deleted_from_the_old_container(scene: Scene) -> None:
    assert scene.client("source").get(scene.container, UNLISTED) == body(UNLISTED)
    deletes = [line for line in scene.written["back source"] if line.startswith("DELETE ")]
    assert [line for line in deletes if not line.startswith("DELETE _")] == []


def test_the_way_back_only_reads_the_new_container(scene: Scene) -> None:
    for label in ("back, check", "back", "back again"):
        assert scene.written[f"{label} destination"] == []
