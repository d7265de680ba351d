# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The steps of a plan: in which order they are done, and what the failure of one means for others."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.estimate_error import (
    EstimateError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    stat_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.plan import (
    Action,
    Step,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    RUN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
    Stage,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    state_file,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    IncompleteListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_probe import (
    CONTENT_TYPE,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.replication import (
    Replication,
    as_planned,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    MAX_UNANSWERED,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import LATE, TwoClouds, answering

pytestmark = pytest.mark.usefixtures("in_time")

PAIR = ("a", "b")
INFO = {"swift": {"max_file_size": 10_000}, "slo": {"max_manifest_segments": 10}}


def by_size(source: ListedObject, destination: ListedObject) -> Action:
    return Action.KEEP if source.size == destination.size else Action.REPLACE


@dataclass
class Run:
    """Replications from the old container to the new one."""

    clouds: TwoClouds
    report: Report = field(default_factory=Report)

    def do(
        self,
        first: Callable[[], None] = lambda: None,
        last: Callable[[], None] = lambda: None,
        may_do: Callable[[Step], bool] = as_planned,
        **options: Any,
    ) -> dict[str, int]:
        """Replicate; give what was counted."""
        clouds = self.clouds
        given = replace(clouds.options, **{"prune": True, **options})
        context = RunContext(*clouds.connections, given, clouds.retry)
        stats = stat_of(context.source), stat_of(context.destination)
        clouds.asked.clear()
        with closing(Journal(given.state_dir, PAIR, check_mode=given.check)) as journal:
            Replication(
                context,
                journal,
                self.report,
                given,
                compare=by_size,
                compare_segments=by_size,
                may_do=may_do,
            ).run(*stats, first, last)
        return {kind: number for kind, number in self.report.objects.items() if number}


@pytest.fixture
def run(two_clouds: TwoClouds) -> Run:
    two_clouds.connections[1].info = INFO
    return Run(two_clouds)


def put_large(clouds: TwoClouds, name: str) -> None:
    """Put a static large object of one segment into the old container."""
    etag = clouds.source.put("part", b"p" * 10, "old_segments")
    line: dict[str, object] = {"path": "/old_segments/part", "etag": etag, "size_bytes": 10}
    clouds.source.put_manifest(name, [line], "old")


def test_plain_objects_come_first_then_segments_then_manifests_deletes_last(run: Run) -> None:
    put_large(run.clouds, "large")
    run.clouds.put("a", "z")
    run.clouds.put_extra("x")
    assert run.do() == {"copied": 3, "deleted": 1}
    writes = [path for _method, path in run.clouds.writes]
    assert sorted(writes[:2]) == ["new/a", "new/z"]
    assert writes[2:] == ["new_segments", "new_segments/part", "new/large", "new/x"]
    assert run.clouds.held == ["a", "large", "z"]


@pytest.mark.parametrize("prune", [True, False])
def test_a_run_says_that_it_deletes_only_if_it_may(run: Run, prune: bool) -> None:
    run.clouds.put("a")
    run.do(prune=prune)
    assert (run.report.stage is Stage.DELETING) is prune


def test_what_comes_first_is_done_before_anything_is_written(run: Run) -> None:
    run.clouds.put("a")
    seen: list[list[tuple[str, str]]] = []
    run.do(first=lambda: seen.append(run.clouds.writes))
    assert seen == [[]]
    assert run.clouds.held == ["a"]


def test_nothing_is_written_when_what_comes_first_fails(run: Run) -> None:
    run.clouds.put("a")
    run.clouds.put_extra("x")

    def fail() -> None:
        raise MigrationError("there is no room")

    with pytest.raises(MigrationError, match="there is no room"):
        run.do(first=fail)
    assert run.clouds.writes == []


def test_each_object_is_done_as_the_comparison_decides(run: Run) -> None:
    run.clouds.put("kept", "new", "replaced")
    run.clouds.destination.put("kept", b"tpek", "new")
    run.clouds.destination.put("replaced", b"other", "new")
    assert run.do() == {"kept": 1, "copied": 1, "replaced": 1}
    assert run.clouds.destination.objects["new", "kept"] == b"tpek"
    assert run.clouds.destination.objects["new", "replaced"] == b"replaced"


@pytest.mark.parametrize(
    ("method", "end"), [("GET", "/old/b"), ("GET", "/old_segments/part")], ids=["plain", "large"]
)
def test_one_that_fails_ends_nothing_but_the_deletes(run: Run, method: str, end: str) -> None:
    put_large(run.clouds, "large")
    run.clouds.put("a", "b", "c")
    run.clouds.put_extra("x")
    run.clouds.source.refuse = answering(403, method=method, end=end)
    assert run.do() == {"copied": 3, "failed": 1, "extra": 1}
    failed = "b" if end == "/old/b" else "large"
    assert run.clouds.held == sorted({"a", "b", "c", "large", "x"} - {failed})
    assert [failure["name"] for failure in run.report.failures] == [failed]
    assert run.report.notice == "nothing was deleted, because objects could not be copied"


def test_one_that_no_other_would_survive_ends_everything(run: Run) -> None:
    put_large(run.clouds, "large")
    run.clouds.put("a", "b")
    run.clouds.put_extra("x")
    run.clouds.destination.refuse = answering(507, method="PUT", end="/new/a")
    with pytest.raises(MigrationError, match="507"):
        run.do(concurrency=1)
    assert run.clouds.held == ["x"]
    assert [path for _method, path in run.clouds.writes] == ["new/a"]


def test_a_lost_object_is_told_and_keeps_what_the_source_does_not_have(run: Run) -> None:
    run.clouds.put("a", "lost")
    run.clouds.put_extra("x")
    lost = answering(404, method="GET", end="/old/lost")
    gone = answering(404, method="HEAD", end="/old/lost")
    run.clouds.source.refuse = lambda asked: lost(asked) or gone(asked)
    assert run.do() == {"copied": 1, "unreadable": 1, "extra": 1}
    assert run.clouds.held == ["a", "x"]


def test_a_listing_that_was_not_whole_deletes_nothing(run: Run) -> None:
    run.clouds.put("a", "b")
    run.clouds.put_extra("b", "x")
    listed = iter([Answer(200, body=b"[]")])

    def short(asked: Asked) -> Answer | None:
        if asked.method == "GET" and asked.path.partition("?")[0].endswith("/old"):
            return next(listed, None)
        return None

    run.clouds.source.refuse = short
    with pytest.raises(IncompleteListingError, match="ended after 0 of 2 objects"):
        run.do()
    assert run.clouds.held == ["b", "x"]


def test_deletes_that_look_like_a_mistake_are_refused_after_the_copies(run: Run) -> None:
    run.clouds.put("a")
    run.clouds.put_extra("x", "y")
    with pytest.raises(MigrationError, match="max_delete"):
        run.do(max_delete="1")
    assert run.clouds.held == ["a", "x", "y"]


def test_a_step_that_may_not_be_done_is_left(run: Run) -> None:
    put_large(run.clouds, "large")
    run.clouds.put("a", "b")
    run.clouds.put_extra("x", "y")
    allowed = {"a", "y"}
    assert run.do(may_do=lambda step: step.entry.name in allowed) == {"copied": 1, "deleted": 1}
    assert run.clouds.held == ["a", "x"]


def test_only_names_with_the_prefix_are_touched(run: Run) -> None:
    run.clouds.put("in/a", "out")
    run.clouds.put_extra("in/x", "x")
    assert run.do(prefix="in/") == {"copied": 1, "deleted": 1}
    assert run.clouds.held == ["in/a", "x"]


@pytest.mark.parametrize("prune", [True, False])
def test_what_a_killed_run_has_left_of_its_look_at_names_is_removed_and_is_not_extra(
    run: Run, prune: bool
) -> None:
    scratch = f"_swift_migration_probe_{'0' * 16}/a/b"
    kept = [f"{scratch}/text", f"{scratch}/full", "like_swift_migration_probe"]
    run.clouds.put("a")
    store, ours = run.clouds.destination, {"content-type": CONTENT_TYPE}
    store.put(scratch, b"", "new", **ours)
    store.put(kept[0], b"", "new")
    store.put(kept[1], b"1", "new", **ours)
    store.put(kept[2], b"", "new", **ours)
    outcome = {"copied": 1, "deleted" if prune else "extra": 3}
    assert run.do(check=True, prune=prune) == outcome
    assert run.clouds.writes == []
    run.report = Report()
    assert run.do(prune=prune) == outcome
    assert run.clouds.writes[0] == ("DELETE", f"new/{scratch}")
    assert run.clouds.held == sorted(["a", *([] if prune else kept)])
    assert run.report.destination["objects"] == 3


def test_check_mode_counts_the_same_and_writes_nothing(run: Run) -> None:
    put_large(run.clouds, "large")
    run.clouds.put("a", "replaced")
    run.clouds.destination.put("replaced", b"other", "new")
    run.clouds.put_extra("x")
    assert run.do(check=True) == {"copied": 2, "replaced": 1, "deleted": 1}
    assert run.clouds.writes == []


def test_what_vanishes_between_listing_and_copy_is_no_failure(run: Run) -> None:
    run.clouds.put("a", "b")

    def vanish(asked: Asked) -> Answer | None:
        if asked.method == "GET" and "/old/b" in asked.path:
            run.clouds.source.objects.pop(("old", "b"), None)
        return None

    run.clouds.source.refuse = vanish
    assert run.do() == {"copied": 1, "vanished": 1}


def test_what_has_expired_and_is_still_listed_is_asked_for_in_one_run_only(
    run: Run, tmp_path: Path
) -> None:
    run.clouds.source.put("brief", b"1", "old", **{"x-delete-at": str(int(time.time()) + 1)})
    run.clouds.put("a")
    assert run.do() == {"copied": 2}
    del run.clouds.destination.objects["new", "brief"]
    refusals = [answering(404, method=method, end="/old/brief") for method in ("GET", "HEAD")]
    run.clouds.source.refuse = lambda asked: refusals[0](asked) or refusals[1](asked)
    for asked in (True, False, False):
        run.report = Report()
        assert run.do(check=not asked) == {"kept": 1, "expired": 1}
        assert any(path == "old/brief" for _side, _method, path in run.clouds.asked) is asked
    run.report = Report()
    (tmp_path / "again").write_text("brief\n")
    assert run.do(copy_again=str(tmp_path / "again")) == {"kept": 1, "expired": 1}
    assert ("source", "GET", "old/brief") in run.clouds.asked
    run.clouds.source.refuse = lambda _asked: None
    run.clouds.source.now = LATE
    run.clouds.source.put("brief", b"2", "old")
    run.report = Report()
    assert run.do() == {"kept": 1, "copied": 1}


def test_a_second_run_copies_the_segments_of_a_large_object_no_more(run: Run) -> None:
    put_large(run.clouds, "large")
    assert run.do() == {"copied": 1}
    run.report = Report()
    assert run.do() == {"kept": 1}
    assert run.clouds.writes == []


def test_the_segments_of_a_dynamic_large_object_are_listed_once_in_a_run(run: Run) -> None:
    source = run.clouds.source
    for name in ("a", "b"):
        source.put(f"{name}/1", b"1", "old_segments")
        source.put(name, b"", "old", **{"x-object-manifest": f"old_segments/{name}/"})
    assert run.do() == {"copied": 2}
    once = run.clouds.asked.count(("source", "GET", "old_segments"))
    source.put("a", b"new", "old", **{"x-object-manifest": "old_segments/a/"})
    run.report = Report()
    assert run.do() == {"kept": 1, "replaced": 1}
    assert run.clouds.asked.count(("source", "GET", "old_segments")) == once > 0


def test_a_new_segment_that_two_dynamic_large_objects_share_is_copied_once(run: Run) -> None:
    source = run.clouds.source
    source.put("d/1", b"1", "old_segments")
    for name in ("a", "b"):
        source.put(name, b"", "old", **{"x-object-manifest": "old_segments/d/"})
    run.do(concurrency=1)
    source.put("d/2", b"2", "old_segments")

    def slowly(asked: Asked) -> None:
        if asked.method == "GET" and asked.path.endswith("/old_segments/d/2"):
            time.sleep(0.2)

    run.clouds.source.refuse = slowly
    run.report = Report()
    assert run.do(concurrency=2) == {"kept": 2}
    assert run.report.segments["copied"] == 1


def test_it_tells_how_far_it_is(run: Run) -> None:
    run.clouds.put("a")
    run.do(progress_interval=1)
    path = state_file(run.clouds.options.state_dir, PAIR, RUN)
    told = json.loads(path.read_text())
    assert (told["objects_copied"], told["done"]) == (1, True)


def test_it_reports_how_wrong_the_time_left_was_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EstimateError, "mean", lambda _self, _end: 2.5)
    run.do(progress_interval=1)
    assert run.report.result()["estimate_error"] == 2.5


def test_what_comes_last_is_done_when_all_else_is_and_its_failure_is_the_runs(run: Run) -> None:
    run.clouds.put("a")
    run.clouds.put_extra("x")

    def fail() -> None:
        raise MigrationError(f"there is {run.clouds.held}")

    with pytest.raises(MigrationError, match=r"there is \['a'\]"):
        run.do(progress_interval=1, last=fail)
    told = json.loads(state_file(run.clouds.options.state_dir, PAIR, RUN).read_text())
    assert (told["done"], told["failed"]) == (True, True)


@pytest.mark.parametrize(("interval", "check"), [(0, False), (1, False), (1, True)])
def test_metrics_are_written_whatever_is_shown_but_not_in_check_mode(
    run: Run, tmp_path: Path, interval: float, check: bool
) -> None:
    run.clouds.put("a")
    run.do(metrics_dir=str(tmp_path), progress_interval=interval, check=check, prune=False)
    assert len(list(tmp_path.glob("*.prom"))) == (not check)


def test_a_server_that_gives_other_objects_is_not_gone(run: Run) -> None:
    bad = [f"{number:02}-bad" for number in range(2 * MAX_UNANSWERED)]
    good = [f"{number:02}-good" for number in range(2 * MAX_UNANSWERED)]
    run.clouds.put(*bad, *good)
    run.clouds.source.refuse = answering(503, method="GET", end="-bad")
    assert run.do(concurrency=1) == {"copied": len(good), "failed": len(bad)}


def refusing_for_hours(clouds: TwoClouds, end: str, times: float) -> list[str]:
    """Answer requests of the source for an object so often that they are to come back in hours.

    :returns: takes the method of each request so answered.
    """
    refused: list[str] = []

    def refuse(asked: Asked) -> Answer | None:
        if not asked.path.partition("?")[0].endswith(end) or len(refused) >= times:
            return None
        refused.append(asked.method)
        return Answer(429, {"Retry-After": "14400"})

    clouds.source.refuse = refuse
    return refused


class TestObjectsThatAreRefusedForHours:
    """They are tried again when all others are done, hold no place, and are named."""

    def test_one_that_is_given_in_the_end_is_copied_last(self, run: Run) -> None:
        put_large(run.clouds, "large")
        run.clouds.put("a", "b", "c")
        run.clouds.put_extra("x")
        refused = refusing_for_hours(run.clouds, "/old/a", 1)
        assert run.do(concurrency=1) == {"copied": 4, "deleted": 1}
        assert refused == ["GET"]
        writes = [path for _method, path in run.clouds.writes]
        assert writes[-3:] == ["new/large", "new/a", "new/x"]

    def test_one_that_is_refused_in_the_end_is_named_and_deletes_nothing(self, run: Run) -> None:
        run.clouds.put("a", "b")
        run.clouds.put_extra("x")
        refused = refusing_for_hours(run.clouds, "/old/a", math.inf)
        assert run.do() == {"copied": 1, "failed": 1, "extra": 1}
        assert refused == ["GET", "GET"]
        [failure] = run.report.failures
        assert failure["name"] == "a"
        assert "source answered 429 to GET" in failure["reason"]
        assert "It asks to be asked again after 14,400 seconds" in failure["reason"]

    @pytest.mark.parametrize("end", ["/old_segments/part", "/old/large"])
    def test_a_large_one_is_put_off_with_its_segments(self, run: Run, end: str) -> None:
        put_large(run.clouds, "large")
        run.clouds.put("z")
        refused = refusing_for_hours(run.clouds, end, 1)
        assert run.do() == {"copied": 2}
        assert refused == ["GET"]
        assert run.clouds.held == ["large", "z"]

    @pytest.mark.parametrize(
        ("times", "counted"), [(1, {"kept": 2}), (math.inf, {"kept": 2, "failed": 1})]
    )
    def test_a_new_segment_of_a_dynamic_one_holds_no_other_up(
        self, run: Run, times: float, counted: dict[str, int]
    ) -> None:
        source = run.clouds.source
        for name in ("a", "b"):
            source.put(f"{name}/1", b"1", "old_segments")
            source.put(name, b"", "old", **{"x-object-manifest": f"old_segments/{name}/"})
        assert run.do() == {"copied": 2}
        for name in ("a", "b"):
            source.put(f"{name}/2", b"2", "old_segments")
        refused = refusing_for_hours(run.clouds, "/old_segments/a/2", times)
        run.report = Report()
        assert run.do(concurrency=1) == counted
        writes = [path for _method, path in run.clouds.writes]
        arrived = ["new_segments/a/2"] if times == 1 else []
        assert writes == ["new_segments/b/2", *arrived]
        assert refused == ["GET"] * (1 if times == 1 else 2)

    def test_a_delete_of_a_segment_that_is_put_off_counts_once(self, run: Run) -> None:
        source = run.clouds.source
        for number in range(3):
            source.put(f"a/{number}", b"1", "old_segments")
        source.put("a", b"", "old", **{"x-object-manifest": "old_segments/a/"})
        run.do()
        for number in (1, 2):
            del source.objects["old_segments", f"a/{number}"]
        refused = refusing_for_hours(run.clouds, "/old_segments/a/2", 1)
        run.report = Report()
        assert run.do(max_delete="2") == {"kept": 1}
        assert refused == ["HEAD"]
        assert run.report.segments["deleted"] == 2

    @pytest.mark.parametrize("check", [False, True])
    def test_a_symlink_is_put_off(self, run: Run, check: bool) -> None:
        run.clouds.connections[1].info = {**INFO, "symlink": {}}
        run.clouds.put("z")
        for name in ("a", "b"):
            target = {"x-symlink-target": "old/z"}
            run.clouds.source.put(name, b"", "old", **target)
        refused = refusing_for_hours(run.clouds, "/old/a", 1)
        assert run.do(concurrency=1, check=check) == {"copied": 3}
        assert refused == ["HEAD"]
        writes = [path for _method, path in run.clouds.writes]
        assert writes == ([] if check else ["new/z", "new/b", "new/a"])

    def test_a_run_over_the_same_names_is_no_whole_one_while_one_is_lacking(self, run: Run) -> None:
        run.clouds.put("a")
        refusing_for_hours(run.clouds, "/old/a", math.inf)
        run.do()
        with closing(Journal(run.clouds.options.state_dir, PAIR)) as journal:
            assert not journal.is_complete("")

    def test_check_mode_tries_it_again_too(self, run: Run) -> None:
        run.clouds.put("a")
        refused = refusing_for_hours(run.clouds, "/old/a", 1)
        assert run.do(check=True) == {"copied": 1}
        assert refused == ["HEAD"]
