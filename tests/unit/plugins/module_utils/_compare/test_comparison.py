# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What ends a comparison, and what does not."""

from __future__ import annotations

import gc
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.comparison import (
    Comparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.options import (
    CompareOptions,
    Level,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.estimate_error import (
    EstimateError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    IncompleteListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    UnauthorizedError,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

OBJECTS = 300

Script = Callable[[Asked], Answer]


class Crowd:
    """A script that takes its time, and notes how many it answers at once."""

    def __init__(self, script: Script) -> None:
        self.most = self._now = 0
        self._script = script
        self._mutex = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        with self._mutex:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.005)
        with self._mutex:
            self._now -= 1
        return self._script(asked)


def compare(
    source: ObjectServer,
    destination: ObjectServer,
    level: Level,
    status: int | None = None,
    concurrency: int = 4,
    **options: Any,
) -> Comparison:
    """A comparison of two equal containers, whose objects the destination answers with a status."""
    store = ObjectStore()
    for number in range(OBJECTS):
        store.put(f"{number:04}", b"bytes")

    def script(asked: Asked) -> Answer:
        of_an_object = asked.path.partition("?")[0].count("/") > 3
        return Answer(status) if status and of_an_object else store(asked)

    source.script, destination.script = store, script
    given = CompareOptions(
        "c", "c", level=level, concurrency=concurrency, progress_interval=0, **options
    )
    return Comparison(source, destination, given)  # type: ignore[arg-type]


def forgets_once(name: str, script: Script) -> Script:
    """Answer as the script does, but deny an object the first time."""
    denied = iter([Answer(404)])

    def forgetful(asked: Asked) -> Answer:
        answer = next(denied, None) if asked.path.endswith(f"/c/{name}") else None
        return answer or script(asked)

    return forgetful


@pytest.mark.parametrize("level", [Level.HEADERS, Level.CONTENT])
def test_a_login_that_is_refused_in_mid_run_ends_it_with_the_reason(
    source: ObjectServer, destination: ObjectServer, level: Level
) -> None:
    run = compare(source, destination, level, 401)
    with pytest.raises(UnauthorizedError, match=r"401 .* role"):
        run.run()
    assert len(destination.asked) < OBJECTS


@pytest.mark.parametrize(("status", "result"), [(None, "done"), (403, "failed")])
def test_its_metrics_and_its_result_tell_how_it_ended(
    source: ObjectServer,
    destination: ObjectServer,
    tmp_path: Path,
    status: int | None,
    result: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EstimateError, "mean", lambda _self, _end: 2.5)
    run = compare(
        *(source, destination, Level.HEADERS, status),
        metrics_dir=str(tmp_path),
        state_dir=str(tmp_path / "state"),
    )
    run.run()
    [file] = tmp_path.glob("*.prom")
    assert f'result="{result}"}} 1\n' in file.read_text()
    assert run.result()["estimate_error"] == 2.5


def test_an_object_that_may_not_be_read_does_not_end_it(
    source: ObjectServer, destination: ObjectServer
) -> None:
    run = compare(source, destination, Level.HEADERS, 403)
    run.run()
    assert run.proof.objects["error"] == OBJECTS


def test_equal_containers_are_equal(source: ObjectServer, destination: ObjectServer) -> None:
    run = compare(source, destination, Level.CONTENT)
    run.run()
    assert run.equal
    assert run.proof.objects["match"] == OBJECTS


@pytest.mark.parametrize(
    ("at", "status"),
    [("HEAD /v1/AUTH_x/c", 403), ("HEAD /v1/AUTH_x/c", 404), ("GET /v1/AUTH_x/c", 403)],
)
def test_a_comparison_that_breaks_off_proves_nothing(
    source: ObjectServer, destination: ObjectServer, tmp_path: Path, at: str, status: int
) -> None:
    path = tmp_path / "proof.json"
    path.write_text('{"equal": true}')
    run = compare(source, destination, Level.LISTING, proof=str(path))
    script = destination.script

    def refusing(asked: Asked) -> Answer:
        found = f"{asked.method} {asked.path.partition('?')[0]}" == at
        return Answer(status) if found else script(asked)

    destination.script = refusing
    with pytest.raises(MigrationError) as caught:
        run.run()
    result, proof = run.result(), json.loads(path.read_text())
    assert result["equal"] is proof["equal"] is False
    assert proof["problem"] == str(caught.value)
    for told in (result, proof):
        assert not any("sha256" in told[side] for side in ("source", "destination"))


def test_a_loss_is_told_before_what_does_not_count(
    source: ObjectServer, destination: ObjectServer
) -> None:
    run = compare(source, destination, Level.LISTING, ignore_extra=True)
    there = ObjectStore()
    for number in range(OBJECTS - 1):
        there.put(f"{number:04}", b"bytes")
        there.put(f"+{number:04}", b"extra")
    destination.script = there
    run.run()
    result = run.result()
    assert [each["name"] for each in result["differences"]] == [f"{OBJECTS - 1:04}"]
    with pytest.raises(MigrationError, match=r"holds: 1 missing\. The first is 0299: missing\. To"):
        run.raise_for_differences()


@pytest.mark.parametrize("level", list(Level))
def test_a_lost_object_that_the_source_does_not_find_for_a_moment_is_missing(
    source: ObjectServer, destination: ObjectServer, level: Level
) -> None:
    run = compare(source, destination, level)
    destination.script = ObjectStore()
    source.script = forgets_once("0000", source.script)
    run.run()
    assert not run.equal
    assert run.proof.objects["missing"] == OBJECTS


@pytest.mark.parametrize("status", [429, 498, 503])
def test_fewer_objects_are_asked_for_at_once_when_a_server_asks_for_it(
    source: ObjectServer, destination: ObjectServer, status: int
) -> None:
    run = compare(source, destination, Level.HEADERS, concurrency=16)
    refused = iter([Answer(status)])
    crowd = Crowd(source.script)
    script = destination.script

    def throttling(asked: Asked) -> Answer:
        if asked.path.endswith("/c/0100"):
            crowd.most = 0  # by now it must have been understood
        answer = next(refused, None) if asked.path.endswith("/c/0000") else None
        return answer or script(asked)

    source.script, destination.script = crowd, throttling
    run.run()
    assert run.equal
    assert 1 < crowd.most <= 8


def test_of_what_is_looked_at_later_little_is_held(
    source: ObjectServer, destination: ObjectServer
) -> None:
    run = compare(source, destination, Level.HEADERS, sample=str(OBJECTS))
    script = source.script
    held: list[int] = []

    def counting(asked: Asked) -> Answer:
        if asked.path.endswith("/c/0150"):
            held.append(sum(isinstance(one, ListedObject) for one in gc.get_objects()))
        return script(asked)

    source.script = counting
    run.run()
    assert run.proof.sampled == OBJECTS
    assert len(held) == 1
    assert held[0] < OBJECTS / 2


class Counting(ObjectStore):
    """A store that counts its objects, and whose listing lacks some of them at times.

    :param lacks: how many the listing lacks, each time that it is read.
    :param grows: by how many more it counts each time that it is asked.
    """

    def __init__(self, lacks: list[int], grows: int = 0) -> None:
        super().__init__()
        for number in range(40):
            self.put(f"{number:04}", b"bytes")
        self._lacks, self._grows = lacks, grows
        self._heads = 0

    def __call__(self, asked: Asked) -> Answer:
        answer = super().__call__(asked)
        if asked.method == "HEAD" and asked.path.endswith("/c"):
            count = len(self.objects) + self._grows * self._heads
            self._heads += 1
            return Answer(204, {**answer.headers, "X-Container-Object-Count": str(count)})
        if asked.method == "GET" and "/c?format=json" in asked.path:
            rows = json.loads(answer.body) if answer.body else []
            lacks = self._lacks[0]
            if not rows or rows[0]["name"] > f"{39 - lacks:04}":
                self._lacks = self._lacks[1:] or self._lacks
                return Answer(200, {}, b"[]")
            kept = [row for row in rows if row["name"] <= f"{39 - lacks:04}"]
            return Answer(200, {}, json.dumps(kept).encode())
        return answer


def counted(here: ObjectServer, there: ObjectServer, **options: Any) -> Comparison:
    given = CompareOptions("c", "c", progress_interval=0, **options)
    return Comparison(here, there, given)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_listing_that_lacks_what_the_server_counts_is_not_believed(
    source: ObjectServer, destination: ObjectServer, side: str
) -> None:
    source.script, destination.script = (
        Counting([1 if side == which else 0]) for which in ("source", "destination")
    )
    run = counted(source, destination)
    with pytest.raises(IncompleteListingError, match="shows 39 objects, its server counts 40"):
        run.run()
    assert not run.equal


def test_it_is_read_once_more_and_all_is_counted_anew(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = Counting([5, 0]), Counting([0])
    run = counted(source, destination)
    run.run()
    assert run.equal
    assert run.proof.objects["match"] == run.proof.source.objects == 40


@pytest.mark.parametrize("options", [{"prefix": "0"}, {"ignore_extra": True}])
def test_what_hides_nothing_is_not_counted(
    source: ObjectServer, destination: ObjectServer, options: dict[str, Any]
) -> None:
    source.script, destination.script = Counting([0]), Counting([5])
    run = counted(source, destination, **options)
    run.run()
    assert run.equal


def test_what_changes_meanwhile_may_lack_a_little(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script, destination.script = Counting([10], grows=1), Counting([0])
    run = counted(source, destination)
    run.run()
    assert run.equal
