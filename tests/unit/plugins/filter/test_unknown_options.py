# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The filter unknown_options."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.filter.unknown_options import FilterModule

KNOWN = ["swift_migration_cutover", "swift_migration_prune", "cube_storage_env_files"]
PREFIXES = ["swift_migration_", "cube_storage_"]


def unknown(*names: str) -> list[str]:
    return FilterModule().filters()["unknown_options"](names, KNOWN, PREFIXES)


def test_what_is_known_or_somebody_elses_is_no_fault() -> None:
    assert unknown(*KNOWN, "swift_migrations", "mover", "ansible_host") == []


def test_a_misspelt_name_is_told_with_the_one_that_it_is_like() -> None:
    assert unknown("swift_migration_cutovr", "cube_storage_env_file") == [
        "Nothing reads the variable cube_storage_env_file; cube_storage_env_files is like it.",
        "Nothing reads the variable swift_migration_cutovr; swift_migration_cutover is like it.",
    ]


def test_a_name_like_no_other_is_told_alone_and_once() -> None:
    assert unknown("swift_migration_xyz", "swift_migration_xyz") == [
        "Nothing reads the variable swift_migration_xyz."
    ]
