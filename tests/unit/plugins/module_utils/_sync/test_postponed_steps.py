# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Steps that are put off: when they are done, how often, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

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
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.postponed_steps import (
    PostponedSteps,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.step_result import (
    StepResult,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.postponement import (
    PostponedError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    PATIENCE,
)


def step(name: str) -> Step:
    there = ListedObject(name, 2, "h2", "b", "2026-01-02")
    return Step(Action.REPLACE, ListedObject(name, 1, "h", "a", "2026-01-01", "s"), there)


class Server:
    """Says when it allows an object, and takes it from then on.

    :ivar asked: the seconds since the beginning and the name of each try.
    """

    def __init__(self, journal: Journal, allowed: dict[str, list[float]]) -> None:
        self.now = 0.0
        self.allowed = allowed
        self.asked: list[tuple[float, str]] = []
        self.done: list[StepResult] = []
        self.large: set[str] = set()
        self.interrupt: Callable[[], None] = lambda: None
        self.steps = PostponedSteps(
            journal, self._interrupt, sleep=self.sleep, clock=lambda: self.now
        )

    def _interrupt(self) -> None:
        self.interrupt()

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def _try(self, name: str, kind: Kind) -> Outcome:
        self.asked.append((self.now, name))
        pauses = self.allowed.get(name, [])
        if pauses:
            pause = pauses.pop(0)
            raise PostponedError(AttemptError(f"no {name}"), pause)
        return Outcome(kind, name)

    def plain(self, some: Iterator[Step]) -> None:
        for one in some:
            kind = Kind.LARGE if one.entry.name in self.large else Kind.COPIED
            self.done.append(self.steps.attempt(one, partial(self._try, one.entry.name, kind)))

    def big(self, some: Iterator[Step]) -> None:
        for one in some:
            work = partial(self._try, one.entry.name, Kind.COPIED)
            self.done.append(self.steps.attempt(one, work, is_large=True))

    def run(self) -> list[tuple[str, str]]:
        """Do what was put off; give the names and reasons of what failed."""
        failed = list(self.steps.run(self.plain, self.big))
        assert {result.outcome.kind for result in failed} <= {Kind.FAILED}
        return [(result.outcome.name, result.outcome.reason) for result in failed]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(str(tmp_path), ("a", "b"))) as opened:
        yield opened


def test_each_is_done_when_its_server_allows_it(journal: Journal) -> None:
    server = Server(journal, {"a": [90], "b": [20, 30]})
    server.plain(map(step, "abc"))
    assert [result.outcome.kind for result in server.done] == [
        *[Kind.POSTPONED] * 2,
        Kind.COPIED,
    ]
    assert server.run() == []
    assert server.asked[3:] == [(20, "b"), (50, "b"), (90, "a")]


def test_what_is_not_allowed_for_hours_is_tried_once_and_not_waited_for(journal: Journal) -> None:
    server = Server(journal, {"a": [14400, 14400], "b": [14400]})
    server.plain(map(step, "ab"))
    assert server.run() == [("a", "no a. It asks to be asked again after 14,400 seconds.")]
    assert server.now == 0
    assert server.asked[2:] == [(0, "a"), (0, "b")]


def test_what_is_refused_again_and_again_comes_to_an_end(journal: Journal) -> None:
    server = Server(journal, {"a": [50] * 100})
    server.plain(iter([step("a")]))
    assert [name for name, _reason in server.run()] == ["a"]
    assert [moment for moment, _name in server.asked] == [0, 50, 100, 150, 150]
    assert server.now <= PATIENCE


def test_large_ones_are_done_as_large_ones_after_the_plain_ones(journal: Journal) -> None:
    server = Server(journal, {"a": [20], "b": [20]})
    server.big(iter([step("a")]))
    server.plain(iter([step("b")]))
    server.large = {"a"}  # what `plain` would make of it
    assert server.run() == []
    assert server.asked[2:] == [(20, "b"), (20, "a")]
    assert [result.outcome.kind for result in server.done[2:]] == [Kind.COPIED] * 2


def test_one_that_turns_out_to_be_large_is_done_as_such(journal: Journal) -> None:
    server = Server(journal, {"a": [20]})
    server.large = {"a"}
    server.plain(iter([step("a")]))
    assert server.run() == []
    assert [result.outcome.kind for result in server.done] == [
        Kind.POSTPONED,
        Kind.LARGE,
        Kind.COPIED,
    ]


def test_a_step_is_put_off_as_it_is(journal: Journal) -> None:
    server = Server(journal, {"a": [20]})
    server.plain(iter([step("a")]))
    [postponed] = journal.postponed()
    assert postponed.step == step("a")


def test_all_may_be_postponed_in_the_end(journal: Journal) -> None:
    server = Server(journal, {"a": [20]})
    server.plain(iter([step("a")]))
    server.run()
    refusal = AttemptError("no")
    refusal.retryable, refusal.retry_after = True, 60.0
    for _number in range(1000):
        with pytest.raises(PostponedError):
            server.steps.postponement.check(refusal)


def test_a_wait_ends_when_the_run_must_not_go_on(journal: Journal) -> None:
    server = Server(journal, {"a": [100]})
    server.plain(iter([step("a")]))

    def interrupt() -> None:
        if server.now >= 3:
            raise MigrationError("the lease is lost")

    server.interrupt = interrupt
    with pytest.raises(MigrationError, match="lease"):
        server.run()
    assert server.now == 3
