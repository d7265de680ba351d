# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A listing that ends early is not believed: the server counts more than it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.comparison.findings import Compare, outcomes
from tests.integration.faulty import Faulty, is_listing
from tests.integration.pair import counts, fill
from tests.servers.faults import Edit

PAGES = 2
"""Pages of a listing that shows something: the last one is empty."""


def early_end(at: str) -> Edit:
    """Pages without the names from ``at`` on: the next one is empty, as at a listing's end."""

    def cut(body: bytes) -> bytes:
        return json.dumps([row for row in json.loads(body) if row["name"] < at]).encode()

    return Edit(cut)


@pytest.fixture
def half_copied(faulty: Faulty) -> Faulty:
    """A pair of which only the first half is at the destination."""
    fill(faulty, 10)
    assert counts(faulty.sync()) == {"copied": 10}
    for index in range(10, 20):
        faulty.source.put(faulty.name, f"data/{index:04}", b"not copied")
    return faulty


@pytest.mark.parametrize("ignore_extra", [True, False])
def test_a_source_whose_listing_ends_early_is_not_equal(
    half_copied: Faulty, compare_faulty: Compare, tmp_path: Path, ignore_extra: bool
) -> None:
    cut = half_copied.here.inject(early_end("data/0010"), is_listing, times=None)
    proof = tmp_path / "proof.json"
    result = compare_faulty(ignore_extra=ignore_extra, proof=str(proof))
    assert cut.injected == 2 * PAGES  # it was asked once more
    assert result["failed"]
    assert (
        f"the listing of container '{half_copied.name}' of the source shows 10 objects, "
        "its server counts 20" in result["msg"]
    )
    for told in (result, json.loads(proof.read_text())):
        assert (told["equal"], told["complete"]) == (False, False)
        assert "sha256" not in told["source"]


def test_a_listing_that_ends_early_once_is_read_again(
    half_copied: Faulty, compare_faulty: Compare, tmp_path: Path
) -> None:
    cut = half_copied.here.inject(early_end("data/0010"), is_listing, times=PAGES)
    report = tmp_path / "report.jsonl"
    result = compare_faulty(report=str(report))
    assert cut.injected == PAGES
    assert outcomes(result) == {"match": 10, "missing": 10}
    assert len(report.read_text().splitlines()) == 10


def test_a_destination_whose_listing_ends_early_may_hide_what_is_extra(
    half_copied: Faulty, compare_faulty: Compare
) -> None:
    half_copied.sync()
    for index in range(5):
        half_copied.destination.put(half_copied.name, f"extra/{index}", b"1")
    cut = half_copied.there.inject(early_end("extra/"), is_listing, times=None)
    result = compare_faulty()
    assert cut.injected == 2 * PAGES
    assert result["failed"]
    assert "of the destination shows 20 objects, its server counts 25" in result["msg"]
    assert compare_faulty(ignore_extra=True)["equal"] is True
