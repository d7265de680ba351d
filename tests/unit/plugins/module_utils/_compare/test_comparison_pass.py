# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One pass over both listings: which names are looked at, how closely, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison_pass import (
    ComparisonPass,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Fingerprint,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.proof import (
    FAULTS,
    Proof,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    Both,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)

NAMES = ["a", "b", "c", "d"]


def entry(name: str) -> ListedObject:
    return ListedObject(name, 1, "0" * 32, "text/plain", "2026-01-01T00:00:00.000000")


class Examined:
    """An examination that finds everything equal, and logs how it looked.

    :param undecided: names of which the listings do not tell enough.
    :param doubtful: names that were found damaged before.
    """

    def __init__(self, undecided: tuple[str, ...] = (), doubtful: tuple[str, ...] = ()) -> None:
        self.log: list[str] = []
        self._undecided, self._doubtful = undecided, doubtful

    def late(self, *_both: ListedObject | None) -> Sides:
        return Sides.NEITHER

    def is_doubtful(self, name: str) -> bool:
        return name in self._doubtful

    def by_listing(
        self, source: ListedObject, _destination: ListedObject, _late: Sides
    ) -> Finding | None:
        return None if source.name in self._undecided else _match(source.name)

    def look(self, name: str, _shown: Both, _late: Sides) -> Finding:
        self.log.append(f"look {name}")
        return _match(name)

    def look_closer(
        self, name: str, _shown: Both, _late: Sides, _listed: Finding | None, **_options: Any
    ) -> Finding:
        self.log.append(f"closer {name}")
        return _match(name)


def _match(name: str) -> Finding:
    return Finding(Verdict.MATCH, name, (), Fingerprint(1, "0" * 32), Fingerprint(1, "0" * 32))


def at_once(look: Callable[[], Finding]) -> Future[Finding]:
    future: Future[Finding] = Future()
    try:
        future.set_result(look())
    except Exception as error:
        future.set_exception(error)
    return future


def names() -> Iterator[Both]:
    for name in NAMES:
        yield Both(entry(name), entry(name))


def run(
    examined: Any, submit: Callable[..., Future[Finding]] = at_once, **options: Any
) -> tuple[list[str], Proof]:
    """One whole pass; gives the names in the order in which they are told, and the proof."""
    given = CompareOptions("c", "c", **options)
    proof, told = Proof(given.asked(), FAULTS), list[str]()

    def tell(finding: Finding, *, again: bool = False) -> None:
        assert again is (finding.name in told)
        told.append(finding.name)

    one = ComparisonPass(given, submit, examined, proof, tell)
    one.read(names())
    one.look_closer()
    return told, proof


def test_what_the_listings_tell_needs_no_look() -> None:
    examined = Examined()
    told, proof = run(examined)
    assert told == NAMES
    assert examined.log == []
    assert proof.objects["match"] == len(NAMES)


def test_what_they_do_not_tell_is_looked_at() -> None:
    examined = Examined(undecided=("b", "d"))
    assert run(examined)[0] == NAMES
    assert examined.log == ["look b", "look d"]


@pytest.mark.parametrize("level", list(Level))
def test_what_was_found_damaged_before_is_looked_at_closely(level: Level) -> None:
    examined = Examined(doubtful=("c",))
    run(examined, level=level, sample="0%")
    assert examined.log == ["closer c"]


def test_all_of_a_full_sample_are_looked_at_closely_and_once() -> None:
    examined = Examined()
    _told, proof = run(examined, level=Level.CONTENT)
    assert examined.log == [f"closer {name}" for name in NAMES]
    assert proof.sampled == len(NAMES)


def test_those_of_a_number_are_looked_at_after_the_listings() -> None:
    examined = Examined(undecided=("d",))
    _told, proof = run(examined, level=Level.HEADERS, sample="2")
    assert examined.log[0] == "look d"
    assert len(examined.log) == 3
    assert all(step.startswith("closer ") for step in examined.log[1:])
    assert proof.sampled == 2


def test_findings_are_told_in_the_order_of_names_whichever_is_there_first() -> None:
    waiting: list[Callable[[], None]] = []

    def later(look: Callable[[], Finding]) -> Future[Finding]:
        future: Future[Finding] = Future()
        waiting.append(lambda: future.set_result(look()))
        if len(waiting) == len(NAMES):
            for finish in reversed(waiting):
                finish()
        return future

    examined = Examined(undecided=tuple(NAMES))
    told, _proof = run(examined, later)
    assert examined.log == [f"look {name}" for name in reversed(NAMES)]
    assert told == NAMES


def test_many_threads_find_the_same() -> None:
    examined = Examined(undecided=tuple(NAMES))
    with ThreadPoolExecutor(4) as pool:
        told, proof = run(examined, pool.submit)
    assert told == NAMES
    assert proof.objects["match"] == len(NAMES)


def test_an_error_of_a_look_ends_the_pass() -> None:
    examined = SimpleNamespace(
        late=lambda *_both: Sides.NEITHER,
        is_doubtful=lambda _name: False,
        by_listing=lambda *_both: None,
        look=lambda *_shown: 1 // 0,
    )
    with pytest.raises(ZeroDivisionError):
        run(examined)
