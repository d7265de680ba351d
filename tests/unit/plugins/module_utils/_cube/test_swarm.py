# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A stack, answered by a stand-in for Docker's command line program.

tests/containers runs the rest on a real engine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.swarm import Swarm
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.command_runner import Answering

STATES = {"jid-1": "Running 3 minutes ago\n", "jid-2": "Complete 1 minute ago\n"}


class Docker(CommandRunner):
    """A swarm in which one job works, one is done, and one has gone since it was listed."""

    def run(self, argv: Sequence[str], *, may_fail: bool = False, **_: Any) -> Completed:
        if argv[1] == "ps":
            return Completed(0, "jid-1\nalone\n", "")
        if argv[1:3] == ["service", "ls"]:
            return Completed(0, "jid-1\njid-2\njid-3\n", "")
        assert argv[1:3] == ["service", "ps"]
        assert may_fail
        name = argv[-1]
        return Completed(0 if name in STATES else 1, STATES.get(name, ""), "")


def swarm_of(tmp_path: Path, runner: CommandRunner, **more: Any) -> Swarm:
    """A stack of one service, whose commands a fake runs."""
    options: dict[str, Any] = {
        "stack": "chris",
        "configured_files": [tmp_path / "stack.yml"],
        "services": ["cube"],
        "pfcon_services": [],
        "docker": ["docker"],
        "python": "python3",
        "job_filters": [],
    }
    return Swarm(runner=runner, **options | more)


def test_jobs_are_services_that_have_not_ended_and_containers(tmp_path: Path) -> None:
    swarm = swarm_of(tmp_path, Docker(), services=[], job_filters=["name=jid-"])
    assert swarm.jobs() == ["alone", "jid-1"]


class Stack(CommandRunner):
    """A stack of two services that was deployed with `PW`; it notes what is deployed."""

    def __init__(self, config: str) -> None:
        self.config = config
        self.deployed: list[dict[str, Any]] = []
        self.options: list[str] = []

    def run(self, argv: Sequence[str], **_: Any) -> Completed:
        words = list(argv[1:])
        if words[:2] == ["service", "ls"]:
            return Completed(0, "chris_cube replicated\nchris_db replicated\n", "")
        if words[:2] == ["service", "inspect"]:
            container = {"Image": f"{words[-1]}:1@sha256:0", "Env": ["PW=s3cret"]}
            spec = {
                "TaskTemplate": {"ContainerSpec": container},
                "Labels": {"com.docker.stack.image": "cube:1"},
                "Mode": {"Replicated": {"Replicas": 0}},
            }
            return Completed(0, json.dumps(spec), "")
        if words[:2] == ["stack", "config"]:
            if "missing" in self.config:
                raise MigrationError(self.config, option="cube_storage_swarm")
            return Completed(0, self.config, "")
        if words[:2] == ["stack", "deploy"]:
            self.options = words
            self.deployed.append(json.loads(Path(words[-2]).read_text()))
        return Completed(0, "", "")


def stack(tmp_path: Path, config: str) -> tuple[Swarm, Stack]:
    (tmp_path / "stack.yml").write_text("image: cube:${NO_SUCH_TAG}")
    command = Stack(config)
    return swarm_of(tmp_path, command, clock=iter([0.0, 1e6]).__next__), command


def test_a_start_keeps_images_and_names_no_other_service_of_the_stack(tmp_path: Path) -> None:
    swarm, command = stack(tmp_path, "")
    swarm.start()
    assert command.deployed[0]["services"] == {
        "cube": {"deploy": {"replicas": 1}, "image": "chris_cube:1@sha256:0"},
    }
    assert command.options[2:4] == ["--resolve-image", "never"]


def test_a_start_that_may_update_takes_the_images_of_the_files(tmp_path: Path) -> None:
    swarm, command = stack(tmp_path, "")
    swarm.update = True
    swarm.start()
    assert command.deployed[0]["services"] == {"cube": {"deploy": {"replicas": 1}}}
    assert command.options[2:4] == ["--resolve-image", "changed"]
    assert swarm.compare_start([]).differences == []


def test_what_a_deployment_would_change_is_told_with_what_is_not_set(tmp_path: Path) -> None:
    same = "services: {cube: {image: 'cube:1', environment: {PW: s3cret}}}"
    assert stack(tmp_path, same)[0].compare_start([]).differences == []
    found = stack(tmp_path, "services: {cube: {image: 'cube:'}}")[0].compare_start([])
    assert found.differences == ["cube: another image", "cube: PW not set"]
    assert found.remedy == (
        "These variables are not set where Ansible starts the services: NO_SUCH_TAG. Put them into "
        "cube_storage_swarm.command: [env, NAME=VALUE, docker]. docker stack deploy reads no .env "
        "file"
    )


def test_a_variable_that_the_files_need_is_named(tmp_path: Path) -> None:
    told = "required variable STOREBASE is missing a value"
    with pytest.raises(MigrationError, match=r"the services: STOREBASE\. Put them into"):
        stack(tmp_path, told)[0].compare_start([])


def test_a_task_that_is_not_running_yet_or_again_does_not_count(tmp_path: Path) -> None:
    swarm, _command = stack(tmp_path, "")
    states = "b Running 3 seconds ago\na Running 1 second ago\nc Ready now\nd Starting now\n"
    swarm.runner = Answering(lambda *_words, **_more: Completed(0, states, ""))
    assert swarm.incarnations("cube") == ["a", "b"]


def test_services_and_containers_of_the_storage_that_nobody_named_are_told(tmp_path: Path) -> None:
    swarm, _command = stack(tmp_path, "")
    environments = {
        "chris_cube": ["SWIFT_CONTAINER_NAME=users", "SWIFT_AUTH_URL=http://swift:1/auth"],
        "chris_store": ["UPSTREAM=http://swift:1/"],
        "chris_db": ["A=1"],
        "other_pacs": ["SWIFT_CONTAINER_NAME=users"],
    }

    def answer(argv: Sequence[str], **_: Any) -> Completed:
        words = list(argv[1:])
        if words[:2] == ["service", "ls"]:
            return Completed(0, "\n".join([*environments, "gone"]), "")
        if words[:2] == ["service", "inspect"]:
            if words[-1] == "gone":
                raise MigrationError("no such service")
            container = {"Env": environments[words[-1]]}
            return Completed(0, json.dumps({"TaskTemplate": {"ContainerSpec": container}}), "")
        if words[0] == "inspect":
            config = {"Env": ["SWIFT_CONTAINER_NAME=users"], "Labels": {}}
            return Completed(0, json.dumps([{"Name": "/alone", "Config": config}]), "")
        return Completed(0, "1a\n", "")

    swarm.runner = Answering(answer)
    assert swarm.unlisted_services() == ["alone", "other_pacs", "store"]


class Networks(CommandRunner):
    """A stack whose old Swift is a task of it, and containers that share its network."""

    def run(self, argv: Sequence[str], **_: Any) -> Completed:
        words = list(argv[1:])
        if words[:2] == ["service", "inspect"]:
            networks = [{"Target": "n1", "Aliases": ["pfcon", "pfcon.remote"]}]
            env = ["STORAGE_ENV=swift", "SWIFT_AUTH_URL=http://swift:8080/auth/v1.0"]
            template = {"Networks": networks, "ContainerSpec": {"Env": env}}
            return Completed(0, json.dumps({"TaskTemplate": template, "Labels": {}}), "")
        if words[0] == "ps":
            if "label=com.docker.stack.namespace=chris" in words:
                return Completed(0, "1a chris\n2b chris\n", "")
            return Completed(0, "1a\n2b\n3c\n4d\n", "")
        assert words[0] == "inspect"
        aliases = {"1a": ["cube"], "2b": ["swift"]}
        return Completed(
            0,
            json.dumps(
                [
                    {
                        "Id": each,
                        "Name": f"/name-of-{each}",
                        "Config": {"Labels": {SERVICE: "mail_web"} if each == "4d" else {}},
                        "NetworkSettings": {"Networks": {"shared": {"Aliases": aliases.get(each)}}},
                    }
                    for each in words[1:]
                ]
            ),
            "",
        )


SERVICE = "com.docker.swarm.service.name"


def test_names_in_the_network_and_containers_of_others_there_are_told(tmp_path: Path) -> None:
    swarm, _command = stack(tmp_path, "")
    swarm.runner = Networks()
    assert swarm.host_names("pfcon") == {"pfcon", "chris_pfcon", "pfcon.remote"}
    assert swarm.neighbours() == ["mail_web", "name-of-3c"]


def test_the_database_is_asked_in_the_task_of_its_service_on_this_host(tmp_path: Path) -> None:
    def answer(argv: Sequence[str], **_options: Any) -> Completed:
        if argv[1] == "ps":
            return Completed(
                0, "1a chris_db\n" if any("chris_db" in word for word in argv) else "", ""
            )
        return Completed(0, "61\n", "")

    runner = Answering(answer)
    swarm = swarm_of(tmp_path, runner)
    assert list(swarm.query("select 1")) == [b"61"]
    assert runner.asked[-1][:5] == ["docker", "exec", "--interactive", "1a", "sh"]
    assert "POSTGRES_USER" in runner.asked[-1][-1]
    swarm.database_service = "elsewhere"
    with pytest.raises(MigrationError, match="no container of elsewhere runs on this host"):
        swarm.query("select 1")
