# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run tells of symlinks."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.symlink_counts import (
    SAMPLE,
    SymlinkCounts,
)


def test_those_that_stayed_symlinks_need_no_word() -> None:
    counts = SymlinkCounts()
    assert counts.notice() == ""
    counts.add("a", "c/b")
    assert counts.notice() == ""
    assert counts.result()["symlinks"] == 1


def test_what_became_of_the_others_is_told_with_the_first_of_each_kind() -> None:
    counts = SymlinkCounts()
    for number in range(SAMPLE + 5):
        counts.add(f"o{number:02}", "c/x", as_object=True)
    counts.add("d", "c/gone", dangling=True)
    objects, dangling = counts.notice().split(". 1 symlinks")
    assert objects.startswith(f"{SAMPLE + 5} symlinks became objects")
    assert objects.endswith("The first is o00, which leads to c/x")
    assert dangling.endswith(
        "lead to nothing, and stayed as they are. The first is d, which leads to c/gone"
    )
    assert len(counts.result()["first_objects"]) == SAMPLE
