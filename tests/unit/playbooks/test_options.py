# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables that hold for all roles: one list, one table, and what is read."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
LISTED = yaml.safe_load((ROOT / "playbooks" / "vars" / "options.yml").read_text())["shared_options"]
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
