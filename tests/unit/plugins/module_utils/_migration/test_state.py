# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The state kept in the destination's metadata."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
    identity,
    refuse_other_source,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)

from tests.unit.plugins.module_utils.fakes.object_server import ObjectServer

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
    with pytest.raises(MigrationError) as caught:
        Migration.of(headers)
    assert str(caught.value) == (
        "the destination's metadata names a phase 'new' that is not known here. "
        "Use the version of this collection that wrote it, or a newer one."
    )


def test_each_value_has_a_header_of_its_own_which_stays_the_same() -> None:
    # Containers of earlier versions have them.
    begun = "x-container-meta-migration-"
    assert Migration("s", Phase.CUT_OVER, "1", "2", "3", "4").headers() == {
        f"{begun}source": "s",
        f"{begun}phase": "cut-over",
        f"{begun}since": "1",
        f"{begun}frozen": "2",
        f"{begun}verified": "3",
        f"{begun}returned": "4",
    }


def test_a_source_alone_is_a_migration_that_copies() -> None:
    found = Migration.of({"x-container-meta-migration-source": "s"})
    assert found == Migration("s", Phase.COPYING, "", "", "", "")


def test_only_the_same_source_may_go_on() -> None:
    refuse_other_source(None, "b", "x")
    refuse_other_source(Migration("b", Phase.COPYING, ""), "b", "x")
    with pytest.raises(MigrationError) as caught:
        refuse_other_source(Migration("a", Phase.COPYING, ""), "b", "x")
    assert str(caught.value) == (
        "destination.container: this container is filled from 'a', not from 'b'. "
        "Choose another container for this source."
    )


def test_a_container_made_anew_is_another_source() -> None:
    container = ObjectServer().container("users")
    old, new = (
        identity(container, ContainerStat(0, 0, {"x-timestamp": moment}, (0.0, 0.0)))
        for moment in ("1.5", "2.5")
    )
    assert old == "AUTH_x/users@1.5"
    assert old != new


def test_a_container_is_not_copied_into_itself() -> None:
    with pytest.raises(MigrationError) as caught:
        refuse_other_source(None, "b", "b")
    assert str(caught.value) == (
        "destination.container: 'b' is the source and the destination. Choose another container."
    )


COPYING, FROZEN, VERIFIED, CUT_OVER, ROLLED_BACK = Phase
ALLOWED = {
    (COPYING, FROZEN),
    (FROZEN, COPYING),
    (FROZEN, VERIFIED),
    (FROZEN, ROLLED_BACK),
    (VERIFIED, COPYING),
    (VERIFIED, CUT_OVER),
    (VERIFIED, ROLLED_BACK),
    (CUT_OVER, ROLLED_BACK),
    (ROLLED_BACK, COPYING),
}


@pytest.mark.parametrize(("phase", "wanted"), list(itertools.permutations(Phase, 2)))
def test_a_phase_is_entered_only_from_those_before_it(phase: Phase, wanted: Phase) -> None:
    migration = Migration("s", phase)
    if (phase, wanted) in ALLOWED:
        assert migration.enter(wanted, "here", "there").phase is wanted
    else:
        with pytest.raises(MigrationError, match=f"after '{phase.value}' comes"):
            migration.enter(wanted, "here", "there")


@pytest.mark.parametrize("phase", Phase)
def test_to_enter_the_present_phase_again_changes_nothing(phase: Phase) -> None:
    migration = Migration("s", phase, **MOMENTS, returned=RETURNED)
    assert migration.enter(phase, "here", "there") == migration


def test_without_a_proof_nothing_is_cut_over() -> None:
    with pytest.raises(MigrationError) as caught:
        Migration("s", FROZEN).enter(CUT_OVER, "here", "there")
    assert str(caught.value) == (
        "phase: after 'frozen' comes 'copying', 'rolled-back', 'verified', not 'cut-over'. "
        "Run the playbook that leads there: migrate.yml or rollback.yml."
    )


def test_in_use_there_is_no_way_to_copying_but_over_a_rollback() -> None:
    assert Phase.CUT_OVER.follows == {Phase.ROLLED_BACK}
    assert {phase for phase in Phase if phase.in_use} == {Phase.VERIFIED, Phase.CUT_OVER}


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
