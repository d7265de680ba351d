# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back: what it copies, what it deletes, and what it leaves to a human."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.rollback import Rollback
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore
from tests.unit.plugins.module_utils.fakes.two_clouds import run_options

pytestmark = pytest.mark.usefixtures("short_pause")

BEFORE, FROZEN, PROVED, AFTER = (f"2026-02-0{day}T00:00:00.000000" for day in range(1, 5))
CUT_OVER = Migration("AUTH_x/old@1.0", Phase.CUT_OVER, "2026-01-31", FROZEN, PROVED)


Version = tuple[bytes, str]
"""An object's bytes and when it was last changed."""


class Clouds:
    """An old and a new container, and runs between them.

    :param folder: for the journal and the report.
    """

    def __init__(self, old: ObjectServer, new: ObjectServer, folder: Path) -> None:
        self._servers = (old, new)
        self.old, self.new = ObjectStore(), ObjectStore()
        self.old.containers = {"old": {"x-timestamp": "1.0"}}
        self.new.containers = {"new": {"x-timestamp": "2.0"}}
        old.script, new.script = self.old, self.new
        self.enter(CUT_OVER)
        self.options = run_options(folder)

    def enter(self, migration: Migration) -> None:
        """Write a migration into the new container's metadata."""
        self.new.containers["new"].update(migration.headers())

    def put(
        self, name: str, *, old: Version | None, new: Version | None, segments: bool = False
    ) -> None:
        """Put an object on each side, into the container for segments if that is asked for."""
        suffix = "_segments" if segments else ""
        for store, side, version in ((self.old, "old", old), (self.new, "new", new)):
            if version:
                store.now = version[1]
                store.put(name, version[0], f"{side}{suffix}")

    def roll_back(self, **options: Any) -> dict[str, Any]:
        """One run, after all that was put so far; gives what the module returns."""
        self.old.now = self.new.now = AFTER
        old, new = self._servers
        retry = Retry(attempts=1, sleep=lambda _seconds: None)
        run = Rollback(old, new, replace(self.options, **options), retry)  # type: ignore[arg-type]
        run.run()
        return run.result()

    @property
    def held(self) -> dict[str, bytes]:
        """What the old container holds."""
        return {name: body for (_container, name), body in self.old.objects.items()}


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Clouds]:
    with ExitStack() as stack:
        old, new = (stack.enter_context(ObjectServer().running()) for _side in range(2))
        yield Clouds(old, new, tmp_path)


def counted(result: dict[str, Any]) -> dict[str, int]:
    return {kind: number for kind, number in result["objects"].items() if number}


def test_what_the_application_did_since_the_proof_goes_back(clouds: Clouds) -> None:
    clouds.put("kept", old=(b"a", BEFORE), new=(b"a", BEFORE))
    clouds.put("written", old=None, new=(b"b", AFTER))
    clouds.put("replaced", old=(b"c", BEFORE), new=(b"d", AFTER))
    clouds.put("deleted", old=(b"e", BEFORE), new=None)
    result = clouds.roll_back()
    assert clouds.held == {"kept": b"a", "written": b"b", "replaced": b"d"}
    assert counted(result) == {"kept": 1, "copied": 1, "replaced": 1, "deleted": 1}
    assert sorted(clouds.old.puts) == ["old/replaced", "old/written"]
    assert result["changed"] is True
    assert (result["conflicts"], result["notice"]) == ([], "")
    assert not clouds.new.puts


def test_what_somebody_else_wrote_to_the_old_container_is_left_and_told(clouds: Clouds) -> None:
    clouds.put("both", old=(b"theirs", AFTER), new=(b"ours", AFTER))
    clouds.put("only-there", old=(b"theirs", FROZEN), new=None)
    clouds.put("there", old=(b"theirs", AFTER), new=(b"ours", BEFORE))
    result = clouds.roll_back()
    assert set(clouds.held.values()) == {b"theirs"}
    assert counted(result) == {"conflict": 3}
    assert {each["name"]: each["reason"] for each in result["conflicts"]} == {
        "both": "both were changed since the cutover",
        "only-there": "only the old container has it, since the cutover",
        "there": "the old container's was changed since the cutover",
    }
    lines = Path(result["report"]).read_text().splitlines()
    assert {json.loads(line)["name"] for line in lines} == {"both", "only-there", "there"}
    assert result["changed"] is False


@pytest.mark.security
def test_a_manifest_that_leads_elsewhere_is_not_followed_back_unless_listed(
    clouds: Clouds,
) -> None:
    clouds.new.now = AFTER
    clouds.new.put("s/1", b"1", "new_private")
    clouds.new.put("o", b"", "new", **{"x-object-manifest": "new_private/s/"})
    (failure,) = clouds.roll_back()["failures"]
    assert "segment_containers: a manifest leads to container 'new_private'" in failure["reason"]
    assert clouds.held == {}
    # It is the copy of the old cloud's "private".
    assert counted(clouds.roll_back(segment_containers=["private"])) == {"copied": 1}


def test_what_both_sides_got_alike_is_no_conflict(clouds: Clouds) -> None:
    clouds.put("o", old=(b"same", AFTER), new=(b"same", AFTER))
    result = clouds.roll_back()
    assert (counted(result), result["conflicts"]) == ({"kept": 1}, [])


def test_what_a_way_back_wrote_may_be_replaced_by_the_next(clouds: Clouds) -> None:
    for name in ("copied", "replaced"):
        clouds.put(name, old=(b"0", BEFORE) if name == "replaced" else None, new=(b"1", AFTER))
    clouds.roll_back()
    for name in ("copied", "replaced"):
        clouds.put(name, old=None, new=(b"2", AFTER))
    result = clouds.roll_back()
    assert clouds.held == {"copied": b"2", "replaced": b"2"}
    assert counted(result) == {"replaced": 2}


def test_what_a_way_back_wrote_may_be_deleted_by_the_next(clouds: Clouds) -> None:
    clouds.put("kept", old=(b"a", BEFORE), new=(b"a", BEFORE))
    clouds.put("o", old=None, new=(b"1", AFTER))
    clouds.roll_back()
    del clouds.new.objects["new", "o"]
    assert counted(clouds.roll_back()) == {"kept": 1, "deleted": 1}
    assert clouds.held == {"kept": b"a"}


def test_what_somebody_wrote_over_the_work_of_a_way_back_is_left(clouds: Clouds) -> None:
    clouds.put("o", old=None, new=(b"1", AFTER))
    clouds.roll_back()
    clouds.put("o", old=(b"theirs", AFTER), new=(b"2", AFTER))
    result = clouds.roll_back()
    assert clouds.held == {"o": b"theirs"}
    assert [each["name"] for each in result["conflicts"]] == ["o"]


def test_what_a_way_back_would_write_over_is_not_taken_for_its_own_work(clouds: Clouds) -> None:
    clouds.put("o", old=(b"theirs", AFTER), new=(b"1", AFTER))
    clouds.roll_back()
    clouds.put("o", old=None, new=(b"theirs!", AFTER))
    clouds.put("o", old=(b"1", AFTER), new=None)
    assert counted(clouds.roll_back()) == {"conflict": 1}


def test_segments_go_back_but_none_over_or_instead_of_somebody_elses(clouds: Clouds) -> None:
    segments = {
        "d/kept": ((b"1", BEFORE), (b"1", BEFORE)),
        "d/replaced": ((b"2", BEFORE), (b"3", AFTER)),
        "d/other": ((b"7", BEFORE), (b"8", BEFORE)),
        "d/written": (None, (b"4", AFTER)),
        "d/deleted": ((b"5", BEFORE), None),
        "d/theirs": ((b"6", AFTER), None),
    }
    for name, (old, new) in segments.items():
        clouds.put(name, old=old, new=new, segments=True)
    for store, side, moment in ((clouds.old, "old", BEFORE), (clouds.new, "new", AFTER)):
        store.now = moment
        store.put("o", b"", side, **{"x-object-manifest": f"{side}_segments/d/"})
    result = clouds.roll_back()
    held = {
        name: body
        for (container, name), body in clouds.old.objects.items()
        if container == "old_segments"
    }
    assert held == {
        "d/kept": b"1",
        "d/replaced": b"3",
        "d/other": b"8",
        "d/written": b"4",
        "d/theirs": b"6",
    }
    assert result["segments"] == {"copied": 3, "bytes": 3, "deleted": 1}
    assert [each["name"] for each in result["conflicts"]] == ["d/theirs"]
    assert "old_segments/d/kept" not in clouds.old.puts
    # The containers for segments are the application's own here, and get no mark.
    assert clouds.old.containers["old_segments"] == {"x-timestamp": "1.0"}


def test_a_container_is_not_copied_back_into_itself(
    clouds: Clouds, destination: ObjectServer
) -> None:
    destination.script = clouds.new
    clouds.enter(replace(CUT_OVER, source="AUTH_x/new@2.0"))
    run = Rollback(destination, destination, replace(clouds.options, source="new"))  # type: ignore[arg-type]
    with pytest.raises(MigrationError, match=r"'AUTH_x/new@2\.0' is the source and the destin"):
        run.run()


@pytest.mark.parametrize("phase", [Phase.COPYING, Phase.FROZEN, Phase.ROLLED_BACK])
def test_a_container_that_is_not_in_use_gives_nothing_back(clouds: Clouds, phase: Phase) -> None:
    clouds.enter(replace(CUT_OVER, phase=phase))
    clouds.put("o", old=None, new=(b"1", AFTER))
    result = clouds.roll_back()
    assert result["notice"] == (
        "container 'new' has not been in use since a cutover: there is nothing to copy back"
    )
    assert (counted(result), clouds.held) == ({}, {})
    assert not Path(clouds.options.state_dir).exists()


def test_a_container_without_a_migration_gives_nothing_back(clouds: Clouds) -> None:
    clouds.new.containers["new"] = {"x-timestamp": "2.0"}
    assert "there is nothing to copy back" in clouds.roll_back()["notice"]


def test_from_the_proof_on_it_may_be_in_use(clouds: Clouds) -> None:
    clouds.enter(replace(CUT_OVER, phase=Phase.VERIFIED))
    clouds.put("o", old=None, new=(b"1", AFTER))
    assert counted(clouds.roll_back()) == {"copied": 1}


@pytest.mark.parametrize("moment", ["frozen", "verified"])
def test_without_a_moment_of_the_cutover_nothing_is_decided(clouds: Clouds, moment: str) -> None:
    clouds.new.containers["new"][f"x-container-meta-migration-{moment}"] = ""
    with pytest.raises(MigrationError, match=r"^destination.container: .*'new' does not say when"):
        clouds.roll_back()


def test_a_container_that_is_filled_from_another_is_refused(clouds: Clouds) -> None:
    clouds.enter(replace(CUT_OVER, source="AUTH_x/another@1.0"))
    with pytest.raises(MigrationError, match=r"filled from 'AUTH_x/another@1\.0', not from"):
        clouds.roll_back()


@pytest.mark.parametrize("name", ["old", "new"])
def test_a_container_that_does_not_exist_is_named(clouds: Clouds, name: str) -> None:
    (clouds.old if name == "old" else clouds.new).containers.clear()
    with pytest.raises(MigrationError, match=f"container '{name}' does not exist"):
        clouds.roll_back()


def test_a_wrong_value_is_told_before_anything_is_asked(clouds: Clouds) -> None:
    with pytest.raises(MigrationError, match=r"^concurrency: "):
        clouds.roll_back(concurrency=0)


def test_check_mode_counts_and_writes_nothing(clouds: Clouds) -> None:
    clouds.put("written", old=None, new=(b"b", AFTER))
    clouds.put("deleted", old=(b"e", BEFORE), new=None)
    result = clouds.roll_back(check=True)
    assert counted(result) == {"copied": 1, "deleted": 1}
    assert clouds.held == {"deleted": b"e"}
    assert not Path(clouds.options.state_dir).exists()
    assert not Path(str(clouds.options.report)).exists()
