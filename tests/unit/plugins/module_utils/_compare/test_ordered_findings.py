# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Findings in the order of names, whichever of them is there first."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare import (
    ordered_findings,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.ordered_findings import (
    in_order,
)


def found(name: str) -> Finding:
    return Finding(Verdict.MATCH, name)


def test_what_is_known_is_told_before_the_next_is_asked_for() -> None:
    done: Future[Finding] = Future()
    done.set_result(found("a"))
    log = []

    def findings() -> Iterator[tuple[str, Finding | Future[Finding]]]:
        for name, finding in (("a", done), ("b", found("b"))):
            log.append(f"ask {name}")
            yield name, finding

    for name, finding in in_order(findings()):
        log.append(f"tell {finding.name}")
        assert name == finding.name
    assert log == ["ask a", "tell a", "ask b", "tell b"]


@pytest.mark.usefixtures("in_time")
def test_later_ones_are_told_after_the_one_that_they_wait_for() -> None:
    slow: Future[Finding] = Future()
    log = []

    def findings() -> Iterator[tuple[str, Finding | Future[Finding]]]:
        yield "a", slow
        yield "b", found("b")
        log.append("a is there")
        slow.set_result(found("a"))
        yield "c", found("c")

    log += [finding.name for _name, finding in in_order(findings())]
    assert log == ["a is there", "a", "b", "c"]


def test_no_more_than_a_limit_of_them_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered_findings, "MAX_PENDING_FINDINGS", 3)
    asked = []

    class WaitedFor(Future[Finding]):
        def result(self, timeout: float | None = None) -> Finding:
            assert timeout is None
            waiting.append(len(asked))
            return found("a")

    waiting: list[int] = []

    def findings() -> Iterator[tuple[str, Finding | Future[Finding]]]:
        for number in range(6):
            asked.append(number)
            yield str(number), WaitedFor()

    assert [name for name, _finding in in_order(findings())] == list("012345")
    # The first is waited for when three others wait behind it, and the last ones at the end.
    assert waiting == [4, 5, 6, 6, 6, 6]


def test_a_look_that_failed_is_told_in_its_place() -> None:
    failed: Future[Finding] = Future()
    failed.set_exception(ZeroDivisionError())
    told = in_order([("a", found("a")), ("b", failed), ("c", found("c"))])
    assert next(told) == ("a", found("a"))
    with pytest.raises(ZeroDivisionError):
        next(told)
