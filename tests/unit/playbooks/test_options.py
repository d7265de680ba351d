# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables that hold for all roles: one list, one table, and what is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
OPTIONS = yaml.safe_load((ROOT / "playbooks" / "vars" / "options.yml").read_text())
LISTED = OPTIONS["options_shared"]
NAME = re.compile(r"\bswift_migration_[a-z0-9_]+")


def test_the_table_has_those_that_are_listed() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "variables.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(LISTED)


def test_those_that_are_listed_are_those_that_are_read() -> None:
    read = {
        name
        for folder in ("playbooks", "roles")
        for path in (ROOT / folder).rglob("*.yml")
        if path.name != "options.yml"
        for name in NAME.findall(path.read_text())
    }
    assert read == set(LISTED)


def test_the_table_names_the_roles_variables_that_take_them() -> None:
    text = (ROOT / "docs" / "variables.md").read_text()
    for path in (ROOT / "roles").glob("*/defaults/main.yml"):
        for name, value in yaml.safe_load(path.read_text()).items():
            for shared in NAME.findall(str(value)):
                row = re.search(rf"^\| `{shared}` \|.*$", text, re.MULTILINE)
                assert row is not None
                assert f"`{name}`" in row[0]


def facts(tasks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the variables that tasks set for what comes after them."""
    for task in tasks:
        yield from task.get("ansible.builtin.set_fact", {})
        yield from [task["register"]] if "register" in task else []
        for part in ("block", "rescue", "always"):
            yield from facts(task.get(part, []))


def test_what_the_roles_set_themselves_is_known() -> None:
    paths = [
        path for folder in ("playbooks/tasks", "roles") for path in (ROOT / folder).rglob("*.yml")
    ]
    found = {
        name
        for path in paths
        if path.parent.name == "tasks"
        for name in facts(yaml.safe_load(path.read_text()) or [])
        if name.startswith(tuple(OPTIONS["options_prefixes"]))
    }
    assert found - {"cube_storage_moved", "cube_storage_s3"} == set(OPTIONS["options_role_facts"])
