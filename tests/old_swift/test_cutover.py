# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""An application is taken from the old Swift itself to the new storage, and back."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.playbooks.cutover import Cutover
from tests.integration.playbooks.test_cutover import FILES, upload
from tests.integration.playbooks.test_verify import verify

EVERYTHING = {"migrate_data_level": "content", "migrate_data_sample": "100%"}


def test_a_cutover_and_the_way_back_are_proved(cutover: Cutover) -> None:
    upload(cutover)
    there = cutover.migrate(**EVERYTHING)
    assert there.status == 0, there.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert cutover.files == FILES
    proved = proof(cutover)
    assert (proved["equal"], proved["complete"]) == (True, True)
    assert proved["objects"]["match"] == proved["sampled"] >= len(FILES)

    replaced, deleted, *_rest = sorted(FILES)
    changed = {**FILES, "feed_9/new": b"written there", replaced: b"replaced there"}
    del changed[deleted]
    cutover.api.upload("feed_9/new", changed["feed_9/new"])
    cutover.api.replace(replaced, changed[replaced])
    cutover.api.delete(deleted)
    back = cutover.rollback()
    assert back.status == 0, back.output
    assert (cutover.phase, cutover.storage) == ("rolled-back", cutover.old)
    assert cutover.files == changed
    assert stored(cutover) == changed
    # The application's worker goes on writing to the old storage, elsewhere.
    verified = verify(cutover.controller, **EVERYTHING, migrate_data_prefix="feed_")
    assert verified.status == 0, verified.output
    proved = proof(cutover)
    assert (proved["equal"], proved["phase"]) == (True, "rolled-back")
    assert proved["objects"]["match"] == len(changed)


def proof(cutover: Cutover) -> dict[str, Any]:
    """What the last comparison has left on the controller."""
    read: dict[str, Any] = json.loads((cutover.controller.home / "proof.json").read_text())
    return read


def stored(cutover: Cutover) -> dict[str, bytes]:
    """What the old Swift gives back itself, but for what the application's worker writes."""
    names = [row["name"] for row in cutover.source.listing(cutover.old)]
    return {
        name: cutover.source.get(cutover.old, name)
        for name in names
        if not name.startswith("results/")
    }
