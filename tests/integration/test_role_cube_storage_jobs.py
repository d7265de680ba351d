# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Jobs that pfcon has started outlive it: a stop waits for them, and never kills one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cube.deployment import Deployment
from tests.integration.cube_role import CubeRole
from tests.integration.test_role_cube_storage_commands import deployment, new, role

__all__ = ["deployment", "new", "role"]

JOB = "chris-jid-7-upload"


@pytest.fixture
def job(tmp_path: Path, role: CubeRole) -> Path:
    """A file that is there while the job runs; the role can look for it."""
    path = tmp_path / "job"
    path.touch()
    commands = role.variables["cube_storage_commands"]
    looks = {**commands, "jobs": f"test ! -e {path} || echo {JOB}"}
    role.variables = {**role.variables, "cube_storage_commands": looks}
    return path


def test_a_job_that_does_not_end_is_named_and_left_alone(
    role: CubeRole, job: Path, deployment: Deployment
) -> None:
    told = role.play("preflight", "stop", options=["--check"])
    assert not told.failed
    assert f"These jobs of pfcon run, and may write: {JOB}. A stop waits 300 s" in told.output
    assert all(deployment.status().values())

    refused = role.play("stop", cube_storage_stop_timeout=2)
    assert refused.said == (
        "cube_storage_stop_timeout: jobs of pfcon still run 2 seconds after the services were "
        f"stopped, and may write to the storage: {JOB}. None was killed. Run this again when they "
        "have ended, or allow more time."
    )
    assert job.exists()
    assert not any(deployment.status().values())
    assert JOB in role.play("stop", cube_storage_stop_timeout=2).said

    waiter = subprocess.Popen(["sh", "-c", 'sleep 8 && rm "$0"', str(job)])
    done = role.play("stop", cube_storage_stop_timeout=120)
    assert (done.failed, done.changed) == (False, 0)
    assert not job.exists()
    assert waiter.wait() == 0


def test_a_start_that_starts_nothing_is_no_change(role: CubeRole, deployment: Deployment) -> None:
    assert role.play("start", cube_storage_expect="old").changed == 0
    foretold = role.play("main", "start", options=["--check"])
    assert (foretold.failed, foretold.changed) == (False, 1)
    done = role.play("stop", "main", "start", "start")
    assert (done.failed, done.changed) == (False, 3)
