# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the mover keeps what it knows of two containers."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    state_file,
)

PAIR = ("AUTH_x/old@1", "AUTH_y/new@2")


def test_a_pair_has_files_of_its_own() -> None:
    names = {
        state_file("/state", pair, ".sqlite")
        for pair in (PAIR, PAIR[::-1], (PAIR[0], "AUTH_y/new@3"), ("AUTH_x/old@1\nAUTH_y", "new"))
    }
    assert len(names) == 4
    assert state_file("/state", PAIR, ".sqlite") in names
    assert all(path.parent == Path("/state") for path in names)


def test_the_files_of_a_pair_differ_by_their_suffix_alone() -> None:
    journal, progress = (state_file("/state", PAIR, each) for each in (".sqlite", ".progress"))
    assert journal.with_suffix(".progress") == progress
    assert journal.name == "105b8880047b920c.sqlite"  # as earlier versions have called it


def test_the_folder_may_be_below_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/mover")
    assert state_file("~/state", PAIR, ".sqlite").parent == Path("/home/mover/state")
