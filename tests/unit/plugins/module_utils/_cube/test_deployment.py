# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What all ways to run CUBE share: which services are due, and a stop that is a stop."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.commands_deployment import (
    CommandsDeployment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    Deployment,
    compare_environments,
    due,
    stop_and_confirm,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.swarm import Swarm
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.systemd import Systemd
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed


def test_what_still_runs_after_the_timeout_is_named(deployed: Deployed) -> None:
    deployed.start()
    times = iter(range(100))
    slept: list[float] = []
    with pytest.raises(MigrationError, match=r"still running 5 seconds .*: chris"):
        stop_and_confirm(deployed, 5, clock=lambda: next(times), sleep=slept.append)
    assert len(slept) == 4


def test_jobs_are_waited_for_when_all_services_are_stopped(deployed: Deployed) -> None:
    deployed.working = [["a", "b"], ["b"], []]
    slept: list[float] = []
    stop_and_confirm(deployed, 5, clock=lambda: 0, sleep=slept.append)
    assert len(slept) == 2
    assert deployed.stops == 0


def test_jobs_that_do_not_end_are_named_and_left_alone(deployed: Deployed) -> None:
    deployed.working = [["chris-jid-1-copy", "chris-jid-2"]] * 100
    times = iter(range(100))
    with pytest.raises(MigrationError) as caught:
        stop_and_confirm(deployed, 5, clock=lambda: next(times), sleep=lambda _seconds: None)
    assert str(caught.value) == (
        "cube_storage_stop_timeout: jobs of pfcon still run 5 seconds after the services were "
        "stopped, and may write to the storage: chris-jid-1-copy, chris-jid-2. None was killed. "
        "Run this again when they have ended, or allow more time."
    )


def test_a_service_is_due_that_does_not_run_or_not_with_what_is_configured(
    deployed: Deployed,
) -> None:
    assert due(deployed) == ["chris"]
    deployed.start()
    assert due(deployed) == []
    with deployed.path.open("a") as file:
        file.write("ADDED=1\n")
    assert due(deployed) == ["chris"]
    deployed.runs = {**deployed.configured("chris"), "PATH": "/bin"}
    assert due(deployed) == []


def test_a_service_that_does_not_tell_its_environment_is_due(deployed: Deployed) -> None:
    def refuse(service: str) -> list[dict[str, str]]:
        raise MigrationError("it restarts")

    deployed.start()
    deployed.actual_environments = refuse  # type: ignore[method-assign]
    assert due(deployed) == ["chris"]


def test_what_a_start_would_change_is_told_by_what_is_configured(
    deployed: Deployed,
) -> None:
    deployed.path.write_text("STORAGE_ENV=swift\nPORT=1\n")
    deployed.start()
    deployed.runs = {**(deployed.runs or {}), "HOME": "/"}
    assert compare_environments(deployed, []).differences == []
    deployed.path.write_text("STORAGE_ENV=s3\nPORT=2\n")
    found = compare_environments(deployed, ["STORAGE_ENV"])
    assert found.differences == ["chris: PORT changed"]


@pytest.mark.parametrize("kind", [Compose, Swarm, Systemd, CommandsDeployment])
def test_each_kind_names_the_protocol_and_lacks_nothing_of_it(kind: type) -> None:
    assert Deployment in kind.__mro__
    assert getattr(kind, "__abstractmethods__", None) == frozenset()
