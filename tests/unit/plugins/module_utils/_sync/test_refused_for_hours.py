# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Objects that a server refuses for hours, and what a replication does meanwhile."""

from __future__ import annotations

import math
from contextlib import closing

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import (
    Report,
)

from tests.unit.plugins.module_utils._sync.replications import INFO, PAIR, Run, put_large
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import TwoClouds

pytestmark = pytest.mark.usefixtures("in_time")


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
