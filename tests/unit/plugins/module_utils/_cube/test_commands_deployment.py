# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A deployment of shell commands: what a start changes, and which jobs run."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.commands_deployment import (
    CommandsDeployment,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


@pytest.fixture
def deployment(tmp_path: Path) -> CommandsDeployment:
    """A service that runs when its file is there, with what stands in it."""
    env_file, runs = tmp_path / "cube.env", tmp_path / "cube"
    env_file.write_text("STORAGE_ENV=s3\n")
    return CommandsDeployment(
        services=["cube"],
        pfcon_services=[],
        stop_command=f"rm -f {runs}",
        start_command=f"cp {env_file} {runs}; echo >> {tmp_path / 'starts'}",
        running_command=f"test ! -e {runs} || echo cube",
        environment_command=f"cat {tmp_path}/$SERVICE",
        run_command="cat",
        files={"cube": [env_file]},
    )


def test_a_start_is_a_change_only_when_a_service_was_due(
    deployment: CommandsDeployment, tmp_path: Path
) -> None:
    assert deployment.start() is True
    assert deployment.start() is False
    (tmp_path / "cube.env").write_text("STORAGE_ENV=swift\n")
    assert deployment.start() is True
    assert deployment.start() is False
    assert len((tmp_path / "starts").read_text()) == 4
    deployment.stop(1)
    assert deployment.start() is True


def test_jobs_are_what_the_command_prints(deployment: CommandsDeployment) -> None:
    assert deployment.jobs() == []
    deployment.jobs_command = "echo chris-jid-2; echo chris-jid-1"
    assert deployment.jobs() == ["chris-jid-1", "chris-jid-2"]
    deployment.jobs_command = "exit 3"
    with pytest.raises(MigrationError, match=r"^cube_storage_commands\.jobs: .* status 3"):
        deployment.jobs()


def test_a_service_is_known_to_be_up_by_its_name_alone(deployment: CommandsDeployment) -> None:
    assert deployment.incarnations("cube") == []
    deployment.start()
    assert deployment.incarnations("cube") == ["cube"]


@pytest.mark.parametrize("key", ["stop", "start", "running", "environment", "run"])
def test_a_command_that_fails_is_named_by_its_option(
    deployment: CommandsDeployment, key: str
) -> None:
    deployment.start()
    setattr(deployment, f"{key}_command", "echo no luck >&2; exit 3")
    asks = {
        "stop": lambda: deployment.stop(1),
        "start": deployment.start,
        "running": deployment.preflight,
        "environment": lambda: deployment.actual_environments("cube"),
        "run": lambda: deployment.run_python("cube", "print()"),
    }
    with pytest.raises(MigrationError) as caught:
        asks[key]()
    assert str(caught.value) == (
        f"cube_storage_commands.{key}: /bin/sh failed with status 3: no luck."
    )


def test_a_service_that_nobody_named_is_not_stopped_unseen(
    deployment: CommandsDeployment,
) -> None:
    deployment.running_command = "echo cube; echo worker"
    with pytest.raises(MigrationError, match="names services that services lacks: worker"):
        deployment.preflight()


def test_a_command_knows_its_service_and_gets_the_program(deployment: CommandsDeployment) -> None:
    deployment.run_command = "echo $SERVICE; cat"
    assert deployment.run_python("cube", "print(1)") == "cube\nprint(1)"


@pytest.mark.parametrize("printed", ["A=1\\nB=a=b\\nodd\\n", "A=1\\0B=a=b\\0odd\\0"])
def test_an_environment_is_lines_or_what_proc_shows(
    deployment: CommandsDeployment, printed: str
) -> None:
    deployment.environment_command = f"printf '{printed}'"
    assert deployment.actual_environments("cube") == [{"A": "1", "B": "a=b"}]


def test_the_database_is_asked_by_the_command_that_is_given(
    deployment: CommandsDeployment,
) -> None:
    deployment.database_command = "cat; echo and so on"
    assert list(deployment.query("select 1\n")) == [b"select 1", b"and so on"]
    deployment.database_command = "exit 3"
    with pytest.raises(MigrationError, match=r"^cube_storage_commands\.database: .* status 3"):
        list(deployment.query("select 1"))


def test_without_a_command_nobody_asks_the_database(deployment: CommandsDeployment) -> None:
    with pytest.raises(MigrationError, match=r"^cube_storage_commands\.database: no command that"):
        list(deployment.query("select 1"))
