# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""``make mutation``: what it changes, what it tells, and when it fails."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.tools.mutation import (
    COPIES,
    ROOT,
    Mutant,
    be_patient,
    copy_tree,
    patterns,
    score,
    table,
)

PLAN, PRUNE = Path("plugins/_plan.py"), Path("plugins/_prune.py")
FOUND = [
    Mutant(PLAN, "_plan.x_plan__mutmut_1", "killed"),
    Mutant(PLAN, "_plan.x_plan__mutmut_2", "timeout"),
    Mutant(PRUNE, "_prune.x_most_deletes__mutmut_1", "survived"),
    Mutant(PRUNE, "_prune.x_most_deletes__mutmut_2", "no tests"),
]


@pytest.mark.parametrize(
    ("status", "killed"),
    [
        ("killed", True),
        ("timeout", True),
        ("survived", False),
        ("no tests", False),
        ("suspicious", False),
        ("segfault", False),
        ("skipped", False),
        ("not checked", False),
    ],
)
def test_only_a_test_that_fails_or_never_ends_kills(status: str, killed: bool) -> None:
    assert score([Mutant(PLAN, "m", status)]) == (100.0 if killed else 0.0)


def test_each_file_is_a_line_and_all_of_them_are_the_last() -> None:
    assert table(FOUND) == [
        "_plan              100.0 %      2 mutants: 1 killed, 1 timeout",
        "_prune               0.0 %      2 mutants: 1 survived, 1 no tests",
        "total               50.0 %      4 mutants: 1 killed, 1 timeout, 1 survived, 1 no tests",
    ]


def test_no_mutant_is_no_success() -> None:
    assert score([]) == 0.0


@pytest.mark.parametrize("name", ["plan", "plan.py", "plugins/module_utils/_migration/plan.py"])
def test_a_file_is_named_shortly_or_by_its_path(name: str) -> None:
    (pattern,) = patterns([name])
    assert fnmatch(
        "ansible_collections.a.b.plugins.module_utils._migration.plan.x_plan__mutmut_1", pattern
    )
    assert not fnmatch("ansible_collections.a.b._plan_b.x_plan__mutmut_1", pattern)


@pytest.mark.parametrize("keep", [True, False])
def test_a_tree_holds_what_is_here_now(tmp_path: Path, keep: bool) -> None:
    known = tmp_path / "mutants" / "mutmut-stats.json"
    gone = tmp_path / "mutants" / "tests" / "test_gone.py"
    moved = tmp_path / "mutants" / "plugins" / "test_gone.py"
    for path in (known, gone, moved, tmp_path / "tests" / "test_gone.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    copy_tree(tmp_path, keep)
    assert known.exists() is keep
    assert sorted(path.name for path in tmp_path.rglob("test_gone.py")) == []
    for name, target in COPIES.items():
        assert (tmp_path / target).is_dir() is (ROOT / name).is_dir()
    module = "ansible_collections/fnndsc/swift_migration/plugins/module_utils/_migration/plan.py"
    assert (tmp_path / module).read_bytes() == (
        ROOT / "plugins/module_utils/_migration/plan.py"
    ).read_bytes()


@pytest.mark.parametrize(("busy", "seconds"), [(0.2, 1.0), (7.5, 7.5)])
def test_a_busy_machine_gets_more_time(tmp_path: Path, busy: float, seconds: float) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text((ROOT / "pyproject.toml").read_text())
    be_patient(settings, busy)
    assert tomllib.loads(settings.read_text())["tool"]["mutmut"]["timeout_constant"] == seconds


def test_each_file_that_is_to_be_changed_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    copied = [
        f"{target}/{path.relative_to(ROOT / name)}"
        for name, target in COPIES.items()
        for path in (ROOT / name).rglob("*.py")
    ]
    matching = {
        pattern: [path for path in copied if fnmatch(path, pattern)]
        for pattern in settings["only_mutate"]
    }
    assert {pattern: len(paths) for pattern, paths in matching.items()} == dict.fromkeys(
        settings["only_mutate"], 1
    )


def test_each_test_that_is_named_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    ignored = [
        argument.removeprefix("--ignore=")
        for argument in settings["pytest_add_cli_args"]
        if argument.startswith("--ignore=")
    ]
    assert ignored
    named = settings["pytest_add_cli_args_test_selection"] + ignored
    assert [name for name in named if not (ROOT / name).exists()] == []
