# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What was found about one name: the sides that it is about."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    SIDES,
    Finding,
    Sides,
    Verdict,
    names,
)

MATCH = Finding(Verdict.MATCH, "o")


@pytest.mark.parametrize("why", ["lost", "broken", "older"])
@pytest.mark.parametrize("side", SIDES)
def test_a_side_withholds_what_it_does_not_give_as_listed(why: str, side: Sides) -> None:
    assert MATCH._replace(**{why: side}).withheld is side


def test_what_is_given_is_not_withheld_even_if_it_is_damaged() -> None:
    assert MATCH._replace(damaged=Sides.BOTH, expired=True).withheld is Sides.NEITHER


def test_both_sides_may_withhold_it_for_different_reasons() -> None:
    found = MATCH._replace(lost=Sides.DESTINATION, older=Sides.SOURCE)
    assert found.withheld is Sides.BOTH


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        (Sides.NEITHER, []),
        (Sides.SOURCE, ["source"]),
        (Sides.DESTINATION, ["destination"]),
        (Sides.BOTH, ["source", "destination"]),
    ],
)
def test_the_source_is_named_first(sides: Sides, told: list[str]) -> None:
    assert names(sides) == told
