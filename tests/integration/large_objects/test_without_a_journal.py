# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A second run on a mover that has lost its journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.large_objects.manifests import (
    lost_journal,
    put_dynamic,
    put_manifest,
    put_segments,
)
from tests.integration.pair import Pair, counts


def test_without_a_journal_a_static_one_is_asked_about_and_not_copied(
    pair: Pair, tmp_path: Path
) -> None:
    with pair.earlier():
        put_manifest(pair, "o", put_segments(pair, 3, "o", pair.name + "_segments"))
    pair.sync()
    results: list[dict[str, Any]] = []
    _here, there = pair.requests(lambda: results.append(pair.sync(**lost_journal(tmp_path))))
    assert counts(results[0]) == {"kept": 1}
    assert {line.split()[0] for line in there} <= {"HEAD", "GET"}


def test_a_segment_lost_at_the_destination_comes_back(pair: Pair, tmp_path: Path) -> None:
    container = pair.name + "_segments"
    put_manifest(pair, "o", put_segments(pair, 2, "o", container))
    pair.sync()
    pair.destination.delete(container, "o/0001")
    result = pair.sync(**lost_journal(tmp_path))
    assert result["segments"] == {"copied": 1, "bytes": 1000, "deleted": 0}
    assert pair.differences() == []


def test_a_segment_added_before_the_journal_was_lost_is_found_once(
    pair: Pair, tmp_path: Path
) -> None:
    with pair.earlier():
        container = put_dynamic(pair, "dynamic")
        pair.source.put(pair.name, "empty", b"")
        pair.sync()
        pair.source.put(container, "d/0002", b"late")
    new = lost_journal(tmp_path)
    result = pair.sync(**new)
    assert result["segments"] == {"copied": 1, "bytes": 4, "deleted": 0}
    assert pair.differences() == []
    assert pair.requests(lambda: pair.sync(**new)) == ([], [])
