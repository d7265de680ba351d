# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One run: the order of its steps, what ends it, and what it leaves behind then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import Lease
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease_keeper import (
    LeaseError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.report import Report
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    SINCE,
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.sync import Sync

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked
from tests.unit.plugins.module_utils.fakes.two_clouds import (
    LATE,
    LEASE,
    PHASE,
    TwoClouds,
    answering,
)

pytestmark = pytest.mark.usefixtures("in_time", "short_pause")

SOURCE = "AUTH_x/old@1.0"
LATER = "2026-02-03T00:00:00.000000"


def run(clouds: TwoClouds, **options: Any) -> Report:
    """One run; gives its report."""
    sync = Sync(*clouds.connections, replace(clouds.options, **options), clouds.retry)
    sync.run()
    return sync.report


def counted(report: Report) -> dict[str, int]:
    return {kind: number for kind, number in report.objects.items() if number}


def enter(clouds: TwoClouds, phase: Phase, source: str = SOURCE) -> None:
    clouds.state.update(Migration(source, phase, LATE, LATE, LATE).headers())


def test_everything_is_copied_and_both_sides_are_counted(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "b")
    two_clouds.put_extra("x")
    report = run(two_clouds, accept_extra=True)
    assert two_clouds.held == ["a", "b", "x"]
    assert counted(report) == {"copied": 2, "extra": 1}
    assert report.counted == {
        "source": {"objects": 2, "bytes": 2},
        "destination": {"objects": 3, "bytes": 3},
    }


def test_lease_then_state_then_objects_then_deletes_then_the_lease_is_given_back(
    two_clouds: TwoClouds,
) -> None:
    two_clouds.put("a")
    enter(two_clouds, Phase.ROLLED_BACK)
    two_clouds.put_extra("x")
    run(two_clouds, prune=True)
    writes = two_clouds.writes
    copied = writes.index(("PUT", "new/a"))
    # A busy machine takes longer to claim the lease, and then claims it again.
    assert copied >= 2
    assert set(writes[:copied]) == {("POST", "new")}
    assert writes[copied:] == [("PUT", "new/a"), ("DELETE", "new/x"), ("POST", "new")]
    assert two_clouds.state[PHASE] == "copying"
    assert two_clouds.state[LEASE] == ""


def test_nothing_is_written_before_the_claim_of_the_lease_stands(two_clouds: TwoClouds) -> None:
    two_clouds.put("a")
    seen: list[str] = []

    def look(asked: Asked) -> Answer | None:
        if asked.method in ("PUT", "DELETE") or PHASE in asked.headers:
            lease = Lease.of(two_clouds.state)
            seen.append(lease.owner if lease else "")
        return None

    two_clouds.destination.refuse = look
    run(two_clouds)
    assert len(seen) == 2
    assert all(owner.startswith("swift_sync on ") for owner in seen)


def test_a_run_that_has_nothing_to_do_writes_nothing(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "b")
    run(two_clouds)
    before = len(two_clouds.asked)
    report = run(two_clouds)
    assert counted(report) == {"kept": 2}
    assert not report.changed
    assert not [ask for ask in two_clouds.asked[before:] if ask[1] not in ("GET", "HEAD")]


@pytest.mark.parametrize("exists", [True, False])
def test_check_mode_counts_and_writes_nothing(two_clouds: TwoClouds, exists: bool) -> None:
    two_clouds.put("a", "b")
    enter(two_clouds, Phase.ROLLED_BACK)
    two_clouds.put_extra("x")
    if not exists:
        two_clouds.destination.containers.clear()
    report = run(two_clouds, check=True, prune=True)
    assert counted(report) == {"copied": 2, **({"deleted": 1} if exists else {})}
    assert report.changed
    assert report.counted is None
    assert two_clouds.writes == []
    assert not Path(two_clouds.options.state_dir).exists()
    assert not Path(str(two_clouds.options.report)).exists()


@pytest.mark.parametrize("options", [{}, {"check": True}, {"prune": True}], ids=str)
def test_a_destination_with_objects_of_others_is_refused_before_anything_is_written(
    two_clouds: TwoClouds, options: dict[str, Any]
) -> None:
    two_clouds.put("a", "b")
    two_clouds.put_extra("b", "x", "y")
    with pytest.raises(MigrationError, match=r"^accept_extra: .* 'new' holds 2 objects .* is x\. "):
        run(two_clouds, **options)
    assert {path for _method, path in two_clouds.writes} <= {"new"}  # the lease
    assert PHASE not in two_clouds.state
    assert two_clouds.held == ["b", "x", "y"]


def test_objects_of_others_that_the_user_accepts_are_never_deleted(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "b")
    two_clouds.put_extra("x")
    options = {"accept_extra": True, "prune": True}
    assert counted(run(two_clouds, **options)) == {"copied": 2, "extra": 1}
    del two_clouds.source.objects["old", "b"]
    two_clouds.state.update({SINCE: LATER})  # the copies were made after it
    two_clouds.destination.now = LATER
    two_clouds.put("a")
    two_clouds.destination.put("b", b"b", "new")
    report = run(two_clouds, **options)
    assert two_clouds.held == ["a", "x"]
    assert (report.objects["deleted"], report.objects["extra"]) == (1, 1)
    assert report.notice.endswith("the destination had before this migration. The first is x")


def test_what_another_tool_copied_before_is_no_reason_to_refuse(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "b")
    two_clouds.destination.put("a", b"a", "new")
    report = run(two_clouds)
    assert two_clouds.held == ["a", "b"]
    assert report.objects["copied"] == 1


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_cannot_keep_a_journal_is_named_before_anything_is_written(
    two_clouds: TwoClouds, tmp_path: Path, check: bool
) -> None:
    two_clouds.put("a")
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "state"
    with pytest.raises(MigrationError, match=f"^state_dir: cannot use {folder}"):
        run(two_clouds, check=check, state_dir=str(folder))
    assert two_clouds.writes == []


def test_nothing_is_deleted_after_a_copy_that_failed(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "b")
    enter(two_clouds, Phase.COPYING)
    two_clouds.put_extra("x")
    two_clouds.source.refuse = answering(403, method="GET", end="/old/a")
    report = run(two_clouds, prune=True)
    assert two_clouds.held == ["b", "x"]
    assert counted(report) == {"copied": 1, "failed": 1, "extra": 1}
    assert report.notice == "nothing was deleted, because objects could not be copied"
    assert report.counted is None
    assert two_clouds.state[LEASE] == ""


@pytest.mark.parametrize(
    ("method", "end", "status"),
    [("PUT", "/new/a", 507), ("GET", "/new", 403), ("POST", "/new", 403)],
    ids=["copy", "listing", "lease"],
)
def test_a_run_that_fails_gives_lock_and_lease_back(
    two_clouds: TwoClouds, method: str, end: str, status: int
) -> None:
    two_clouds.put("a")
    two_clouds.destination.refuse = answering(status, method=method, end=end)
    with pytest.raises(MigrationError):
        run(two_clouds)
    assert two_clouds.state.get(LEASE, "") == ""
    two_clouds.destination.refuse = lambda _asked: None
    # Another run of this process would wait for the lock of one that has not ended.
    assert counted(run(two_clouds, lock_timeout=0)) == {"copied": 1}


def test_a_destination_that_is_full_is_told_how_much_is_needed(two_clouds: TwoClouds) -> None:
    two_clouds.put("a", "bc")
    two_clouds.destination.refuse = answering(507, method="PUT", end="/new/a")
    with pytest.raises(MigrationError) as caught:
        run(two_clouds)
    assert str(caught.value.remedy).endswith("; the source has 3 bytes, 2 objects")


@pytest.mark.parametrize("phase", [Phase.VERIFIED, Phase.CUT_OVER])
@pytest.mark.parametrize("status", [None, 404, 403], ids=["there", "missing", "forbidden"])
def test_a_destination_in_use_is_left_alone_whatever_has_become_of_the_source(
    two_clouds: TwoClouds, phase: Phase, status: int | None
) -> None:
    two_clouds.put("a")
    enter(two_clouds, phase)
    if status is not None:
        two_clouds.source.refuse = answering(status, method="HEAD", end="/old")
    report = run(two_clouds)
    assert report.notice.startswith("container 'new' is ")
    assert report.notice.endswith(": nothing was compared, copied or deleted")
    assert two_clouds.writes == []
    assert {method for _side, method, _path in two_clouds.asked} == {"HEAD"}


def test_a_destination_that_came_into_use_while_another_run_was_waited_for_is_left_alone(
    two_clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_clouds.put("a")

    def wait(_journal: Journal, _timeout: float) -> bool:
        enter(two_clouds, Phase.CUT_OVER)
        return True

    monkeypatch.setattr(Journal, "lock", wait)
    assert run(two_clouds).notice
    assert two_clouds.writes == []


def test_a_destination_that_came_into_use_before_the_first_write_is_left_alone(
    two_clouds: TwoClouds,
) -> None:
    two_clouds.put("a")

    def listed(asked: Asked) -> Answer | None:
        if asked.method == "GET":
            enter(two_clouds, Phase.VERIFIED)
        return None

    two_clouds.destination.refuse = listed
    enter(two_clouds, Phase.COPYING)
    with pytest.raises(LeaseError, match="it was not when this run began"):
        run(two_clouds)
    assert two_clouds.writes == []


def test_a_destination_of_another_source_is_refused(two_clouds: TwoClouds) -> None:
    two_clouds.put("a")
    enter(two_clouds, Phase.COPYING, source="AUTH_x/other@1.0")
    with pytest.raises(MigrationError, match=r"is filled from 'AUTH_x/other@1.0', not from"):
        run(two_clouds)
    assert two_clouds.writes == []


def test_a_container_is_not_copied_into_itself(two_clouds: TwoClouds) -> None:
    two_clouds.destination.containers["old"] = two_clouds.source.containers["old"]
    with pytest.raises(MigrationError, match="is the source and the destination"):
        run(two_clouds, destination="old")


@pytest.mark.parametrize("check", [False, True])
def test_another_run_that_writes_is_not_disturbed(
    two_clouds: TwoClouds, check: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_clouds.put("a")
    others = 0

    def renewing(asked: Asked) -> Answer | None:
        nonlocal others
        if asked.method == "HEAD" and asked.path.endswith("/new"):
            others += 1
            until = f"2999-01-01T00:00:0{others}"
            two_clouds.state.update(Lease("r", "p", "swift_sync on dmz", LATE, until).headers())
        return None

    two_clouds.destination.refuse = renewing
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(
        LeaseError, match="another run writes to container 'new': swift_sync on dmz"
    ):
        run(two_clouds, check=check)
    assert two_clouds.writes == []
    assert {method for _side, method, _path in two_clouds.asked} == {"HEAD"}


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_container_that_does_not_exist_is_named(two_clouds: TwoClouds, side: str) -> None:
    name = {"source": "old", "destination": "new"}[side]
    getattr(two_clouds, side).containers.clear()
    with pytest.raises(MigrationError, match=f"container '{name}' does not exist"):
        run(two_clouds)


def test_a_migration_that_was_rolled_back_begins_anew(two_clouds: TwoClouds) -> None:
    enter(two_clouds, Phase.ROLLED_BACK)
    assert run(two_clouds).state_written
    assert two_clouds.state[PHASE] == "copying"


def test_a_wrong_value_is_told_before_anything_is_asked(two_clouds: TwoClouds) -> None:
    with pytest.raises(MigrationError, match="0 objects at once do nothing"):
        run(two_clouds, concurrency=0)
    assert two_clouds.asked == []
