# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The symlinks of a plan: each once, and in a second turn those that had to wait for another one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    AttemptError,
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import Action
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.symlink_steps import (
    SymlinkSteps,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.bounded_executor import (
    BoundedExecutor,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    Concurrency,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.postponement import (
    PostponedError,
)

WAITS = Outcome(Kind.LARGE, "waits")
IN_HOURS = PostponedError(AttemptError("refused"), 14400)


class Run:
    """The steps of one run, whose symlinks are copied as ``outcomes`` say.

    :param outcomes: by name, what the tries come to, one after the other; COPIED without it.
    :ivar asked: the name of each try, and whether it was the last one.
    """

    def __init__(self, folder: Path, outcomes: dict[str, list[Outcome | MigrationError]]) -> None:
        self.outcomes = outcomes
        self.asked: list[tuple[str, bool]] = []
        self.report = Report()
        self.journal = Journal(str(folder), ("old", "new"))
        context: Any = SimpleNamespace(executor=self._executor, interrupt=lambda: None)
        symlinks: Any = SimpleNamespace(copy=self._copy)
        self.steps = SymlinkSteps(context, self.journal, self.report, lambda _put_off: symlinks)

    def _executor(
        self, make_worker: Callable[[], Any], size: Callable[[Any], int]
    ) -> BoundedExecutor[Any, Any]:
        return BoundedExecutor(make_worker, Concurrency(1), size)

    def _copy(self, entry: ListedObject, *, last: bool) -> Outcome:
        self.asked.append((entry.name, last))
        found = self.outcomes.get(entry.name, [])
        outcome = found.pop(0) if found else Outcome(Kind.COPIED, entry.name)
        if isinstance(outcome, MigrationError):
            raise outcome
        return outcome

    def defer(self, *names: str, symlink: str = "/v1/AUTH_x/old/target") -> None:
        for name in names:
            self.journal.defer(
                Action.COPY, ListedObject(name, 0, "h", "t", "2026-01-01", symlink=symlink)
            )


@pytest.mark.parametrize("waiting", [[], ["waits"]])
def test_only_those_that_had_to_wait_have_a_second_turn(tmp_path: Path, waiting: list[str]) -> None:
    run = Run(tmp_path, {"waits": [WAITS]})
    run.defer("a", *waiting, "z")
    with closing(run.journal):
        run.steps.run()
    first = [(name, False) for name in ("a", *waiting, "z")]
    assert run.asked == [*first, *((name, True) for name in waiting)]
    assert run.report.objects["copied"] == 2 + len(waiting)


def test_one_that_fails_is_named_once_and_holds_no_other_up(tmp_path: Path) -> None:
    run = Run(tmp_path, {"a": [MigrationError("no")]})
    run.defer("a", "b")
    with closing(run.journal):
        run.steps.run()
    assert run.asked == [("a", False), ("b", False)]
    assert [failure["name"] for failure in run.report.failures] == ["a"]
    assert run.report.objects["copied"] == 1


def test_one_that_is_refused_for_hours_comes_last(tmp_path: Path) -> None:
    run = Run(tmp_path, {"a": [IN_HOURS], "waits": [WAITS]})
    run.defer("a", "b", "waits")
    with closing(run.journal):
        run.steps.run()
        assert list(run.journal.deferred()) == []
    first = [("a", False), ("b", False), ("waits", False)]
    assert run.asked == [*first, ("waits", True), ("a", True)]
    assert run.report.objects["copied"] == 3


def test_one_that_is_refused_for_hours_in_the_end_is_named(tmp_path: Path) -> None:
    run = Run(tmp_path, {"a": [IN_HOURS] * 2})
    run.defer("a", "b")
    with closing(run.journal):
        run.steps.run()
    assert run.asked == [("a", False), ("b", False), ("a", True)]
    [failure] = run.report.failures
    assert failure["name"] == "a"
    assert "asks to be asked again after 14,400 seconds" in failure["reason"]
    assert run.report.objects["copied"] == 1


def test_large_objects_that_were_put_off_are_none_of_them(tmp_path: Path) -> None:
    run = Run(tmp_path, {})
    run.defer("large", symlink="")
    with closing(run.journal):
        run.steps.run()
        assert [entry.name for _action, entry in run.journal.deferred()] == ["large"]
    assert run.asked == []
