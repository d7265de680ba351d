# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Who asks a run to stop waits until it has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    Wish,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_control import (
    ControlOptions,
    RunControl,
)

STOP, SLOW = Wish(stop=True), Wish(requests_per_second=2)


class Mover:
    """A host on which time passes only while somebody waits.

    :ivar each_time: called with the number of the wait.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1000.0
        self.waits = 0
        self.each_time: Callable[[int], None] = lambda _number: None

    def tell(self, name: str = "a.progress", *, done: bool = False, age: float = 0.0) -> None:
        state = {"containers": ["old", "new"], "written": self.now - age, "done": done}
        path = self.folder / name
        path.write_text(json.dumps({**state, "process": 7}))
        path.chmod(0o600)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits += 1
        self.each_time(self.waits)

    def ask(self, wish: Wish, *, check: bool = False) -> dict[str, Any]:
        options = ControlOptions("old", "new", str(self.folder), wish, 10, check)
        return RunControl(options, lambda: self.now, self.sleep).result()

    @property
    def asked(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.control"))


@pytest.fixture
def mover(tmp_path: Path) -> Mover:
    return Mover(tmp_path)


def test_a_stop_waits_until_each_run_has_ended(mover: Mover) -> None:
    mover.tell()
    mover.tell("a.comparison")
    seen: list[list[str]] = []

    def end(number: int) -> None:
        seen.append(mover.asked)
        for name in mover.asked:  # heard, which is not the end
            (mover.folder / name).unlink()
        if number == 2:
            mover.tell(done=True)
        if number == 4:
            mover.tell("a.comparison", done=True)

    mover.each_time = end
    result = mover.ask(STOP)
    assert mover.waits == 4
    assert seen[0] == ["a.comparison.control", "a.progress.control"]
    assert result["changed"]
    assert [(run["what"], run["done"]) for run in result["runs"]] == [
        ("swift_compare", True),
        ("swift_sync", True),
    ]


def test_limits_wait_until_they_are_heard(mover: Mover) -> None:
    mover.tell()

    def hear(number: int) -> None:
        if number == 3:
            (mover.folder / "a.progress.control").unlink()

    mover.each_time = hear
    assert [run["goes_on"] for run in mover.ask(SLOW)["runs"]] == [True]
    assert mover.waits == 3


@pytest.mark.parametrize(
    ("wish", "why"),
    [(STOP, "still finishes what is under way"), (SLOW, "has not heard what it is")],
)
def test_a_run_that_does_not_do_it_in_time_is_an_error(mover: Mover, wish: Wish, why: str) -> None:
    mover.tell()
    with pytest.raises(MigrationError, match=rf"timeout: swift_sync \(process 7\) {why}"):
        mover.ask(wish)


def test_a_run_that_has_ended_or_was_killed_is_not_asked(mover: Mover) -> None:
    mover.tell(done=True)
    mover.tell("a.comparison", age=100)
    assert mover.ask(STOP) == {"changed": False, "runs": []}
    assert (mover.asked, mover.waits) == ([], 0)


def test_check_mode_asks_nobody(mover: Mover) -> None:
    mover.tell()
    result = mover.ask(STOP, check=True)
    assert (result["changed"], len(result["runs"])) == (True, 1)
    assert (mover.asked, mover.waits) == ([], 0)


def test_a_limit_that_is_none_is_refused_before_anybody_is_asked(mover: Mover) -> None:
    mover.tell()
    with pytest.raises(MigrationError, match="bandwidth_limit"):
        mover.ask(Wish(bandwidth_limit=-1))
    assert mover.asked == []
