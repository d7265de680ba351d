# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The phase as it is read from, and written to, a destination container."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import lease_keeper
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import Lease
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.phase_change import (
    PhaseChange,
    PhaseOptions,
    change_phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    PHASE,
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift import container_stat
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import Retry

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

pytestmark = pytest.mark.usefixtures("short_pause")

OLD = "AUTH_x/old@1.0"
HERE, THERE = "Thu, 01 Jan 2026 10:00:05 GMT", "Thu, 01 Jan 2026 11:00:07 GMT"
"""What the two servers' clocks show."""
AT_HERE, AT_THERE = "2026-01-01T10:00:05", "2026-01-01T11:00:07"
COPYING = Migration(OLD, Phase.COPYING, "begin")

Change = Callable[..., PhaseChange]


class Destination(ObjectStore):
    """Holds the container "new", which a migration fills."""

    def __init__(self) -> None:
        super().__init__()
        self.containers = {"new": {"x-timestamp": "2.0", "x-foo": "bar", "date": THERE}}

    @property
    def migration(self) -> Migration | None:
        return Migration.of(self.containers["new"])

    def enter(self, migration: Migration) -> None:
        self.containers["new"].update(migration.headers())


@pytest.fixture
def new(
    source: ObjectServer, destination: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> Destination:
    # As if no time passed: a server's date then is its time, to the second.
    monkeypatch.setattr(container_stat.time, "time", lambda: 1e9)
    store = Destination()
    store.enter(COPYING)
    destination.script = store
    source.script = lambda asked: Answer(
        204 if asked.path.endswith("/old") else 404, {"x-timestamp": "1.0", "date": HERE}
    )
    return store


@pytest.fixture
def change(source: ObjectServer, destination: ObjectServer, new: Destination) -> Change:
    def run(phase: Phase | None, *, check: bool = False, name: str = "new") -> PhaseChange:
        options = PhaseOptions("old", name, phase, check)
        retry = Retry(attempts=2, sleep=lambda _seconds: None)
        return change_phase(source, destination, options, retry)  # type: ignore[arg-type]

    return run


def test_each_phase_is_written_with_its_moment_and_nothing_else(
    change: Change, new: Destination, destination: ObjectServer
) -> None:
    frozen = replace(COPYING, phase=Phase.FROZEN, frozen=f"{AT_HERE}.000000")
    verified = replace(frozen, phase=Phase.VERIFIED, verified=f"{AT_THERE}.000000")
    cut_over = replace(verified, phase=Phase.CUT_OVER)
    back = replace(cut_over, phase=Phase.ROLLED_BACK, returned=f"{AT_THERE}.000000")
    before = COPYING
    for after in (frozen, verified, cut_over, back):
        done = change(after.phase)
        assert (done.before, done.after, done.changed) == (before, after, True)
        assert new.migration == after
        before = after
    assert new.containers["new"]["x-foo"] == "bar"
    told = [asked.headers[PHASE] for asked in destination.named("POST") if PHASE in asked.headers]
    assert told == [phase.phase.value for phase in (frozen, verified, cut_over, back)]
    assert {asked.method for asked in destination.asked} == {"HEAD", "POST"}
    assert Lease.of(new.containers["new"]) is None
    assert {asked.path for asked in destination.asked} == {"/v1/AUTH_x/new"}


def test_the_source_is_asked_only_for_the_moment_at_which_it_stood_still(
    change: Change, source: ObjectServer
) -> None:
    change(Phase.FROZEN)
    assert [asked.method for asked in source.asked] == ["HEAD"]
    for phase in (Phase.VERIFIED, Phase.CUT_OVER, Phase.ROLLED_BACK, None):
        change(phase)
    assert len(source.asked) == 1


def test_to_enter_the_present_phase_writes_nothing_and_keeps_the_moments(
    change: Change, new: Destination, destination: ObjectServer
) -> None:
    frozen = replace(COPYING, phase=Phase.FROZEN, frozen="then")
    new.enter(frozen)
    done = change(Phase.FROZEN)
    assert (done.before, done.after, done.changed) == (frozen, frozen, False)
    assert destination.named("POST") == []


def test_check_mode_tells_the_change_and_writes_nothing(
    change: Change, new: Destination, destination: ObjectServer
) -> None:
    done = change(Phase.FROZEN, check=True)
    assert done.changed
    assert done.after is not None
    assert done.after.phase is Phase.FROZEN
    assert (new.migration, destination.named("POST")) == (COPYING, [])


@pytest.mark.parametrize("phase", [Phase.VERIFIED, Phase.CUT_OVER, Phase.ROLLED_BACK])
def test_a_phase_that_may_not_follow_is_refused_and_nothing_written(
    change: Change, new: Destination, destination: ObjectServer, phase: Phase
) -> None:
    with pytest.raises(MigrationError, match=r"^phase: after 'copying' comes 'frozen', not "):
        change(phase)
    assert destination.named("POST") == []


def test_a_frozen_migration_is_not_cut_over_without_a_proof(
    change: Change, new: Destination, destination: ObjectServer
) -> None:
    new.enter(replace(COPYING, phase=Phase.FROZEN, frozen="then"))
    with pytest.raises(MigrationError, match=r"^phase: after 'frozen' comes .*, not 'cut-over'"):
        change(Phase.CUT_OVER)
    assert destination.named("POST") == []


def test_another_source_cannot_be_frozen(change: Change, new: Destination) -> None:
    new.enter(replace(COPYING, source="AUTH_x/another@1.0"))
    with pytest.raises(MigrationError, match=r"filled from 'AUTH_x/another@1\.0', not from "):
        change(Phase.FROZEN)
    assert new.migration == replace(COPYING, source="AUTH_x/another@1.0")


def test_a_source_that_does_not_exist_cannot_be_frozen(
    change: Change, source: ObjectServer
) -> None:
    source.script = lambda _asked: Answer(404)
    with pytest.raises(MigrationError, match=r"container 'old' does not exist"):
        change(Phase.FROZEN)


@pytest.mark.parametrize("name", ["plain", "missing"])
def test_a_container_that_no_migration_fills_has_no_phase(
    change: Change, new: Destination, name: str
) -> None:
    new.containers["plain"] = {"x-timestamp": "3.0"}
    none = change(None, name=name)
    assert (none.before, none.after, none.changed) == (None, None, False)
    with pytest.raises(MigrationError) as caught:
        change(Phase.FROZEN, name=name)
    assert str(caught.value) == (
        f"destination.container: container '{name}' is not filled by a migration, so it has no "
        "phase. Check its name, or run swift_sync first."
    )


def test_a_name_that_cannot_be_a_containers_is_refused_before_anything_is_asked(
    change: Change, destination: ObjectServer
) -> None:
    with pytest.raises(MigrationError, match=r"^destination\.container: "):
        change(None, name="a/b")
    assert destination.asked == []


def test_a_server_that_fails_for_a_moment_is_asked_again(
    change: Change, new: Destination, destination: ObjectServer, source: ObjectServer
) -> None:
    def failing_first(script: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        seen: set[str] = set()

        def answer(asked: Asked) -> Answer:
            if asked.method in seen:
                return script(asked)
            seen.add(asked.method)
            return Answer(503)

        return answer

    source.script = failing_first(source.script)
    destination.script = failing_first(destination.script)
    assert change(Phase.FROZEN).changed
    assert [asked.method for asked in destination.asked][:5] == [
        *("HEAD", "HEAD"),  # the phase
        "HEAD",  # the lease
        *("POST", "POST"),
    ]
    assert [asked.method for asked in source.asked] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("side", ["source", "destination"])
def test_the_given_retry_is_the_one_that_is_used(
    source: ObjectServer, destination: ObjectServer, new: Destination, side: str
) -> None:
    failing = source if side == "source" else destination
    failing.script = lambda _asked: Answer(503)
    options, once = PhaseOptions("old", "new", Phase.FROZEN), Retry(attempts=1)
    with pytest.raises(MigrationError, match=r"503"):
        change_phase(source, destination, options, once)  # type: ignore[arg-type]
    assert len(failing.asked) == 1


def test_a_container_is_not_its_own_source(destination: ObjectServer, new: Destination) -> None:
    new.enter(replace(COPYING, source="AUTH_x/new@2.0"))
    options = PhaseOptions("new", "new", Phase.FROZEN)
    with pytest.raises(MigrationError, match=r"'AUTH_x/new@2\.0' is the source and the destin"):
        change_phase(destination, destination, options)  # type: ignore[arg-type]


def test_the_result_and_the_diff_show_what_was_and_what_is(change: Change) -> None:
    done = change(Phase.FROZEN)
    assert done.result() == {
        "changed": True,
        "phase": "frozen",
        "source": OLD,
        "since": "begin",
        "frozen": f"{AT_HERE}.000000",
        "verified": "",
        "returned": "",
    }
    assert done.diff() == {"before": "phase: copying\n", "after": "phase: frozen\n"}


def test_what_is_only_read_is_not_changed(change: Change) -> None:
    done = change(None)
    assert (done.before, done.after, done.changed) == (COPYING, COPYING, False)


def test_the_moments_of_a_whole_migration_are_in_the_result(
    change: Change, new: Destination
) -> None:
    new.enter(Migration(OLD, Phase.ROLLED_BACK, "1", "2", "3", "4"))
    result = change(None).result()
    moments = ("since", "frozen", "verified", "returned")
    assert [result[name] for name in moments] == ["1", "2", "3", "4"]


def test_where_there_is_no_migration_the_result_is_empty() -> None:
    none = PhaseChange(None, None)
    values = none.result()
    assert values.pop("changed") is False
    assert values == dict.fromkeys(
        ("phase", "source", "since", "frozen", "verified", "returned"), ""
    )
    assert none.diff() == {"before": "", "after": ""}


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_phase_is_not_changed_while_another_run_writes(
    change: Change,
    new: Destination,
    destination: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    check_mode: bool,
) -> None:
    renewals = itertools.count(10)

    def renew(asked: Asked) -> Answer:
        until = f"2026-01-01T12:00:{next(renewals)}.000000"
        lease = Lease("run", "elsewhere", "swift_sync on dmz, process 7", AT_THERE, until)
        new.containers["new"].update(lease.headers())
        return new(asked)

    destination.script = renew
    monkeypatch.setattr(lease_keeper.time, "sleep", lambda _seconds: None)
    with pytest.raises(MigrationError, match="swift_sync on dmz, process 7"):
        change(Phase.FROZEN, check=check_mode)
    assert new.migration == COPYING
    assert destination.named("POST") == []
