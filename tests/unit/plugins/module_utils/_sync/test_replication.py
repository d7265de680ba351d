# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The steps of a plan: in which order they are done, and what the failure of one means for others."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.estimate_error import (
    EstimateError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    RUN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
    Stage,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    state_file,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing_count import (
    IncompleteListingError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.name_probe import (
    CONTENT_TYPE,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    MAX_UNANSWERED,
)

from tests.unit.plugins.module_utils._sync.replications import PAIR, Run, put_large
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import LATE, answering

pytestmark = pytest.mark.usefixtures("in_time")


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
