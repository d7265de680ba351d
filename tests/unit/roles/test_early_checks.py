# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A cutover checks the roles' options before it stops CUBE, and not once more while CUBE stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
TASKS = ROOT / "playbooks" / "tasks"
CHECKED_FIRST = {
    "cube_storage": {"preflight"},
    "migrate_data": {"main", "source", "phase"},
}
"""The entry points that check their options before the stop."""
GIVEN = {
    "cube_storage_expect",
    "cube_storage_expected_objects",
    "migrate_data_set_aside",
}
"""The playbook itself gives these their values."""


def options(role: str, entry: str) -> set[str]:
    path = ROOT / "roles" / role / "meta" / "argument_specs.yml"
    return set(yaml.safe_load(path.read_text())["argument_specs"][entry]["options"])


def included(tasks: list[dict[str, Any]]) -> Iterator[tuple[str, str, bool]]:
    """Yield the role and the entry point of each include, and whether its options are checked."""
    for task in tasks:
        for part in ("block", "rescue", "always"):
            yield from included(task.get(part, []))
        role = task.get("ansible.builtin.include_role")
        if role is not None:
            name = role["name"].rpartition(".")[2]
            checked = role.get("rolespec_validate", True)
            yield name, role.get("tasks_from", "main"), checked


def after_the_stop() -> list[tuple[str, str, bool]]:
    files = ("freeze.yml", "prove.yml", "switch.yml", "return.yml")
    return [one for name in files for one in included(yaml.safe_load((TASKS / name).read_text()))]


@pytest.mark.parametrize(("role", "entry"), sorted({one[:2] for one in after_the_stop()}))
def test_what_is_used_after_the_stop_is_checked_before_it(role: str, entry: str) -> None:
    early = set().union(*(options(role, one) for one in CHECKED_FIRST[role]))
    assert options(role, entry) - GIVEN - {"migrate_data_fence"} <= early


def test_what_was_checked_before_the_stop_is_not_checked_again() -> None:
    again = {one[:2] for one in after_the_stop() if one[2]}
    assert again == {("migrate_data", "fence"), ("migrate_data", "rollback")}
