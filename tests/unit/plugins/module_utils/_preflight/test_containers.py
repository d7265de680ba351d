# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose the destination is, and who writes to it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import Lease
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.listing_pair import (
    stat_of,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.run_context import (
    RunContext,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state import (
    Migration,
    Phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.containers import (
    check_destination,
    look_at_source,
)

from tests.unit.plugins.module_utils.fakes.two_clouds import LATE, TwoClouds

SOURCE = "AUTH_x/old@1.0"


def checks(clouds: TwoClouds, **options: Any) -> list[Check]:
    context = RunContext(*clouds.connections, clouds.options, clouds.retry)
    containers = (context.source, context.destination)
    stats = (stat_of(context.source), context.destination.stat())
    return list(
        check_destination(
            containers,
            stats,
            lambda: context.listings(*stats),
            **{"accept_extra": False, **options},
        )
    )


def told(clouds: TwoClouds, **options: Any) -> list[tuple[str, str]]:
    return [(check.verdict, check.seen) for check in checks(clouds, **options)]


def enter(clouds: TwoClouds, phase: Phase, source: str = SOURCE) -> None:
    clouds.state.update(Migration(source, phase, LATE, LATE, LATE).headers())


def test_a_new_container_will_be_made(two_clouds: TwoClouds) -> None:
    two_clouds.destination.containers.clear()
    assert told(two_clouds) == [("ok", "container 'new' is not there yet, and will be made")]


def test_an_empty_one_is_free(two_clouds: TwoClouds) -> None:
    assert told(two_clouds) == [("ok", "container 'new' is there and is empty")]


def test_one_with_others_objects_is_refused(two_clouds: TwoClouds) -> None:
    two_clouds.put("a")
    two_clouds.put_extra("a")
    assert told(two_clouds) == [("ok", "container 'new' is there and has 1 objects")]
    two_clouds.put_extra("b")
    with pytest.raises(MigrationError, match="holds 1 objects that the source does not have"):
        told(two_clouds)
    assert told(two_clouds, accept_extra=True)[0][0] == "ok"


@pytest.mark.parametrize("phase", Phase)
def test_ours_is_told_with_its_phase(two_clouds: TwoClouds, phase: Phase) -> None:
    enter(two_clouds, phase)
    [(verdict, seen)] = told(two_clouds)
    assert verdict == ("warning" if phase.in_use else "ok")
    assert phase.in_use or phase.value in seen


def test_anothers_is_refused(two_clouds: TwoClouds) -> None:
    enter(two_clouds, Phase.COPYING, "AUTH_x/other@1.0")
    with pytest.raises(MigrationError, match=r"is filled from 'AUTH_x/other@1\.0'"):
        told(two_clouds)


def test_a_run_that_writes_is_warned_of(two_clouds: TwoClouds) -> None:
    enter(two_clouds, Phase.COPYING)
    lease = Lease("r", "p", "swift_sync on dmz, process 7", "2026-11-29T15:00:00", "2999-01-01")
    two_clouds.state.update(lease.headers())
    assert told(two_clouds)[1] == (
        "warning",
        "container 'new' is written to by swift_sync on dmz, process 7, since "
        "2026-11-29T15:00:00 UTC",
    )
    two_clouds.state.update(lease._replace(until="2001-01-01").headers())
    assert len(told(two_clouds)) == 1


def test_a_source_must_be_there(two_clouds: TwoClouds) -> None:
    context = RunContext(*two_clouds.connections, two_clouds.options, two_clouds.retry)
    assert look_at_source(context.source).objects == 0
    two_clouds.source.containers.clear()
    with pytest.raises(MigrationError, match="container 'old' does not exist"):
        look_at_source(context.source)
