# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a comparison is asked to do: values that are refused, and what a proof tells of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def test_a_number_of_threads_that_compares_nothing_is_refused() -> None:
    CompareOptions("old", "new", concurrency=1).check_values()
    with pytest.raises(MigrationError) as caught:
        CompareOptions("old", "new", concurrency=0).check_values()
    assert str(caught.value) == "concurrency: 0 objects at once do nothing. Give 1 or more."


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_name_that_no_container_has_is_refused(side: str) -> None:
    with pytest.raises(MigrationError) as caught:
        CompareOptions(**{"source": "old", "destination": "new", side: ""}).check_values()
    assert caught.value.option == f"{side}.container"


def test_names_are_accepted_from_both_lists(tmp_path: Path) -> None:
    path = tmp_path / "names"
    path.write_text("b\nc\n")
    given = CompareOptions("old", "new", accept_unreadable=["a"], accept_unreadable_file=str(path))
    assert given.accepted == {"a", "b", "c"}


@pytest.mark.parametrize("level", list(Level))
def test_a_sample_is_told_only_where_it_means_something(level: Level) -> None:
    asked = CompareOptions("old", "new", "p/", level, "5%", "seed", ignore_extra=True).asked()
    sample = {} if level is Level.LISTING else {"sample": "5%", "seed": "seed"}
    assert asked == {
        "prefix": "p/",
        "level": level.value,
        **sample,
        "ignore_extra": True,
        "set_aside": True,
    }
