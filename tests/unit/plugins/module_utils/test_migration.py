# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The state kept in the destination's metadata."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._container_stat import (
    ContainerStat,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import (
    Migration,
    Phase,
    guard,
    identity,
)

from tests.unit.plugins.module_utils.object_server import ObjectServer

MOMENTS = {"since": "2026-01-01T00:00:00", "frozen": "2026-02-01", "verified": "2026-02-02"}
RETURNED = "2026-03-03"


@pytest.mark.parametrize("phase", Phase)
def test_what_was_written_is_read_back(phase: Phase) -> None:
    migration = Migration("AUTH_chris/users@1", phase, **MOMENTS, returned=RETURNED)
    assert Migration.of(migration.headers()) == migration


def test_a_container_without_state_has_none() -> None:
    assert Migration.of({"x-container-object-count": "3"}) is None


def test_a_phase_of_a_newer_version_is_not_overruled() -> None:
    headers = {
        **Migration("s", Phase.COPYING, "").headers(),
        "x-container-meta-migration-phase": "new",
    }
    with pytest.raises(MigrationError, match="phase 'new'"):
        Migration.of(headers)


def test_only_the_same_source_may_go_on() -> None:
    guard(None, "b", "x")
    guard(Migration("b", Phase.COPYING, ""), "b", "x")
    with pytest.raises(MigrationError, match="filled from 'a', not from 'b'"):
        guard(Migration("a", Phase.COPYING, ""), "b", "x")


def test_a_container_made_anew_is_another_source() -> None:
    container = ObjectServer().container("users")
    old, new = (
        identity(container, ContainerStat(0, 0, {"x-timestamp": moment}, (0.0, 0.0)))
        for moment in ("1.5", "2.5")
    )
    assert old == "AUTH_x/users@1.5"
    assert old != new


def test_a_container_is_not_copied_into_itself() -> None:
    with pytest.raises(MigrationError, match="'b' is the source and the destination"):
        guard(None, "b", "b")


@pytest.mark.parametrize("name", ["ü日本", "x" * 256])
def test_any_containers_name_fits_into_a_metadata_value(name: str) -> None:
    stat = ContainerStat(0, 0, {"x-timestamp": "1234567890.12345"}, (0.0, 0.0))
    found = identity(ObjectServer().container(name), stat)
    assert found.isascii()
    assert len(found) <= 256
    assert found != identity(ObjectServer().container(name[:-1]), stat)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("wanted", Phase)
def test_a_phase_is_entered_only_from_the_one_before(phase: Phase, wanted: Phase) -> None:
    migration = Migration("s", phase)
    if wanted is phase or wanted in phase.follows:
        assert migration.enter(wanted, "here", "there").phase is wanted
    else:
        with pytest.raises(MigrationError, match=f"after '{phase.value}' comes"):
            migration.enter(wanted, "here", "there")


def test_in_use_there_is_no_way_to_copying_but_over_a_rollback() -> None:
    assert Phase.CUT_OVER.follows == {Phase.ROLLED_BACK}
    assert {phase for phase in Phase if phase.settled} == {Phase.VERIFIED, Phase.CUT_OVER}


def test_each_phase_notes_its_moment_and_keeps_the_others() -> None:
    frozen = Migration("s", Phase.COPYING, "begin").enter(Phase.FROZEN, "here", "there")
    assert frozen == Migration("s", Phase.FROZEN, "begin", "here")
    verified = frozen.enter(Phase.VERIFIED, "", "there")
    assert verified == Migration("s", Phase.VERIFIED, "begin", "here", "there")
    assert verified.enter(Phase.CUT_OVER, "", "later").verified == "there"


def test_copying_again_forgets_the_moments_of_the_cutover() -> None:
    again = Migration("s", Phase.VERIFIED, **MOMENTS).enter(Phase.COPYING, "here", "there")
    assert again == Migration("s", Phase.COPYING, MOMENTS["since"])
    assert again.headers()["x-container-meta-migration-verified"] == ""


def test_copying_after_a_way_back_remembers_when_the_application_wrote_here() -> None:
    back = Migration("s", Phase.CUT_OVER, **MOMENTS).enter(Phase.ROLLED_BACK, "", RETURNED)
    again = back.enter(Phase.COPYING, "", "")
    assert again.used == (MOMENTS["verified"], RETURNED)
    assert (again.since, again.frozen) == (MOMENTS["since"], "")
    assert again.enter(Phase.FROZEN, "here", "there").used is None


def test_a_way_back_from_a_storage_that_was_never_in_use_leaves_no_such_time() -> None:
    frozen = Migration("s", Phase.FROZEN, MOMENTS["since"], MOMENTS["frozen"])
    again = frozen.enter(Phase.ROLLED_BACK, "", RETURNED).enter(Phase.COPYING, "", "")
    assert again == Migration("s", Phase.COPYING, MOMENTS["since"])
