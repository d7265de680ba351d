# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The words of ``rclone check`` for what a run that copies counts."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.rclone_words import (
    DIFFER,
    ERROR,
    MATCH,
    MISSING_ON_DST,
    MISSING_ON_SRC,
    UNDONE,
    WORDS,
    of_copy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    CONFLICT,
    COUNTS,
)


@pytest.mark.parametrize("counted_as", ["copied", "replaced", "refreshed", "kept"])
def test_what_is_right_in_the_end_is_a_match(counted_as: str) -> None:
    assert of_copy(counted_as) == of_copy(counted_as, back=True) == MATCH


@pytest.mark.parametrize("counted_as", ["failed", "unreadable"])
def test_what_is_not_there_in_the_end_is_an_error(counted_as: str) -> None:
    assert of_copy(counted_as) == of_copy(counted_as, back=True) == ERROR


@pytest.mark.parametrize("counted_as", ["deleted", "extra", "unlisted", "vanished", "expired"])
def test_what_the_side_that_is_read_does_not_have_is_missing_there(counted_as: str) -> None:
    assert of_copy(counted_as) == MISSING_ON_SRC
    assert of_copy(counted_as, back=True) == MISSING_ON_DST


def test_what_was_changed_on_both_sides_differs() -> None:
    assert of_copy(CONFLICT, back=True) == DIFFER


def test_each_count_has_one_of_the_words() -> None:
    assert {of_copy(count) for count in COUNTS} <= set(WORDS)
    assert set(UNDONE) < set(WORDS)
    assert MATCH not in UNDONE
