# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the threads of a run share, and what each has of its own."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    EndedError,
    MigrationError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.control_file import (
    StoppedError,
    Wish,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.background import (
    begin,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.concurrency import (
    START,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils._migration.test_timetable import at
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

pytestmark = pytest.mark.usefixtures("in_time")


@dataclass(frozen=True)
class Options:
    """The least that a run is told."""

    source: str = "old"
    destination: str = "new"
    prefix: str = ""
    segment_containers: Sequence[str] = ()
    concurrency: int = 64
    bandwidth_limit: int = 0
    requests_per_second: float = 0


class Lease:
    """Counts the writes that it allows."""

    def __init__(self, error: MigrationError | None = None) -> None:
        self.writes = 0
        self._error = error

    def write(self) -> None:
        self.writes += 1
        self.interrupt()

    def interrupt(self) -> None:
        if self._error is not None:
            raise self._error


def answer(asked: Asked) -> Answer:
    return Answer(201 if asked.method == "PUT" else 204)


@pytest.fixture
def ends(source: ObjectServer, destination: ObjectServer) -> tuple[ObjectServer, ObjectServer]:
    source.script = destination.script = answer
    return source, destination


Ends = tuple[ObjectServer, ObjectServer]


def context_of(ends: Ends, **options: object) -> RunContext:
    retry = Retry(attempts=2, sleep=lambda _seconds: None)
    return RunContext(*ends, Options(**options), retry)  # type: ignore[arg-type]


def test_each_thread_has_connections_of_its_own(ends: Ends) -> None:
    context = context_of(ends)
    for make in (context.source_container, context.destination_container):
        assert make().client.http is not make().client.http
    assert context.source.client.http is context.source.client.http


def test_all_threads_share_the_limits_of_the_source(ends: Ends) -> None:
    context = context_of(ends, requests_per_second=1000)
    with ThreadPoolExecutor(8) as pool:
        making = [pool.submit(context.source_container) for _number in range(32)]
    containers = [made.result() for made in making]
    limits = {id(container.client.http.limits) for container in containers}
    assert len(limits) == 1
    assert context.source.client.http.limits.requests
    assert not context.destination.client.http.limits.requests


def test_a_negative_limit_is_told_when_the_source_is_to_be_asked(ends: Ends) -> None:
    context = context_of(ends, bandwidth_limit=-1)
    with pytest.raises(MigrationError, match="-1 cannot be a limit"):
        context.source_container()


def test_the_lease_is_asked_before_each_write_to_the_destination(ends: Ends) -> None:
    context = context_of(ends)
    context.destination.request("PUT", "before")
    lease = Lease()
    context.lease = lease  # type: ignore[assignment]
    context.destination.request("PUT", "o")
    context.destination_container().request("DELETE", "o")
    context.destination.request("HEAD", "o")
    context.source.request("PUT", "o")
    assert lease.writes == 2


def test_a_lost_lease_lets_nothing_be_written_and_ends_what_is_under_way(ends: Ends) -> None:
    context = context_of(ends)
    context.interrupt()
    context.lease = Lease(MigrationError("another run has begun"))  # type: ignore[assignment]
    for write in (lambda: context.destination.request("PUT", "o"), context.interrupt):
        with pytest.raises(MigrationError, match="another run has begun"):
            write()
    assert ends[1].asked == []


def test_the_lease_itself_needs_no_lease(ends: Ends) -> None:
    context = context_of(ends)
    context.lease = lease = Lease()  # type: ignore[assignment]
    context.lease_container().request("POST")
    assert lease.writes == 0


def test_no_limit_and_no_pause_delays_a_lease_that_the_source_holds(ends: Ends) -> None:
    context = context_of(ends, requests_per_second=0.01)
    context.source.request("HEAD", "o")
    context.source.client.http.limits.pause.begin()
    context.lease_container_of_source().request("POST")
    assert [asked.method for asked in ends[0].asked] == ["HEAD", "POST"]


def test_a_server_that_throttles_lowers_the_concurrency(ends: Ends) -> None:
    context = context_of(ends)
    answers = iter([Answer(429)])
    ends[1].script = lambda _asked: next(answers, Answer(204))
    assert context.concurrency == START
    context.destination.request("HEAD", "o")
    assert context.concurrency == START // 2


def test_the_executor_goes_by_the_concurrency(ends: Ends) -> None:
    context = context_of(ends, concurrency=3)
    done: list[int] = []
    executor = context.executor(lambda: lambda number: number + 1, size=lambda _number: 0)
    executor.run(iter([1, 2]), done.append)
    assert sorted(done) == [2, 3]
    assert context.concurrency == 3


def test_segments_are_read_in_no_other_container_than_those_given(ends: Ends) -> None:
    context = context_of(ends, segment_containers=["parts"])
    assert context.source.sibling("parts").name == "parts"
    with pytest.raises(MigrationError):
        context.source.sibling("private")


def test_both_listings_are_read_in_order_and_by_their_prefix(ends: Ends) -> None:
    context = context_of(ends, prefix="a")
    for server, name in zip(ends, ("old", "new"), strict=True):
        store = ObjectStore()
        for each in ("b", f"a-{name}", "a"):
            store.put(each, b"", name)
        server.script = store
    source, destination = context.source.stat(), context.destination.stat()
    assert source is not None
    listings = context.listings(source, destination)
    assert [[entry.name for entry in listing] for listing in listings] == [
        ["a", "a-old"],
        ["a", "a-new"],
    ]
    assert list(context.listings(source, None)[1]) == []


class Nothing:
    """A run of which nothing is to be told."""

    def state(self, *, done: bool = False) -> dict[str, Any]:
        return {"phase": "copying", "written": 1000.0, "done": done}


def end(_number: int, _frame: object) -> None:
    raise MigrationError("told to end")


def test_a_run_that_goes_on_takes_other_limits_and_stops(ends: Ends, tmp_path: Path) -> None:
    context, path = context_of(ends), tmp_path / "pair.progress"
    limits = context.source.client.http.limits
    before = signal.signal(signal.SIGTERM, end)
    try:
        with pytest.raises(StoppedError), context.controlled(Nothing(), path):
            assert not limits.requests
            wish = Wish(requests_per_second=1e6, bandwidth_limit=1 << 40, concurrency=3)
            asked = wish.write(path)
            while asked.exists():
                time.sleep(0.05)
            time.sleep(0.2)
            assert (bool(limits.requests), bool(limits.bandwidth)) == (True, True)
            assert (context.concurrency, context.stopped) == (3, False)
            Wish(stop=True).write(path)
            time.sleep(30)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert json.loads(path.read_text())["stopped"]


def test_a_run_keeps_to_its_timetable_within_seconds(ends: Ends, tmp_path: Path) -> None:
    clock = iter([at("07:59")] * 3)
    context = RunContext(
        *ends,  # type: ignore[arg-type]
        Options(),
        timetable={"08:00-18:00": {"requests_per_second": 5}},
        clock=lambda: next(clock, at("08:00")),
    )
    path = tmp_path / "pair.progress"
    with context.controlled(Nothing(), path):
        assert json.loads(path.read_text())["limits_until"] == "08:00 EST"
        assert not context.source.client.http.limits.requests
        end = time.monotonic() + 5
        while json.loads(path.read_text())["requests_per_second"] != 5:
            assert time.monotonic() < end
            time.sleep(0.1)
        assert context.source.client.http.limits.requests
        assert json.loads(path.read_text())["limits_until"] == "18:00 EST"


@pytest.fixture
def ending() -> Iterator[None]:
    """Let SIGTERM end what the main thread does."""
    before = signal.signal(signal.SIGTERM, end)
    yield
    signal.signal(signal.SIGTERM, before)


def ask(path: Path, wish: Wish) -> dict[str, Any]:
    """Ask, and give what the run tells of itself when it has heard and told again."""
    asked = wish.write(path)
    while asked.exists():
        time.sleep(0.05)
    time.sleep(0.2)
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def test_a_run_is_paused_tells_so_and_goes_on(ends: Ends, tmp_path: Path) -> None:
    context, path = context_of(ends), tmp_path / "pair.progress"
    with context.controlled(Nothing(), path):
        first = json.loads(path.read_text())
        assert (first["paused"], first["retries"]) == (None, 0)
        answers = iter([Answer(503)])
        ends[1].script = lambda asked: next(answers, answer(asked))
        context.destination.request("HEAD", "o")
        told = ask(path, Wish(pause=True))
        assert told["paused"] == pytest.approx(time.time(), abs=5)
        assert told["retries"] == 1
        assert ask(path, Wish(concurrency=3))["paused"]  # asked for something else
        request = begin(lambda: context.source.request("HEAD", "o"))
        context.destination.request("PUT", "o")  # as the lease's
        with pytest.raises(TimeoutError):
            request.result(0.1)
        assert ends[0].asked == []
        assert ask(path, Wish(pause=False))["paused"] is None
        request.result(10)


@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("stop", [True, False], ids=["stop", "SIGTERM"])
def test_a_paused_run_ends_at_once(ends: Ends, tmp_path: Path, stop: bool) -> None:
    context, path = context_of(ends, concurrency=2), tmp_path / "pair.progress"
    broken_off = list[int]()

    def work(number: int) -> int:
        try:
            context.source_container().request("HEAD", "o")
        except EndedError:
            broken_off.append(number)
            raise
        return number

    def tell() -> None:
        ask(path, Wish(pause=True))
        if stop:
            Wish(stop=True).write(path)
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    executor = context.executor(lambda: work, size=lambda _number: 0)
    with (
        pytest.raises(StoppedError if stop else MigrationError) as raised,
        context.controlled(Nothing(), path),
    ):
        begin(tell)
        executor.run(iter(range(10**9)), lambda _number: None)
    assert stop or "told to end" in str(raised.value)
    assert len(broken_off) == 2
    told = json.loads(path.read_text())
    assert (told["stopped"], told["paused"]) == (stop, None)
    context.source.request("HEAD", "o")  # nothing is held afterwards


def test_an_error_of_a_run_that_nobody_has_stopped_stays_what_it_is(
    ends: Ends, tmp_path: Path
) -> None:
    context = context_of(ends)
    with (
        pytest.raises(MigrationError, match="gone") as raised,
        context.controlled(Nothing(), tmp_path / "pair.progress"),
    ):
        raise MigrationError("gone")
    assert not isinstance(raised.value, StoppedError)


@pytest.mark.parametrize(
    ("run", "pair"), [("swift_sync", ("old", "new")), ("swift_rollback", ("new", "old"))]
)
def test_metrics_name_both_containers_as_the_migration_does(
    ends: Ends, tmp_path: Path, run: str, pair: tuple[str, str]
) -> None:
    context = RunContext(*ends, Options(), what=run)  # type: ignore[arg-type]
    context.retry.counts.add("throttled")
    metrics = context.metrics(str(tmp_path))
    with context.controlled(Nothing(), tmp_path / "pair.progress", metrics):
        [file] = tmp_path.glob("*.prom")
    labels = f'source="AUTH_x/{pair[0]}",destination="AUTH_x/{pair[1]}",run="{run}"'
    lines = file.read_text().splitlines()
    assert f'swift_migration_retries_total{{{labels},reason="throttled"}} 1' in lines
    assert f"swift_migration_concurrency_limit{{{labels}}} {START}" in lines
    assert f"swift_migration_in_flight_objects{{{labels}}} 0" in lines
    assert f"swift_migration_run_paused{{{labels}}} 0" in lines
    assert f'swift_migration_last_result{{{labels},result="done"}} 1' in lines


def test_it_keeps_how_wrong_the_estimates_were(ends: Ends, tmp_path: Path) -> None:
    class Estimated(Nothing):
        def state(self, *, done: bool = False) -> dict[str, Any]:
            return {**super().state(done=done), "estimate_error": 3.5 if done else None}

    context = context_of(ends)
    assert context.estimate_error is None
    with context.controlled(Estimated(), tmp_path / "pair.progress"):
        pass
    assert context.estimate_error == 3.5


def test_there_are_no_metrics_without_a_folder_for_them(ends: Ends) -> None:
    assert context_of(ends).metrics(None) is None
    assert context_of(ends).metrics("") is None
