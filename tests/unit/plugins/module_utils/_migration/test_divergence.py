# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What goes back to the old container, and what is left alone."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.divergence import (
    Divergence,
    Moments,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    plan,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

MOMENTS = Moments(old="2026-02-01T09:00:00", new="2026-02-01T10:00:00")
BEFORE, AFTER = "2026-02-01T08:00:00.123456", "2026-02-01T11:00:00.123456"


def entry(name: str, changed: str, content: str = "a") -> ListedObject:
    return ListedObject(name, 1, content * 32, "text/plain", changed)


def divergence(*, proved_equal: bool = False) -> Divergence:
    return Divergence(MOMENTS, lambda new, old: proved_equal)


@pytest.mark.parametrize(
    ("new", "old", "same", "action"),
    [
        (BEFORE, BEFORE, True, Action.KEEP),
        (BEFORE, BEFORE, False, Action.KEEP),
        (AFTER, BEFORE, True, Action.REFRESH),
        (AFTER, BEFORE, False, Action.REPLACE),
        (BEFORE, AFTER, True, Action.REFRESH),
        (BEFORE, AFTER, False, Action.REPLACE),
        (MOMENTS.new, BEFORE, False, Action.REPLACE),
        (BEFORE, MOMENTS.old, False, Action.REPLACE),
    ],
)
def test_only_what_was_changed_since_is_looked_at(
    new: str, old: str, same: bool, action: Action
) -> None:
    left, right = entry("x", new), entry("x", old, "a" if same else "b")
    assert divergence().decide(left, right) is action
    assert divergence(proved_equal=True).decide(left, right) is Action.KEEP


@pytest.mark.parametrize("changed", [BEFORE, AFTER])
def test_segments_are_compared_whenever_they_were_changed(changed: str) -> None:
    new, same, other = entry("x", changed), entry("x", BEFORE), entry("x", BEFORE, "b")
    assert divergence().segments(new, same) is Action.REFRESH
    assert divergence().segments(new, other) is Action.REPLACE
    assert divergence(proved_equal=True).segments(new, other) is Action.KEEP


def test_a_pair_is_known_to_be_equal_by_both_its_entries() -> None:
    asked: list[tuple[ListedObject, ListedObject]] = []

    def proved_equal(new: ListedObject, old: ListedObject) -> bool:
        asked.append((new, old))
        return False

    changes = Divergence(MOMENTS, proved_equal)
    new, old = entry("x", AFTER), entry("x", BEFORE, "b")
    changes.decide(new, old)
    changes.segments(new, old)
    assert asked == [(new, old)] * 2


@pytest.mark.parametrize(
    ("new", "old", "why"),
    [
        (AFTER, BEFORE, ""),
        (AFTER, AFTER, "both were changed since the cutover"),
        (BEFORE, AFTER, "the old container's was changed since the cutover"),
        (AFTER, None, ""),
        (None, BEFORE, ""),
        (None, AFTER, "only the old container has it, since the cutover"),
    ],
)
def test_what_was_changed_on_the_old_side_is_a_conflict(
    new: str | None, old: str | None, why: str
) -> None:
    here = [entry("x", new, "b")] if new else []
    there = [entry("x", old)] if old else []
    changes = divergence()
    assert [changes.conflict(step) for step in plan(here, there, changes.decide)] == [why]
