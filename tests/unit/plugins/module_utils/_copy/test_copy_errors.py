# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Why an object could not be copied in one go: two errors that are never taken for each other."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.copy_errors import (
    StartOverError,
    UnreadableError,
    changing,
)


def test_an_object_that_changes_is_named_and_copied_again() -> None:
    error = changing("a b")
    assert isinstance(error, StartOverError)
    assert str(error) == "'a b' changes while it is copied."


def test_what_cannot_be_read_is_not_copied_again_as_if_it_had_changed() -> None:
    assert not issubclass(UnreadableError, StartOverError)
    assert not issubclass(StartOverError, UnreadableError)
