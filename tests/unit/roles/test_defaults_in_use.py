# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Each default of each role is what some test of the whole role works with.

A scene is all that sets variables in such a test: functions, files, folders of an inventory. What
it names anywhere, but in a comment, counts as set.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
INTEGRATION = "tests/integration"
EXAMPLE = (
    f"{INTEGRATION}/playbooks/test_inventories.py",
    f"{INTEGRATION}/playbooks/example.py",
    "inventories/nerc",
)
DEMO = ("tests/demo.py", "inventories/demo")
# What its tests give to one step does not hold for the others.
COMMANDS = (f"{INTEGRATION}/test_role_cube_storage_commands.py::role",)
COMPOSE = tuple(f"tests/containers/{name}.py" for name in ("test_compose", "project", "conftest"))
CUTOVER = (*(f"{INTEGRATION}/playbooks/{name}.py" for name in ("cutover", "conftest")), DEMO[1])
GATEWAY = f"{INTEGRATION}/test_role_swift_v1_gateway.py"
SCENES: dict[str, list[tuple[str, ...]]] = {
    "cube_storage": [COMMANDS, COMPOSE, CUTOVER],
    "migrate_data": [EXAMPLE, DEMO],
    "mover": [EXAMPLE],
    "nerc_container": [EXAMPLE, DEMO],
    "swift_v1_gateway": [
        (f"{GATEWAY}::test_what_it_installs_by_default_runs_with_the_command_that_it_tells",),
        (f"{GATEWAY}::test_the_compose_file_starts_what_the_variables_say",),
        ("tests/containers/test_swift_v1_gateway.py",),
        ("tests/containers/test_swift_v1_gateway_compose.py",),
    ],
}
# Not as a variable that is set: a test takes it away again from what its helper sets.
TAKEN_AWAY = {"cube_storage_env_files": f"{INTEGRATION}/test_role_cube_storage.py"}

# Where nothing is said for all roles either, the default is another one.
SAID_FOR_ALL = re.compile(r"(swift_migration_\w+) \| default\((?!''\))")


def words(source: str) -> set[str]:
    """All that a part of a scene names."""
    name, _colons, part = source.partition("::")
    path = ROOT / name
    if path.is_dir():
        files = [each for each in path.rglob("*.yml") if each.is_file()]
        assert files, source
        return set().union(*(words(str(each.relative_to(ROOT))) for each in files))
    if path.suffix != ".py":
        text = re.sub(r"^\s*#.*$", "", path.read_text(), flags=re.MULTILINE)
    else:
        tree = ast.parse(path.read_text())
        kept = [n for n in tree.body if not part or getattr(n, "name", "") == part]
        assert kept, source
        text = "\n".join(map(ast.unparse, kept))
    return set(re.findall(r"\w+", text))


def defaults() -> dict[str, tuple[str, str]]:
    """From the variable to its role and its value."""
    return {
        name: (path.parents[1].name, str(value))
        for path in sorted((ROOT / "roles").glob("*/defaults/main.yml"))
        for name, value in yaml.safe_load(path.read_text()).items()
    }


@pytest.mark.parametrize("variable", defaults())
def test_it_is_left_alone_by_a_test(variable: str) -> None:
    if variable in TAKEN_AWAY:
        assert f'del nothing.variables["{variable}"]' in (ROOT / TAKEN_AWAY[variable]).read_text()
        return
    role, value = defaults()[variable]
    needless = {variable, *SAID_FOR_ALL.findall(value)}
    scenes = [set().union(*map(words, scene)) for scene in SCENES[role]]
    assert any(needless.isdisjoint(scene) for scene in scenes)


def test_what_is_set_is_found() -> None:
    assert "swift_v1_gateway_listen" in words("tests/containers/test_swift_v1_gateway_compose.py")
    assert "migrate_data_state_dir" in words("inventories/demo")
