# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Rows of a listing with values in other forms, or with wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.comparison.findings import Compare, outcomes
from tests.integration.faulty import Faulty, asks, is_listing
from tests.integration.pair import counts, fill
from tests.servers.faults import changed_rows, edited_rows

NUMBER = 3


@pytest.fixture
def copied(faulty: Faulty) -> Faulty:
    fill(faulty, NUMBER)
    assert counts(faulty.sync()) == {"copied": NUMBER}
    return faulty


@pytest.mark.parametrize("side", ["source", "destination"])
@pytest.mark.parametrize(("field", "shown"), [("hash", "null"), ("bytes", "null")])
def test_a_row_with_a_wrong_value_ends_it_with_its_name_and_nothing_is_done(
    copied: Faulty, compare_faulty: Compare, side: str, field: str, shown: str
) -> None:
    copied.side(side).inject(changed_rows(**{field: None}), is_listing, times=None)
    told = (
        f"the listing of container '{copied.name}' of the {side} has {shown} as '{field}' "
        "of 'data/0001'"
    )
    for result in (copied.sync(prune=True, max_delete="100%"), compare_faulty()):
        assert result["failed"]
        assert result["msg"].startswith(told)
    assert copied.there.count(asks("PUT")) == NUMBER
    assert copied.differences() == []


def test_values_in_other_forms_are_the_same_values(copied: Faulty, compare_faulty: Compare) -> None:
    def change(row: dict[str, Any]) -> dict[str, Any]:
        return row | {
            "hash": row["hash"].upper(),
            "bytes": str(row["bytes"]),
            "last_modified": row["last_modified"] + "+00:00",
        }

    copied.here.inject(edited_rows(change), is_listing, times=None)
    assert counts(copied.sync()) == {"kept": NUMBER}
    assert outcomes(compare_faulty()) == {"match": NUMBER}
