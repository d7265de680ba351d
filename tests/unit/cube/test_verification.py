# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What counts as lost, wrong and unexpected."""

from __future__ import annotations

import pytest

from tests.cube.ledger import Outcomes
from tests.cube.verification import Verification


@pytest.mark.parametrize(
    ("expected", "found", "fault"),
    [
        ({"one"}, "one", ""),
        ({"one"}, None, "lost"),
        ({"one", "two"}, None, "lost"),
        ({"one"}, "two", "wrong"),
        ({"one", None}, "two", "wrong"),
        ({"one", None}, None, ""),
        ({None}, None, ""),
        ({None}, "one", "unexpected"),
    ],
)
def test_a_file_is_what_it_may_be_or_a_fault(
    expected: Outcomes, found: str | None, fault: str
) -> None:
    verification = Verification()
    verification.look("file", expected, found)
    faults = {
        kind: names
        for kind in ("lost", "wrong", "unexpected")
        if (names := getattr(verification, kind))
    }
    assert faults == ({fault: {"file"}} if fault else {})
