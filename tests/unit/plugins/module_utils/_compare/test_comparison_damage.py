# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a comparison does about damage that is remembered at the destination."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison import (
    Comparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.damage import (
    Damage,
    digest,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

NAMES = [f"{number}" for number in range(9)]
SOURCE = "AUTH_x/c@1.0"


class Counted(ObjectStore):
    """A store that counts its objects."""

    def __init__(self) -> None:
        super().__init__()
        for name in NAMES:
            self.put(name, b"bytes")

    def __call__(self, asked: Asked) -> Answer:
        answer = super().__call__(asked)
        number = sum(container == "c" for container, _name in self.objects)
        counted = {"X-Container-Object-Count": f"{number}"}
        is_container = asked.method == "HEAD" and asked.path.endswith("/c")
        return Answer(204, {**answer.headers, **counted}) if is_container else answer


@pytest.fixture
def there(source: ObjectServer, destination: ObjectServer) -> ObjectStore:
    """The destination's store; both hold the same."""
    source.script, made = Counted(), Counted()
    made.containers["c"] |= Migration(SOURCE, Phase.COPYING, "2026").headers()
    destination.script = made
    return made


def compare(
    source: ObjectServer, destination: ObjectServer, *, succeeds: bool = True, **options: Any
) -> Comparison:
    given = CompareOptions("c", "c", progress_interval=0, **options)
    run = Comparison(source, destination, given)  # type: ignore[arg-type]
    run.run()
    assert run.equal is succeeds
    return run


def reads(server: ObjectServer) -> list[str]:
    return sorted(
        asked.path.rpartition("/")[2]
        for asked in server.asked
        if asked.method == "GET" and "?" not in asked.path
    )


@pytest.mark.parametrize("level", [Level.LISTING, Level.HEADERS, Level.CONTENT])
def test_what_is_remembered_is_read_at_every_level_and_forgotten_when_it_is_right(
    source: ObjectServer, destination: ObjectServer, there: ObjectStore, level: Level
) -> None:
    there.containers["c"] |= Damage("2026", frozenset({digest("3")})).headers()
    run = compare(source, destination, level=level, sample="0")
    assert reads(source) == reads(destination) == ["3"]
    assert run.proof.sampled == 1
    assert run.result()["damaged"] == 0
    assert Damage.of(there.containers["c"]) == Damage()


def test_nothing_is_written_when_nothing_is_damaged(
    source: ObjectServer, destination: ObjectServer, there: ObjectStore
) -> None:
    compare(source, destination)
    assert {asked.method for asked in [*source.asked, *destination.asked]} == {"GET", "HEAD"}


def test_more_than_can_be_remembered_is_only_cleared_by_reading_all(
    source: ObjectServer, destination: ObjectServer, there: ObjectStore
) -> None:
    there.containers["c"] |= Damage("2026", more=True).headers()
    for options in (
        {"level": Level.LISTING},
        {"level": Level.CONTENT, "sample": "50%"},
        {"level": Level.HEADERS},
    ):
        run = compare(source, destination, succeeds=False, **options)
        with pytest.raises(MigrationError, match="more objects of 'c' damaged than can be rem"):
            run.raise_for_differences()
        assert run.result()["objects"]["match"] == len(NAMES)
    assert compare(source, destination, level=Level.CONTENT, prefix="1").equal
    assert Damage.of(there.containers["c"]).more
    compare(source, destination, level=Level.CONTENT)
    compare(source, destination)
    assert Damage.of(there.containers["c"]) == Damage()


def test_what_was_found_before_it_broke_off_is_remembered(
    source: ObjectServer, destination: ObjectServer, there: ObjectStore
) -> None:
    def ends(asked: Asked) -> Answer:
        if asked.path.endswith("/c/3"):
            return Answer(404)
        return Answer(401) if asked.path.endswith("/c/8") else there(asked)

    destination.script = ends
    given = CompareOptions("c", "c", level=Level.HEADERS, concurrency=1, progress_interval=0)
    run = Comparison(source, destination, given)  # type: ignore[arg-type]
    with pytest.raises(MigrationError, match="401"):
        run.run()
    assert Damage.of(there.containers["c"]).digests == {digest("3")}


def test_it_is_told_when_it_cannot_be_remembered(
    source: ObjectServer, destination: ObjectServer, there: ObjectStore
) -> None:
    def refusing(asked: Asked) -> Answer:
        lost = asked.path.endswith("/c/3")
        return Answer(404 if lost else 403) if lost or asked.method == "POST" else there(asked)

    destination.script = refusing
    run = compare(source, destination, succeeds=False, level=Level.HEADERS)
    with pytest.raises(MigrationError, match=r"1 unreadable.* will not know what .* 403") as caught:
        run.raise_for_differences()
    assert "The first is 3: unreadable" in str(caught.value)
