# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.cases import CASES, Copies, Noop, beside
from tests.benchmarks.contestants import LISTING, SYNCER, other_version
from tests.benchmarks.process import Command, measure

OTHER = other_version(Path("/another/checkout"))


def test_beside_another_version_nobody_else_runs() -> None:
    found = [beside(case, OTHER) for case in CASES]
    contestants = {case.contestants for case in found if isinstance(case, Copies | Noop)}
    assert contestants == {(SYNCER, OTHER)}


def test_a_command_finds_the_code_of_its_checkout(tmp_path: Path) -> None:
    program = "import os; print(os.environ['PYTHONPATH'], os.getcwd())"
    took = measure(Command([sys.executable, "-c", program], checkout=tmp_path), tmp_path)
    assert took.output.split() == [f"{tmp_path}/.collections:{tmp_path}", str(tmp_path)]


def test_a_contestant_tells_how_many_objects_it_kept() -> None:
    assert SYNCER.kept is not None and LISTING.kept is not None
    assert SYNCER.kept('{"objects": {"kept": 3}}') == [3]
    assert LISTING.kept("4\n4\n") == [4, 4]
