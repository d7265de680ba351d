# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run is asked to do: values that are refused, and names that are given in files."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)


def test_a_number_of_threads_that_copies_nothing_is_refused() -> None:
    SyncOptions("old", "new", concurrency=1).check_values()
    with pytest.raises(MigrationError) as caught:
        SyncOptions("old", "new", concurrency=0).check_values()
    assert str(caught.value) == "concurrency: 0 objects at once do nothing. Give 1 or more."


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_name_that_no_container_has_is_refused(side: str) -> None:
    with pytest.raises(MigrationError) as caught:
        SyncOptions(**{"source": "old", "destination": "new", side: ""}).check_values()
    assert caught.value.option == f"{side}.container"


def test_a_limit_of_deletes_that_is_none_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"^max_delete: 'few' is neither"):
        SyncOptions("old", "new", max_delete="few").check_values()


def test_names_are_read_from_the_files_that_the_options_name(tmp_path: Path) -> None:
    lost, again = tmp_path / "lost", tmp_path / "again"
    lost.write_text("b\n")
    again.write_text("c\n")
    given = SyncOptions(
        "old",
        "new",
        accept_unreadable=["a"],
        accept_unreadable_file=str(lost),
        copy_again=str(again),
    )
    assert given.accepted == {"a", "b"}
    assert given.again == {"c"}
    assert SyncOptions("old", "new").again == frozenset()


def test_a_file_that_cannot_be_read_is_told_with_its_option(tmp_path: Path) -> None:
    given = SyncOptions("old", "new", copy_again=str(tmp_path / "gone"))
    with pytest.raises(MigrationError, match=r"^copy_again: cannot read .*/gone: No such file"):
        assert not given.again
