# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage on real processes that are stopped and started by commands."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cube import env_file, logins
from tests.cube.deployment import ROOT, Deployment
from tests.dataset.client import Client
from tests.integration.cube_role import CubeRole, Step, s3_storage
from tests.integration.playbooks.cutover import look
from tests.integration.warm_python import WarmPython
from tests.servers import Lab

OBJECTS = 3
SERVICES = ["pfcon", "server", "worker"]
JOB = "chris-jid-7-upload"


@pytest.fixture
def deployment(tmp_path: Path, lab: Lab, container: str, source_client: Client) -> Iterator[Any]:
    """The application on the old Swift, running."""
    made = Deployment(tmp_path / "cube")
    old = logins.old_swift(lab, container)
    source_client.put_container(container)
    made.make(old, logins.pfcon(old))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def new(lab: Lab, container: str, destination_client: Client) -> dict[str, str]:
    """The variables of the new storage, which has some objects."""
    destination_client.put_container(container)
    for number in range(OBJECTS):
        destination_client.put(container, f"object-{number}", b"bytes", {})
    return logins.s3(lab, container)


@pytest.fixture
def role(
    tmp_path: Path, deployment: Deployment, new: dict[str, str], warm_python: WarmPython
) -> CubeRole:
    program = [sys.executable, "-m", "tests.cube", "--state", str(deployment.state)]
    cube = f"cd {shlex.quote(str(ROOT))} && {shlex.join(program)}"
    return CubeRole(
        tmp_path,
        {
            "cube_storage_deployment": "commands",
            "cube_storage_commands": {
                "services": ["server", "worker"],
                "pfcon_services": ["pfcon"],
                "stop": f"{cube} stop",
                "start": f"{cube} start",
                **look(deployment.state),
                "run": f'{cube} run --service "$SERVICE" -- -',
            },
            "cube_storage_env_files": [str(deployment.env_file)],
            "cube_storage_pfcon_env_files": [str(deployment.pfcon_env_file)],
            "cube_storage_pfcon_op_image": "ghcr.io/fnndsc/pfconopjob-s3",
            **s3_storage(new),
            "cube_storage_container": new["S3_BUCKET_NAME"],
            "cube_storage_health_url": deployment.url,
            "ansible_python_interpreter": str(warm_python.path),
        },
        secrets=[new["S3_SECRET_KEY"], new["S3_ACCESS_KEY"]],
        environment=warm_python.environment,
    )


def test_to_the_new_storage_and_back(
    role: CubeRole, deployment: Deployment, new: dict[str, str]
) -> None:
    before = env_file.read(deployment.env_file)
    text = deployment.env_file.read_text()
    done = role.play(
        Step("start", {"cube_storage_expect": "old"}),
        *("preflight", "inspect", "stop", "stop", "inspect"),
    )
    assert not done.failed
    assert done.changed == [0, 0, 0, 1, 0, 0]
    assert done.statuses == [
        {"running": SERVICES, "storage": "old"},
        {"running": [], "storage": "old"},
    ]
    assert not any(deployment.status().values())

    expected = {"cube_storage_expected_objects": OBJECTS}
    done = role.play("main", "main", "inspect", "start", Step("start", expected), "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 0, 0]
    assert done.statuses == [
        {"running": [], "storage": "new"},
        {"running": SERVICES, "storage": "new"},
    ]
    assert deployment.environment("worker")["S3_BUCKET_NAME"] == new["S3_BUCKET_NAME"]
    assert deployment.environment("pfcon")["S3_REGION_NAME"] == new["S3_REGION"]

    with deployment.env_file.open("a") as file:
        file.write("ADDED_LATER=1\n")
    back = Step("start", {"cube_storage_expect": "old"})
    done = role.play("restore", "restore", "inspect", "stop", back, "inspect")
    assert not done.failed
    assert done.changed == [1, 0, 0, 1, 1, 0]
    assert done.statuses == [
        {"running": SERVICES, "storage": "mixed"},
        {"running": SERVICES, "storage": "old"},
    ]
    assert deployment.env_file.read_text() == f"{text}ADDED_LATER=1\n"
    real = deployment.environment("server")
    assert {name: real.get(name) for name in before} == before


def test_check_mode_tells_what_it_would_do_and_does_nothing(
    role: CubeRole, deployment: Deployment
) -> None:
    text = deployment.env_file.read_text()
    commands = {**role.variables["cube_storage_commands"], "jobs": f"echo {JOB}"}
    done = role.play(
        *("preflight", "inspect", "stop", "main", "start"),
        options=["--check"],
        cube_storage_commands=commands,
    )
    assert not done.failed
    assert done.changed == [0, 0, 1, 1, 0]
    assert f"These jobs of pfcon run, and may write: {JOB}. A stop waits for them" in done.output
    assert "+S3_SECRET_KEY=(hidden, added)" in done.output
    assert all(deployment.status().values())
    assert deployment.env_file.read_text() == text
    assert not list(deployment.state.glob("*.bak"))


def test_all_that_would_fail_is_told_at_once_and_nothing_is_changed(
    role: CubeRole, deployment: Deployment, container: str
) -> None:
    text, starts = deployment.env_file.read_text(), deployment.starts
    here = {"container": "another", "storage_url": "http://swift/v1/x", "identity": "x/another@1"}
    wrong = {
        "cube_storage_commands": {
            **role.variables["cube_storage_commands"],
            "services": ["server", "worker", "typo"],
        },
        "cube_storage_health_url": "http://127.0.0.1:1/",
        "cube_storage_moved": here,
    }
    no_name = {"cube_storage_container": ""}
    missing = {"cube_storage_env_files": ["/missing.env"]}
    done = role.play(
        "checks", Step("checks", wrong), Step("checks", no_name), Step("checks", missing)
    )
    assert not done.failed, done.output
    assert done.changed == [0, 0, 0, 0]
    clean, several, options, file = done.checks
    assert clean["failure"] == clean["warning"] == {}
    assert clean["ok"]["running services"] == "server, worker, pfcon"
    assert {*several["failure"]} == {
        "running services",
        "storage of server",
        "storage of worker",
        "storage of pfcon",
        "storage of typo",
    }
    assert (
        f"server keeps its files in the container {container} of"
        in several["failure"]["storage of server"]
    )
    assert options["failure"] == {
        "options of CUBE": "cube_storage_container: name the container that holds CUBE's files"
    }
    assert file["failure"] == {
        "description of CUBE": "cube_storage_env_files: /missing.env does not exist"
    }
    assert (deployment.env_file.read_text(), deployment.starts) == (text, starts)


def test_what_goes_wrong_is_named(
    role: CubeRole, deployment: Deployment, new: dict[str, str]
) -> None:
    def changed(**more: str) -> dict[str, Any]:
        return {"cube_storage_commands": {**role.variables["cube_storage_commands"], **more}}

    missing = str(deployment.state / "missing.env")
    done = role.play(
        Step("preflight", changed(running="no-such-program"), fails=True),
        Step("preflight", {"cube_storage_pfcon_env_files": [missing]}, fails=True),
        Step("stop", {**changed(stop="true"), "cube_storage_stop_timeout": 2}, fails=True),
        *("inspect", "main"),
        Step("start", changed(start="true"), fails=True),
        *("stop", Step("start", {"cube_storage_expected_objects": 1_000_000}, fails=True)),
    )
    assert not done.failed, done.output
    assert done.statuses == [{"running": SERVICES, "storage": "old"}]
    no_program, no_file, not_stopped, not_started_anew, few_objects = done.errors
    assert "cube_storage_commands.running: " in no_program
    assert f"{missing} does not exist" in no_file
    assert (
        "still running 2 seconds after they were told to stop: pfcon, server, worker" in not_stopped
    )
    assert "the environment of pfcon is not as configured: " in not_started_anew
    assert "S3_BUCKET_NAME" in not_started_anew
    assert re.search(r"which server uses, has \d+ objects, fewer than 900000", few_objects)
    assert f"the container {new['S3_BUCKET_NAME']}" in few_objects


def test_a_job_that_does_not_end_is_named_and_left_alone_and_the_next_stop_waits_for_it(
    role: CubeRole, deployment: Deployment, tmp_path: Path
) -> None:
    """The job is a file; in the last step it ends when it has been looked for twice."""
    job, seen = tmp_path / "job", tmp_path / "seen"
    job.touch()
    commands = role.variables["cube_storage_commands"]
    runs = {**commands, "jobs": f"test ! -e {job} || echo {JOB}"}
    ends = {
        **commands,
        "jobs": f"test ! -e {job} || {{ echo {JOB}; test ! -e {seen} || rm {job}; touch {seen}; }}",
    }
    refused = {"cube_storage_commands": runs, "cube_storage_stop_timeout": 2}
    done = role.play(
        Step("stop", refused, fails=True),
        Step("stop", refused, fails=True),
        Step("stop", {"cube_storage_commands": ends}),
    )
    assert not done.failed, done.output
    assert done.errors == [
        "cube_storage_stop_timeout: jobs of pfcon still run 2 seconds after the services were "
        f"stopped, and may write to the storage: {JOB}. None was killed. Run this again when they "
        "have ended, or allow more time."
    ] * 2  # fmt: skip
    assert done.changed == [0, 0, 0]
    assert seen.exists()
    assert not job.exists()
    assert not any(deployment.status().values())
