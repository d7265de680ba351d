# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back between two real Swifts, after an application has used the new one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Options, RunModule
from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import CLOCKS, Pair, counts, fill, next_second

Rollback = Callable[..., dict[str, Any]]


@pytest.fixture
def params(pair: Pair, source: Options, destination: Options) -> Options:
    return {
        "source": {**source, "container": pair.name},
        "destination": {**destination, "container": pair.name},
    }


@pytest.fixture
def enter(params: Options, run_module: RunModule) -> Callable[[str], None]:
    """Enter a phase."""

    def run(phase: str) -> None:
        done = run_module("migration_phase", {**params, "phase": phase})
        assert not done.get("failed"), done["msg"]

    return run


@pytest.fixture
def rollback(params: Options, run_module: RunModule, tmp_path: Any) -> Rollback:
    def run(*, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        given = {"state_dir": str(tmp_path / "state"), **options}
        return run_module("swift_rollback", {**params, **given}, check=check, diff=diff)

    return run


@pytest.fixture
def cut_over(pair: Pair, enter: Callable[[str], None]) -> Pair:
    """Ten objects migrated, and the application switched."""
    with pair.earlier():
        fill(pair, 10)
    pair.sync()
    next_second()
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    return pair


def work(pair: Pair) -> None:
    """What an application does with its container."""
    pair.destination.put(pair.name, "new/a//b ü", b"new", {"X-Object-Meta-Owner": "chris"})
    pair.destination.put(pair.name, "data/0001", b"replaced")
    pair.destination.post(pair.name, "data/0002", {"X-Object-Meta-Colour": "red"})
    pair.destination.delete(pair.name, "data/0003")


def test_what_the_application_did_goes_back_and_a_second_run_finds_nothing(
    cut_over: Pair, rollback: Rollback
) -> None:
    work(cut_over)
    assert counts(rollback()) == {
        "copied": 1,
        "replaced": 1,
        "refreshed": 1,
        "deleted": 1,
        "kept": 7,
    }
    assert cut_over.differences() == []
    again = rollback()
    assert not again["changed"]
    assert counts(again) == {"kept": 10}


def test_a_file_tells_how_far_it_is_but_not_in_check_mode(
    cut_over: Pair, rollback: Rollback, tmp_path: Path
) -> None:
    work(cut_over)
    state_dir = tmp_path / "way-back"
    rollback(state_dir=str(state_dir), check=True)
    assert list(state_dir.glob("*.progress")) == []
    rollback(state_dir=str(state_dir))
    [path] = state_dir.glob("*.progress")
    state = json.loads(path.read_text())
    assert state["done"]
    assert (state["objects_copied"], state["objects_deleted"], state["objects_total"]) == (3, 1, 10)


def test_check_mode_tells_the_same_and_writes_nothing(cut_over: Pair, rollback: Rollback) -> None:
    work(cut_over)
    before = list(cut_over.source.listing(cut_over.name))
    told = rollback(check=True, diff=True)
    assert list(cut_over.source.listing(cut_over.name)) == before
    assert "copied new/a//b ü\n" in told["diff"]["prepared"]
    assert counts(told)["deleted"] == 1
    assert told["objects"] == rollback()["objects"]


def test_what_was_not_changed_costs_no_request(cut_over: Pair, rollback: Rollback) -> None:
    cut_over.destination.put(cut_over.name, "new", b"new")
    here, there = cut_over.requests(rollback)
    assert (here, there) == (["PUT new"], ["GET new"])


def test_what_somebody_wrote_to_the_old_container_is_listed_and_left_alone(
    cut_over: Pair, rollback: Rollback
) -> None:
    old, new, name = cut_over.source, cut_over.destination, cut_over.name
    old.put(name, "data/0001", b"straggler")
    new.put(name, "data/0001", b"application")
    old.put(name, "data/0002", b"straggler")
    old.put(name, "straggler", b"straggler")
    new.put(name, "new", b"new")
    result = rollback()
    assert counts(result) == {"copied": 1, "kept": 8, "conflict": 3}
    assert {each["name"]: each["reason"] for each in result["conflicts"]} == {
        "data/0001": "both were changed since the cutover",
        "data/0002": "the old container's was changed since the cutover",
        "straggler": "only the old container has it, since the cutover",
    }
    for each in ("data/0001", "data/0002", "straggler"):
        assert old.get(name, each) == b"straggler"
    assert new.get(name, "data/0001") == b"application"


def test_what_an_earlier_way_back_wrote_is_no_conflict(cut_over: Pair, rollback: Rollback) -> None:
    work(cut_over)
    rollback()
    cut_over.destination.put(cut_over.name, "data/0001", b"replaced once more")
    cut_over.destination.delete(cut_over.name, "new/a//b ü")
    assert counts(rollback()) == {"replaced": 1, "deleted": 1, "kept": 8}
    assert cut_over.differences() == []


def test_a_container_that_was_not_in_use_gives_nothing_back(pair: Pair, rollback: Rollback) -> None:
    fill(pair, 1)
    pair.sync()
    pair.destination.put(pair.name, "stray", b"stray")
    result = rollback()
    assert not result["changed"]
    assert "has not been in use since a cutover" in result["notice"]
    assert [row["name"] for row in pair.source.listing(pair.name)] == ["data/0000"]


def test_many_deletes_are_refused(cut_over: Pair, rollback: Rollback) -> None:
    for index in range(2, 10):
        cut_over.destination.delete(cut_over.name, f"data/{index:04}")
    refused = rollback()
    assert refused["failed"]
    assert "8 objects" in refused["msg"]
    assert len(list(cut_over.source.listing(cut_over.name))) == 10
    assert counts(rollback(max_delete="8")) == {"deleted": 8, "kept": 2}


def test_parts_that_an_upload_left_in_the_new_storage_do_not_stop_a_second_migration(
    cut_over: Pair, rollback: Rollback, enter: Callable[[str], None]
) -> None:
    parts = f"{cut_over.name}+segments"
    cut_over.destination.put_container(parts)
    cut_over.destination.put(parts, "broken-off/ID/1", b"part")
    cut_over.destination.put(cut_over.name, "after", b"after")
    assert counts(rollback())["copied"] == 1
    enter("rolled-back")
    put_manifest(cut_over, "large", put_segments(cut_over, 2, "large/ID", parts))
    assert counts(cut_over.sync())["copied"] == 1
    assert cut_over.differences() == []
    names = [row["name"] for row in cut_over.destination.listing(parts)]
    assert names == ["broken-off/ID/1", "large/ID/0000", "large/ID/0001"]


def test_after_the_way_back_a_second_migration_copies_what_has_changed(
    cut_over: Pair, rollback: Rollback, enter: Callable[[str], None]
) -> None:
    work(cut_over)
    rollback()
    enter("rolled-back")
    cut_over.source.put(cut_over.name, "later", b"later")
    result = cut_over.sync(prune=True)
    assert counts(result)["copied"] == 1
    assert not result["objects"]["deleted"]
    assert cut_over.differences() == []
    for phase in ("frozen", "verified", "cut-over"):
        enter(phase)
    cut_over.destination.put(cut_over.name, "after", b"after")
    assert counts(rollback())["copied"] == 1
    assert cut_over.differences() == []


def test_a_second_migration_makes_equal_what_a_conflict_left_different(
    cut_over: Pair, rollback: Rollback, enter: Callable[[str], None]
) -> None:
    cut_over.source.post(cut_over.name, "data/0001", {"X-Object-Meta-By": "straggler"})
    time.sleep(CLOCKS)
    cut_over.destination.post(cut_over.name, "data/0001", {"X-Object-Meta-By": "application"})
    assert counts(rollback())["conflict"] == 1
    next_second()
    enter("rolled-back")
    assert counts(cut_over.sync()) == {"refreshed": 1, "kept": 9}
    assert cut_over.differences() == []
    assert cut_over.requests(cut_over.sync) == ([], [])


def test_a_symlink_that_the_application_made_goes_back_as_one(
    cut_over: Pair, rollback: Rollback
) -> None:
    name = cut_over.name
    cut_over.destination.put(name, "link", b"", {"X-Symlink-Target": f"{name}/data/0001"})
    went_back = rollback()
    assert counts(went_back) == {"copied": 1, "kept": 10}
    assert went_back["symlinks"]["symlinks"] == 1
    itself = cut_over.source.read(name, "link", "symlink=get")[0]
    assert itself["x-symlink-target"] == f"{name}/data/0001"
    assert counts(rollback()) == {"kept": 11}
