# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run finds, and its right to write: had for a block, and given back after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease_keeper import (
    LeaseKeeper,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._sync.run_state import (
    RunState,
    Stats,
)

from tests.unit.plugins.module_utils.fakes.two_clouds import LEASE, TwoClouds

pytestmark = pytest.mark.usefixtures("in_time", "short_pause")


def context_of(clouds: TwoClouds) -> RunContext:
    return RunContext(*clouds.connections, clouds.options, clouds.retry)


def stats_of(context: RunContext) -> Stats:
    source = context.source.stat()
    assert source is not None
    return source, context.destination.stat()


def state_of(clouds: TwoClouds) -> RunState:
    context = context_of(clouds)
    return RunState.of(context.source, context.destination, stats_of(context))


def keeper(context: RunContext) -> Callable[[], LeaseKeeper]:
    return lambda: LeaseKeeper(context.lease_container, "a test", "here", lambda _headers: "")


def never() -> Any:
    raise AssertionError("nobody looks again, and no lease is made")


def test_containers_are_named_by_account_name_and_creation(two_clouds: TwoClouds) -> None:
    state = state_of(two_clouds)
    assert state.source_identity == "AUTH_x/old@1.0"
    assert state.destination_identity == "AUTH_x/new@2.0"
    assert state.migration is None


def test_a_destination_that_does_not_exist_has_no_name(two_clouds: TwoClouds) -> None:
    two_clouds.destination.containers.clear()
    state = state_of(two_clouds)
    assert (state.destination, state.destination_identity, state.migration) == (None, "", None)


def test_the_migration_is_that_of_the_destinations_metadata(two_clouds: TwoClouds) -> None:
    migration = Migration("AUTH_x/old@1.0", Phase.FROZEN, "2026-01-01")
    two_clouds.state.update(migration.headers())
    state = state_of(two_clouds)
    assert state.migration == migration
    state.check_source()


def test_the_source_is_looked_at_once_if_nobody_had_to_be_waited_for(
    two_clouds: TwoClouds,
) -> None:
    first = state_of(two_clouds)
    with first.locked(two_clouds.options, never) as (state, _journal):
        assert state == first


def test_what_changed_while_another_run_was_waited_for_counts(
    two_clouds: TwoClouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_of(two_clouds)
    first = state_of(two_clouds)

    def wait(_journal: Journal, _timeout: float) -> bool:
        two_clouds.put("a")
        two_clouds.state.update(Migration("AUTH_x/old@1.0", Phase.FROZEN).headers())
        return True

    monkeypatch.setattr(Journal, "lock", wait)
    with first.locked(two_clouds.options, lambda: stats_of(context)) as (state, _journal):
        assert state.source.objects == 1
        assert state.migration is not None
        assert state.migration.phase is Phase.FROZEN


def test_two_runs_on_one_mover_exclude_each_other_until_the_first_ends(
    two_clouds: TwoClouds,
) -> None:
    first = state_of(two_clouds)
    options = replace(two_clouds.options, lock_timeout=0)
    with first.locked(options, never), pytest.raises(MigrationError), first.locked(options, never):
        raise AssertionError("both have it")
    with first.locked(options, never):
        pass


def test_the_lock_is_given_back_by_a_run_that_is_refused(two_clouds: TwoClouds) -> None:
    options = replace(two_clouds.options, lock_timeout=0)
    two_clouds.state.update(Migration("AUTH_x/other@1.0", Phase.COPYING).headers())
    for _time in range(2):
        with (
            pytest.raises(MigrationError, match="is filled from"),
            state_of(two_clouds).locked(options, never),
        ):
            raise AssertionError("it is another's")


def test_writes_are_allowed_by_the_lease_and_it_is_given_back(two_clouds: TwoClouds) -> None:
    context = context_of(two_clouds)
    with state_of(two_clouds).leased(context, keeper(context), check=False):
        assert two_clouds.writes == []
        context.destination.request("PUT", "o")
        assert two_clouds.state[LEASE] != ""
    assert two_clouds.state[LEASE] == ""
    *claims, put, given_back = two_clouds.writes
    # A busy machine takes longer to claim the lease, and then claims it again.
    assert set(claims) == {("POST", "new")}
    assert (put, given_back) == (("PUT", "new/o"), ("POST", "new"))


def test_it_is_given_back_after_a_failure(two_clouds: TwoClouds) -> None:
    context = context_of(two_clouds)
    with (
        pytest.raises(ZeroDivisionError),
        state_of(two_clouds).leased(context, keeper(context), check=False),
    ):
        context.destination.request("PUT", "o")
        raise ZeroDivisionError
    assert two_clouds.state[LEASE] == ""


def test_check_mode_has_no_lease(two_clouds: TwoClouds) -> None:
    context = context_of(two_clouds)
    with state_of(two_clouds).leased(context, keeper(context), check=True):
        assert context.lease is None
    assert two_clouds.writes == []


def test_a_destination_that_does_not_exist_has_no_lease(two_clouds: TwoClouds) -> None:
    two_clouds.destination.containers.clear()
    context = context_of(two_clouds)
    with state_of(two_clouds).leased(context, never, check=True):
        assert context.lease is None
