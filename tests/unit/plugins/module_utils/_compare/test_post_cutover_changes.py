# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""After a cutover: what the application has done, and what is a fault all the same."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.post_cutover_changes import (
    STRAGGLER,
    PostCutoverChanges,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.divergence import (
    Moments,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

MOMENTS = Moments(old="2026-02-01T09:00:00", new="2026-02-01T10:00:00")
BEFORE, AFTER = "2026-02-01T08:00:00.123456", "2026-02-01T11:00:00.123456"
DIFFER, EXTRA, MISSING = Verdict.DIFFER, Verdict.EXTRA, Verdict.MISSING
WRITTEN, DELETED = Verdict.WRITTEN, Verdict.DELETED


def entry(changed: str | None, content: str = "a") -> ListedObject | None:
    return ListedObject("x", 1, content * 32, "text/plain", changed) if changed else None


@pytest.mark.parametrize(
    ("verdict", "source", "destination", "counts"),
    [
        (DIFFER, BEFORE, AFTER, WRITTEN),
        (DIFFER, BEFORE, MOMENTS.new, WRITTEN),
        (DIFFER, AFTER, AFTER, WRITTEN),
        (EXTRA, None, AFTER, WRITTEN),
        (MISSING, BEFORE, None, DELETED),
        (MISSING, BEFORE, AFTER, DELETED),
        (DIFFER, BEFORE, BEFORE, DIFFER),
        (EXTRA, None, BEFORE, EXTRA),
        (Verdict.MATCH, BEFORE, AFTER, Verdict.MATCH),
        (Verdict.GONE, BEFORE, AFTER, Verdict.GONE),
        (Verdict.ERROR, BEFORE, AFTER, Verdict.ERROR),
    ],
)
def test_the_times_tell_who_did_it(
    verdict: Verdict, source: str | None, destination: str | None, counts: Verdict
) -> None:
    aside = PostCutoverChanges(MOMENTS)
    judged = aside.judge(Finding(verdict, "x"), aside.late(entry(source), entry(destination)))
    assert judged == Finding(counts, "x")


@pytest.mark.parametrize(
    ("verdict", "source", "destination"),
    [
        (MISSING, AFTER, None),
        (MISSING, MOMENTS.old, None),
        (DIFFER, AFTER, BEFORE),
    ],
)
def test_what_the_source_got_after_the_freeze_is_a_fault_and_said_so(
    verdict: Verdict, source: str, destination: str | None
) -> None:
    found = Finding(verdict, "x", ("hash",))
    aside = PostCutoverChanges(MOMENTS)
    judged = aside.judge(found, aside.late(entry(source), entry(destination)))
    assert judged == Finding(verdict, "x", ("hash", STRAGGLER))


def test_damaged_bytes_are_a_fault_whoever_wrote_them() -> None:
    found = Finding(DIFFER, "x", ("hash",), damaged=Sides.DESTINATION)
    aside = PostCutoverChanges(MOMENTS)
    assert aside.judge(found, aside.late(entry(BEFORE), entry(AFTER))) == found


def test_what_was_written_needs_no_request() -> None:
    aside = PostCutoverChanges(MOMENTS)
    replaced = aside.by_listing(entry(BEFORE), entry(AFTER, "b"))
    assert replaced == Finding(WRITTEN, "x", (), (1, "a" * 32), (1, "b" * 32))
    new = aside.by_listing(None, entry(AFTER))
    assert new == Finding(WRITTEN, "x", (), None, (1, "a" * 32))


@pytest.mark.parametrize(
    ("source", "destination", "late"),
    [
        (None, None, Sides.NEITHER),
        (BEFORE, BEFORE, Sides.NEITHER),
        (MOMENTS.old, BEFORE, Sides.SOURCE),
        (BEFORE, MOMENTS.new, Sides.DESTINATION),
        (MOMENTS.old, MOMENTS.old, Sides.SOURCE),
        (AFTER, AFTER, Sides.SOURCE | Sides.DESTINATION),
    ],
)
def test_each_side_is_late_from_its_own_moment_on(
    source: str | None, destination: str | None, late: Sides
) -> None:
    assert PostCutoverChanges(MOMENTS).late(entry(source), entry(destination)) == late


@pytest.mark.parametrize(
    ("source", "destination"),
    [(BEFORE, None), (BEFORE, BEFORE), (None, BEFORE), (BEFORE, AFTER)],
)
def test_all_else_is_compared_as_ever(source: str | None, destination: str | None) -> None:
    assert PostCutoverChanges(MOMENTS).by_listing(entry(source), entry(destination)) is None


def migration(phase: Phase, **other: str) -> Migration:
    known = {"source": "A/c@1", "frozen": MOMENTS.old, "verified": MOMENTS.new}
    return Migration(phase=phase, **(known | other))


@pytest.mark.parametrize("phase", [Phase.VERIFIED, Phase.CUT_OVER])
def test_it_begins_with_the_proof(phase: Phase) -> None:
    assert PostCutoverChanges.of(migration(phase), "A/c@1") == PostCutoverChanges(MOMENTS)


@pytest.mark.parametrize(
    "found",
    [
        None,
        migration(Phase.COPYING),
        migration(Phase.FROZEN),
        migration(Phase.ROLLED_BACK),
        migration(Phase.CUT_OVER, source="A/another@2"),
        migration(Phase.CUT_OVER, verified=""),
        migration(Phase.CUT_OVER, frozen=""),
    ],
)
def test_nothing_is_set_aside_otherwise(found: Migration | None) -> None:
    assert PostCutoverChanges.of(found, "A/c@1") is None
