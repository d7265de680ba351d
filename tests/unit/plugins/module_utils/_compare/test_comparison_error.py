# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is to be done about differences, in the error that tells of them."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison_error import (
    differences_error,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.proof import Proof

COPY = "To copy these again, give swift_sync /r as copy_again (migrate_data_copy_again in"
REPORT = "To copy these again, compare with a report, and give it to swift_sync as copy_again"
IN_USE = "'new' may be in use, so that swift_sync copies nothing into it: put back by hand"
ACCEPT = "Look for what is unreadable in its server's own files"


def told(*findings: Finding, phase: str = "copying", report: str | None = "/r") -> str:
    proof = Proof({})
    proof.phase, proof.done = phase, True
    for finding in findings:
        proof.add(finding)
    return str(differences_error(proof, CompareOptions("old", "new", report=report)))


@pytest.mark.parametrize(
    ("verdict", "lost", "remedies"),
    [
        (Verdict.DIFFER, Sides.NEITHER, [COPY]),
        (Verdict.MISSING, Sides.NEITHER, [COPY]),
        (Verdict.EXTRA, Sides.NEITHER, []),
        (Verdict.ERROR, Sides.NEITHER, []),
        (Verdict.UNREADABLE, Sides.DESTINATION, [COPY, ACCEPT]),
        (Verdict.UNREADABLE, Sides.SOURCE, [ACCEPT]),
        (Verdict.UNREADABLE, Sides.BOTH, [ACCEPT]),
    ],
)
def test_each_remedy_is_named_where_it_helps(
    verdict: Verdict, lost: Sides, remedies: list[str]
) -> None:
    message = told(Finding(verdict, "a", lost=lost))
    assert f"'new' does not hold what 'old' holds: 1 {verdict.value}. The first is a: " in message
    assert [each for each in (COPY, REPORT, IN_USE, ACCEPT) if each in message] == remedies


def test_one_name_that_a_copy_repairs_is_enough() -> None:
    assert COPY in told(Finding(Verdict.EXTRA, "a"), Finding(Verdict.MISSING, "b"))


def test_without_a_report_it_is_said_how_to_get_one() -> None:
    assert REPORT in told(Finding(Verdict.MISSING, "a"), report=None)


@pytest.mark.parametrize("phase", ["verified", "cut-over"])
def test_into_a_destination_in_use_nothing_is_to_be_copied(phase: str) -> None:
    message = told(Finding(Verdict.DIFFER, "a"), phase=phase)
    assert IN_USE in message
    assert "copy_again" not in message
