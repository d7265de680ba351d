# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lock of a pair of containers, and that a run which waited for it looks again."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import run_lock
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_lock import (
    RunLock,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.options import (
    SyncOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.rollback import Rollback
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.sync import Sync
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

pytestmark = pytest.mark.usefixtures("short_pause")

OLD, NEW = "AUTH_x/old@1.0", "AUTH_x/new@2.0"
USED = Migration(OLD, Phase.CUT_OVER, "2026-01-01", "2026-01-02", "2026-01-03")


class Clock:
    """Time that passes only while somebody sleeps.

    :ivar meanwhile: what happens during each sleep.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    fake = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    monkeypatch.setattr(run_lock, "time", fake)
    return clock


def test_a_free_lock_is_had_at_once(tmp_path: Path, clock: Clock) -> None:
    lock = RunLock(tmp_path / "lock")
    assert lock.take(0) is False
    assert clock.slept == []
    lock.release()


def test_who_had_to_wait_is_told(tmp_path: Path, clock: Clock) -> None:
    first, second = (RunLock(tmp_path / "lock") for _run in range(2))
    first.take(0)
    clock.meanwhile = first.release
    assert second.take(60) is True
    assert len(clock.slept) == 1
    second.release()


def test_a_lock_is_waited_for_no_longer_than_the_timeout_and_its_owner_named(
    tmp_path: Path, clock: Clock
) -> None:
    first, second = (RunLock(tmp_path / "lock") for _run in range(2))
    first.take(0)
    with pytest.raises(MigrationError) as caught:
        second.take(60)
    assert str(caught.value) == (
        f"lock_timeout: another run (process {os.getpid()}) has copied between the same containers "
        "for more than 60 seconds. Wait for it to end, or end it."
    )
    assert clock.now == pytest.approx(60, abs=2 * run_lock.PAUSE)
    second.release()
    first.release()


def test_one_that_did_not_get_it_takes_it_from_nobody(tmp_path: Path, clock: Clock) -> None:
    first, second, third = (RunLock(tmp_path / "lock") for _run in range(3))
    first.take(0)
    for late in (second, third):
        with pytest.raises(MigrationError, match=rf"process {os.getpid()}\)"):
            late.take(0)
        late.release()
    first.release()
    assert third.take(0) is False
    third.release()


def test_the_file_is_private_and_names_the_process_that_has_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = RunLock(path)
    lock.take(0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == f"{os.getpid()}\n"
    lock.release()
    path.write_text("12345678901234567890 of a run that was killed\n")
    lock.take(0)
    assert path.read_text() == f"{os.getpid()}\n"
    lock.release()


def test_what_was_never_taken_can_be_released(tmp_path: Path) -> None:
    RunLock(tmp_path / "lock").release()
    assert not (tmp_path / "lock").exists()


def test_one_that_is_removed_leaves_no_file(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "lock")
    lock.take(0)
    lock.remove()
    assert list(tmp_path.iterdir()) == []


def test_who_waits_for_one_that_is_removed_has_the_next_one_alone(
    tmp_path: Path, clock: Clock
) -> None:
    first, second, third = (RunLock(tmp_path / "lock") for _run in range(3))
    first.take(0)
    clock.meanwhile = first.remove
    assert second.take(60) is True
    clock.meanwhile = lambda: None
    with pytest.raises(MigrationError, match=rf"process {os.getpid()}\)"):
        third.take(0)
    third.release()
    second.remove()
    assert list(tmp_path.iterdir()) == []


def test_who_comes_between_a_removal_and_the_next_owner_keeps_its_own(
    tmp_path: Path, clock: Clock
) -> None:
    first, second, third = (RunLock(tmp_path / "lock") for _run in range(3))
    first.take(0)

    def overtake() -> None:
        clock.meanwhile = third.release
        first.remove()
        third.take(0)

    clock.meanwhile = overtake
    assert second.take(60) is True
    assert len(clock.slept) == 2
    assert (tmp_path / "lock").exists()
    second.release()


@pytest.fixture
def new(source: ObjectServer, destination: ObjectServer) -> dict[str, str]:
    """The metadata of the new container, which a migration fills; the old one is filled."""
    old, store = ObjectStore(), ObjectStore()
    old.containers = {"old": {"x-timestamp": "1.0"}}
    store.containers = {"new": {"x-timestamp": "2.0"}}
    old.put("o", b"old", "old")
    store.now = "2026-02-01T00:00:00.000000"
    store.put("p", b"new", "new")
    source.script, destination.script = old, store
    return store.containers["new"]


@pytest.fixture
def other(tmp_path: Path, clock: Clock) -> Journal:
    """Another run on the same pair, which ends while it is waited for."""
    journal = Journal(str(tmp_path), (OLD, NEW))
    journal.lock(0)
    return journal


def test_a_sync_that_waited_while_the_application_was_switched_copies_nothing(
    source: ObjectServer,
    destination: ObjectServer,
    new: dict[str, str],
    other: Journal,
    clock: Clock,
    tmp_path: Path,
) -> None:
    new.update(Migration(OLD, Phase.COPYING, "2026-01-01").headers())

    def switch() -> None:
        new.update(USED.headers())
        other.close()

    clock.meanwhile = switch
    run = Sync(source, destination, options(tmp_path), Retry(attempts=1))  # type: ignore[arg-type]
    run.run()
    assert "'new' is in use since its cutover" in run.report.notice
    assert {asked.method for asked in (*source.asked, *destination.asked)} == {"HEAD"}
    assert len(clock.slept) == 1


def test_a_rollback_that_waited_for_another_that_ended_the_way_back_copies_nothing(
    source: ObjectServer,
    destination: ObjectServer,
    new: dict[str, str],
    other: Journal,
    clock: Clock,
    tmp_path: Path,
) -> None:
    new.update(USED.headers())

    def end() -> None:
        new.update(USED.enter(Phase.ROLLED_BACK, "", "2026-03-01").headers())
        other.close()

    clock.meanwhile = end
    run = Rollback(source, destination, options(tmp_path), Retry(attempts=1))  # type: ignore[arg-type]
    run.run()
    assert "there is nothing to copy back" in run.report.notice
    assert {asked.method for asked in (*source.asked, *destination.asked)} == {"HEAD"}
    assert len(clock.slept) == 1


def test_a_rollback_that_waited_uses_the_moments_of_the_cutover_as_they_are_now(
    source: ObjectServer,
    destination: ObjectServer,
    new: dict[str, str],
    other: Journal,
    clock: Clock,
    tmp_path: Path,
) -> None:
    new.update(Migration(OLD, Phase.VERIFIED, "2025-01-01", "2025-01-02", "2025-01-03").headers())

    def switch() -> None:
        new.update(USED.headers())
        other.close()

    clock.meanwhile = switch
    run = Rollback(source, destination, options(tmp_path), Retry(attempts=1))  # type: ignore[arg-type]
    run.run()
    # By the moments of 2025 somebody else would have written the object of the old container.
    assert run.report.conflicts == []
    assert (run.report.objects["copied"], run.report.objects["deleted"]) == (1, 1)


def options(state: Path) -> SyncOptions:
    return SyncOptions(
        "old",
        "new",
        concurrency=1,
        max_delete="100%",
        state_dir=str(state),
        lock_timeout=60,
        progress_interval=0,
    )
