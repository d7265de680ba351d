# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a comparison found damaged stays a fault until it is found repaired."""

from __future__ import annotations

import itertools
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.sample import Sample

from tests.integration.comparison.findings import Compare, Enter, lose, outcomes, rot
from tests.integration.pair import Pair, counts, fill

DAMAGED = "x-container-meta-migration-damaged"
LOST = b"an object that is going to be lost"


def seed(names: list[str], name: str, *, has: bool) -> str:
    """One that draws the name as the only one of 1%, or draws another."""
    for number in itertools.count():
        sample = Sample("1%", str(number))
        if any(sample.has(each) for each in names):
            continue
        for each in names:
            sample.offer(each, 0)
        [(drawn, _mark)] = sample.rest()
        if (drawn == name) is has:
            return str(number)
    raise AssertionError


def test_what_one_sample_found_damaged_fails_the_next_one_until_it_is_copied_again(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 30)
    assert counts(pair.sync()) == {"copied": 30}
    rot(pair)
    with_it, without = (seed(pair.names(), "data/0004", has=has) for has in (True, False))
    report = str(tmp_path / "differences.jsonl")

    def look(seed: str, level: str = "content", *, check: bool = False) -> list[str]:
        result = compare(level=level, sample="1%", seed=seed, report=report, check=check)
        assert result["equal"] is not result.get("failed", False)
        return [each["name"] for each in result["differences"]]

    assert look(without) == []
    assert look(with_it, check=True) == ["data/0004"]
    assert DAMAGED not in pair.destination.head(pair.name)
    assert look(with_it) == ["data/0004"]
    assert DAMAGED in pair.destination.head(pair.name)
    assert look(without) == look(without, "listing") == ["data/0004"]
    assert counts(pair.sync(copy_again=report)) == {"kept": 29, "replaced": 1}
    assert look(without) == []
    assert not [header for header in pair.destination.head(pair.name) if DAMAGED in header]


def test_what_was_lost_after_the_cutover_does_not_count_as_deleted_later(
    pair: Pair, compare: Compare, enter: Enter
) -> None:
    fill(pair, 3)
    pair.source.put(pair.name, "lost", LOST)
    assert counts(pair.sync()) == {"copied": 4}
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    lose(pair, "destination", LOST)
    assert outcomes(compare(level="headers")) == {"match": 3, "unreadable": 1}
    pair.destination.put(pair.name, "lost", LOST)
    pair.destination.delete(pair.name, "lost")  # as if its entry in the listing was lost, too
    for _again in range(2):
        result = compare()
        assert outcomes(result) == {"match": 3, "unreadable": 1}
        [found] = result["differences"]
        assert found["what"][0].startswith("destination: found damaged or unreadable on 20")
        assert found["what"][0].endswith(", and gone since")
        assert result["damaged"] == 1
    accepted = compare(accept_unreadable=["lost"])
    assert (accepted["equal"], outcomes(accepted)) == (True, {"match": 3, "accepted": 1})
    assert outcomes(compare()) == {"match": 3, "unreadable": 1}


def test_what_the_application_has_replaced_since_is_damaged_no_more(
    pair: Pair, compare: Compare, enter: Enter
) -> None:
    fill(pair, 6)
    assert counts(pair.sync()) == {"copied": 6}
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    rot(pair)
    assert outcomes(compare(level="content")) == {"match": 5, "differ": 1}
    pair.destination.put(pair.name, "data/0004", b"replaced")
    result = compare()
    assert outcomes(result) == {"match": 5, "written": 1}
    assert (result["equal"], result["damaged"]) == (True, 0)
