# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The playbooks' own variables have prefixes of their own: they hide none of the inventory's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PLAYBOOKS = ROOT / "playbooks"
VARIABLES = sorted((PLAYBOOKS / "vars").glob("*.yml"))
TASKS = sorted([*PLAYBOOKS.glob("*.yml"), *(PLAYBOOKS / "tasks").glob("*.yml")])


def given_to_roles() -> set[str]:
    """What the roles take, and the facts that they set."""
    found = set(
        yaml.safe_load((PLAYBOOKS / "vars" / "options.yml").read_text())["options_role_facts"]
    )
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text())["argument_specs"].values():
            found |= set(entry.get("options", {}))
    return found


def assigned(parts: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the names that plays, blocks and tasks give values to."""
    for part in parts:
        yield from part.get("vars", {})
        yield from part.get("ansible.builtin.set_fact", {})
        yield from [part["register"]] if "register" in part else []
        yield from [part["loop_control"]["loop_var"]] if "loop_control" in part else []
        for inner in ("pre_tasks", "tasks", "post_tasks", "block", "rescue", "always"):
            yield from assigned(part.get(inner, []))


@pytest.mark.parametrize("path", VARIABLES, ids=lambda path: path.stem)
def test_a_file_of_variables_gives_all_of_them_its_name(path: Path) -> None:
    names = list(yaml.safe_load(path.read_text()))
    assert names
    assert [name for name in names if not name.startswith(f"{path.stem}_")] == []


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)
def test_a_task_assigns_the_playbooks_own_variables_or_those_of_a_role(path: Path) -> None:
    own = (*(f"{each.stem}_" for each in VARIABLES), "ansible_")
    names = set(assigned(yaml.safe_load(path.read_text())))
    assert {name for name in names if not name.startswith(own)} <= given_to_roles()


def test_the_tasks_of_a_cutover_do_assign_some() -> None:
    names = {name for path in TASKS for name in assigned(yaml.safe_load(path.read_text()))}
    assert {"cutover_steps", "cutover_keys", "migrate_data_phase"} <= names
