# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The order of the engine's packages: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

NAME = "ansible_collections.fnndsc.swift_migration.plugins.module_utils"
FOLDER = Path(__file__).parents[4] / "plugins" / "module_utils"
TESTS = Path(__file__).parent

MAY_IMPORT: dict[str, set[str]] = {
    "_transport": set(),
    "_cloud": {"_transport"},
    "_swift": {"_transport", "_cloud"},
    "_history": {"_transport"},
    "_migration": {"_transport", "_cloud", "_swift", "_history"},
    "_copy": {"_transport", "_cloud", "_swift", "_history", "_migration"},
    "_sync": {"_transport", "_cloud", "_swift", "_history", "_migration", "_copy"},
    "_compare": {"_transport", "_cloud", "_swift", "_history", "_migration"},
    "_cube": set(),
    "_preflight": {
        "_transport",
        "_cloud",
        "_swift",
        "_history",
        "_migration",
        "_copy",
        "_sync",
        "_cube",
    },
}

OF_MODULES = {"_argspec", "_cube_params", "_module", "_pair"}
"""Files beside the packages that are for modules and actions: they know Ansible's arguments."""

COMMON = {path.stem for path in FOLDER.glob("*.py")} - OF_MODULES
"""Files beside the packages that each of these may import."""

PATHS = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The packages, and the files beside them, that a file imports."""
    package = ".".join((NAME, *path.parent.parts))
    for node in ast.walk(ast.parse((FOLDER / path).read_text())):
        if isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            names = [alias.name for alias in node.names] if module == NAME else [""]
            for name in names:
                within = f"{module}.{name}".removeprefix(f"{NAME}.")
                if within != f"{module}.{name}":
                    yield within.split(".")[0]


def test_each_package_has_its_place_in_the_order() -> None:
    assert {path.parent.name for path in PATHS if path.parent.name} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", [path for path in PATHS if path.parent.name], ids=str)
def test_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    package = path.parent.name
    assert set(imported(path)) <= {package} | MAY_IMPORT[package] | COMMON


@pytest.mark.parametrize("name", sorted(COMMON))
def test_what_all_may_import_imports_no_package(name: str) -> None:
    assert set(imported(Path(f"{name}.py"))) <= COMMON


@pytest.mark.parametrize(
    "path", [path for path in PATHS if path.parent.name or path.stem not in OF_MODULES], ids=str
)
def test_the_engine_knows_nothing_of_ansible(path: Path) -> None:
    tree = ast.parse((FOLDER / path).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert "ansible" not in {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").split(".")[0] != "ansible"
        elif isinstance(node, ast.arg):
            assert (node.arg, ast.unparse(node.annotation or ast.Name(""))) != ("module", "Any")
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            assert name not in ("AnsibleModule", "no_log_values", "atomic_move")


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_each_package_says_what_it_is_for_and_where_to_begin_to_read(package: str) -> None:
    text = ast.get_docstring(ast.parse((FOLDER / package / "__init__.py").read_text()))
    assert text is not None
    assert "Begin with ``" in text
    begin = text.rpartition("Begin with ``")[2].partition("``")[0]
    assert (FOLDER / package / f"{begin}.py").exists()
    for other in MAY_IMPORT:
        if f"``{other}``" in text.partition("neither")[0]:
            assert other in MAY_IMPORT[package]


def test_the_architecture_names_every_file() -> None:
    text = (FOLDER.parents[1] / "docs" / "architecture.md").read_text()
    names = {path.stem for path in PATHS if path.stem != "__init__"} | set(MAY_IMPORT)
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def has_tests(path: Path) -> bool:
    """Whether a file has unit tests of its name; a package's may be in folders of what they test."""
    name = f"test_{path.stem.removeprefix('_')}.py"
    folder = TESTS / path.parent
    return any(folder.rglob(name) if path.parent.name else folder.glob(name))


def test_every_file_has_unit_tests_of_its_name() -> None:
    files = [path for path in PATHS if path.stem != "__init__"]
    assert [str(path) for path in files if not has_tests(path)] == []
