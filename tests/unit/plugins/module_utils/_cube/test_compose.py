# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A project of Compose, answered by a stand-in for its command line program.

tests/containers runs the same on a real engine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.docker import Containers
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.command_runner import Answering
from tests.unit.plugins.module_utils.fakes.compose_answers import ComposeAnswers


def test_what_compose_run_left_is_removed_too(compose: Compose, docker: ComposeAnswers) -> None:
    def listed(argv: Sequence[str], **more: Any) -> Completed:
        if "ps" in argv:
            return Completed(0, "1a chris\n2b db\n", "")
        return docker.run(argv, **more)

    compose.runner = Answering(listed)
    compose.stop(10)
    assert docker.asked[-1] == ["docker", "rm", "--force", "1a"]


def test_jobs_are_the_containers_that_any_of_the_filters_finds(
    compose: Compose, docker: ComposeAnswers
) -> None:
    found = {"label=job": "b\n\n", "name=jid": "a\nb\n"}
    asked: list[Sequence[str]] = []

    def listed(argv: Sequence[str], **_more: Any) -> Completed:
        asked.append(argv)
        return Completed(0, found[argv[3]], "")

    compose.runner = Answering(listed)
    compose.job_filters = list(found)
    assert compose.jobs() == ["a", "b"]
    assert {tuple(argv[:3]) for argv in asked} == {("docker", "ps", "--filter")}
    assert not any("--all" in argv for argv in asked)
    compose.job_filters = []
    assert compose.jobs() == []


def test_a_service_or_container_of_the_storage_that_nobody_named_is_told(
    compose: Compose, docker: ComposeAnswers
) -> None:
    """A service of any profile, and a container of another project; no job."""
    docker.services["chris"]["environment"]["SWIFT_AUTH_URL"] = "http://swift:8080/auth/v1.0"
    found = {
        "store": {"Env": ["UPSTREAM=http://swift:8080/"], "Labels": {}},
        "chris-jid-1": {"Env": ["SWIFT_CONTAINER_NAME=users"], "Labels": {}},
        "mail": {"Env": ["A=1"], "Labels": {}},
    }

    def answer(argv: Sequence[str], **more: Any) -> Completed:
        words = list(argv)
        if words[1] == "ps" and "--no-trunc" in words and "{{.ID}}" in words:
            return Completed(0, "\n".join(["1a", *found]), "")
        if words[1] == "ps" and "--no-trunc" in words:
            return Completed(0, "1a chris\n", "")
        if words[1] == "ps":
            return Completed(0, "chris-jid-1\n", "")
        if words[1] == "inspect":
            assert "1a" not in words  # the project's own
            return Completed(
                0, json.dumps([{"Name": f"/{n}", "Config": found[n]} for n in words[2:]]), ""
            )
        return docker.run(argv, **more)

    compose.runner = compose._compose.runner = Answering(answer)
    compose.job_filters = ["name=chris-jid-"]
    assert compose.unlisted_services() == ["store"]
    docker.services["db"]["environment"] = {"SWIFT_CONTAINER_NAME": "store"}
    compose._compose._read.clear()
    assert compose.unlisted_services() == ["db", "store"]
    asked = next(argv for argv in docker.asked if "config" in argv)
    assert list(asked)[-5:] == ["--profile", "*", "config", "--format", "json"]


def test_names_in_the_network_and_containers_of_others_there_are_told(
    compose: Compose, docker: ComposeAnswers
) -> None:
    docker.services["chris"]["environment"]["SWIFT_AUTH_URL"] = "http://swift:8080/auth/v1.0"
    aliases = {"1a": "chris", "2b": "pfcon.local", "3c": "swift", "4d": "", "5e": ""}
    names = {"4d": "backup", "5e": "chris-jid-1"}

    def inspected(identifier: str) -> dict[str, Any]:
        network = {"Aliases": [aliases[identifier]], "IPAddress": f"10.0.0.{identifier[0]}"}
        return {
            "Id": identifier,
            "Name": f"/{names.get(identifier, identifier)}",
            "Config": {"Hostname": "host-of-" + identifier, "Labels": {}},
            "NetworkSettings": {"Networks": {"cube_default": network}},
        }

    def answer(argv: Sequence[str], **more: Any) -> Completed:
        words = list(argv)
        if words[1] == "ps" and "{{.ID}}" in words:
            return Completed(0, "\n".join(aliases), "")
        if words[1] == "ps" and "--no-trunc" in words:
            return Completed(0, "1a chris\n2b pfcon\n", "")
        if words[1] == "ps":
            return Completed(0, "chris-jid-1\n", "")
        if words[1] == "inspect":
            return Completed(0, json.dumps([inspected(each) for each in words[2:]]), "")
        return docker.run(argv, **more)

    compose.runner = compose._compose.runner = Answering(answer)
    compose.job_filters = ["name=chris-jid-"]
    assert compose.host_names("pfcon") == {"pfcon", "pfcon.local", "2b", "host-of-2b", "10.0.0.2"}
    assert compose.neighbours() == ["backup"]


@pytest.mark.parametrize(
    ("services", "message"),
    [(["chris", "worker"], "the compose files have no worker, but chris, db, pfcon")],
)
def test_a_service_that_is_not_there_is_named(
    compose: Compose, services: list[str], message: str
) -> None:
    compose.services = services
    with pytest.raises(MigrationError, match=message):
        compose.preflight()


def test_one_that_is_not_there_keeps_no_other_from_being_compared(
    compose: Compose, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose.services = ["chris", "wroker"]
    monkeypatch.setattr(Containers, "image", lambda _self, _name: None)
    found = compose.compare_start([])
    assert found.differences == ["chris: its image cube-chris is not on this host"]


def test_a_service_in_a_profile_that_is_not_active_is_told_with_its_name(
    compose: Compose, docker: ComposeAnswers
) -> None:
    class Profiled(ComposeAnswers):
        def run(self, argv: Sequence[str], **more: Any) -> Completed:
            if "--profile" not in argv:
                return super().run(argv, **more)
            known = {**docker.services, "worker": {"profiles": ["cube"]}}
            return Completed(0, json.dumps({"name": "cube", "services": known}), "")

    compose.runner = Profiled(services=docker.services)
    compose.__post_init__()
    compose.services = ["chris", "worker"]
    told = r"worker in a profile that is not active.* \[docker, compose, --profile, cube\]"
    with pytest.raises(MigrationError, match=told):
        compose.preflight()
    compose.services = ["chris", "wroker"]
    with pytest.raises(MigrationError, match="have no wroker, but"):
        compose.preflight()


@pytest.mark.parametrize(
    ("running", "refused"),
    [("c1 production\n", True), ("c1 production\nc2 cube\n", False), ("", False)],
)
def test_a_folder_that_runs_as_another_project_is_refused(
    compose: Compose, docker: ComposeAnswers, running: str, refused: bool
) -> None:
    class Listing(ComposeAnswers):
        def run(self, argv: Sequence[str], **more: Any) -> Completed:
            if "ps" not in argv:
                return super().run(argv, **more)
            assert f"label=com.docker.compose.project.working_dir={compose.directory}" in argv
            return Completed(0, running, "")

    compose.runner = Listing(services=docker.services)
    if not refused:
        compose.preflight()
        return
    told = r"is in the project production, not cube.* --project-name, production\]"
    with pytest.raises(MigrationError, match=told):
        compose.preflight()


def test_files_named_elsewhere_are_refused(compose: Compose) -> None:
    (compose.directory / ".env").write_text("COMPOSE_FILE=a.yml:b.yml\n")
    with pytest.raises(MigrationError, match=r"COMPOSE_FILE=a\.yml:b\.yml.* Name these files"):
        compose.preflight()


def test_a_folder_without_a_compose_file_is_refused(compose: Compose) -> None:
    (compose.directory / "docker-compose.yml").unlink()
    with pytest.raises(MigrationError, match="has no compose file"):
        compose.preflight()


def ups(docker: ComposeAnswers) -> list[list[str]]:
    """How ``up`` was called, without its files."""
    called = [list(argv) for argv in docker.asked if "up" in argv]
    return [argv[argv.index("up") :] for argv in called]


def test_a_start_pulls_builds_and_migrates_nothing(
    compose: Compose, docker: ComposeAnswers
) -> None:
    docker.services["chris"]["depends_on"] = {
        "db": {"condition": "service_healthy"},
        "db_migrate": {"condition": "service_completed_successfully"},
    }
    docker.services["db_migrate"] = {}  # type: ignore[index]
    compose.start()
    kept = ["up", "--detach", "--no-build", "--pull", "never", "--no-deps"]
    assert ups(docker) == [[*kept, "--wait", "--no-recreate", "db"], [*kept, "chris", "pfcon"]]


def test_a_start_that_may_update_is_a_plain_one(compose: Compose, docker: ComposeAnswers) -> None:
    compose.update = True
    compose.start()
    up = ["up", "--detach", "--quiet-pull"]
    services = ["chris", "pfcon"]
    assert ups(docker) == [[*up, "--no-recreate", *services], [*up, "--no-deps", *services]]
    assert compose.compare_start([]).differences == []


def test_a_variable_that_the_files_need_is_named_with_its_places(compose: Compose) -> None:
    def fails(argv: Sequence[str], **_: Any) -> Completed:
        raise MigrationError(
            "docker compose failed with status 1: required variable BASE is missing a value",
            option="cube_storage_compose",
        )

    compose.runner = compose._compose.runner = Answering(fails)
    with pytest.raises(MigrationError) as caught:
        compose.compare_start([])
    assert str(caught.value).endswith(
        "These variables are not set where Ansible starts the services: BASE. Put them into "
        f"{compose.directory}/.env, which Compose reads, or into cube_storage_compose.command: "
        "[env, NAME=VALUE, docker, compose]."
    )


def test_a_variable_is_set_by_the_environment_the_env_file_or_the_command(
    compose: Compose, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = compose.directory / "docker-compose.yml"
    file.write_text("${TAG} ${PW} ${BASE} ${NONE} ${OTHER}")
    (compose.directory / ".env").write_text("PW=1\n")
    (compose.directory / "other.env").write_text("OTHER=1\n")
    monkeypatch.setenv("TAG", "1")
    compose._compose.argv = ["env", "BASE=1", "docker", "compose"]
    assert compose._compose.unset([file]) == ["NONE", "OTHER"]
    compose._compose.argv = ["docker", "compose", "--env-file", "other.env"]
    assert compose._compose.unset([file]) == ["BASE", "NONE", "PW"]


def test_a_difference_names_the_variables_that_are_not_set(
    compose: Compose, docker: ComposeAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    (compose.directory / "docker-compose.yml").write_text("image: cube:${NO_SUCH_TAG}")
    monkeypatch.setattr(Containers, "image", lambda _self, _name: None)
    found = compose.compare_start([])
    assert found.differences[0] == "chris: its image cube-chris is not on this host"
    assert "Ansible starts the services: NO_SUCH_TAG. Put them into" in found.remedy


@pytest.mark.parametrize(
    ("running", "restarting", "found"), [(True, False, ["1a now"]), (True, True, []), (0, 0, [])]
)
def test_a_container_that_is_started_again_does_not_count(
    compose: Compose, docker: ComposeAnswers, running: bool, restarting: bool, found: list[str]
) -> None:
    state = {"Running": running, "Restarting": restarting, "StartedAt": "now"}

    def answer(argv: Sequence[str], **more: Any) -> Completed:
        if "ps" in argv:
            return Completed(0, "1a chris\n2b db\n", "")
        if "inspect" in argv:
            return Completed(0, json.dumps([{"Id": argv[-1], "State": state}]), "")
        return docker.run(argv, **more)

    compose.runner = Answering(answer)
    assert compose.incarnations("chris") == found
    assert compose.incarnations("pfcon") == []
