# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Deployments of Compose with one fault each: found before a stop, while CUBE answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.containers.application import Application
from tests.containers.conftest import in_environment
from tests.containers.engine import IMAGE, Engine
from tests.containers.fault import Fault, Look, of_storage
from tests.containers.shape import MiniChris
from tests.cube import gateway
from tests.integration.module_server import ModuleServer
from tests.servers import Lab


@pytest.fixture
def project(engine: Engine, lab: Lab, tmp_path: Path, old: dict[str, str]) -> Iterator[MiniChris]:
    """The application on the old storage, running, beside the services that have a fault."""
    folder = tmp_path / f"faults{old['SWIFT_CONTAINER_NAME'][5:]}"
    made = MiniChris(engine, Application.at(folder), old)
    gateway.start(tmp_path, lab)
    login = lab.description["destination"]
    made.exported |= {
        "GATEWAY_URL": (tmp_path / "gateway-url").read_text().strip(),
        "GATEWAY_USERNAME": login["application_credential_id"],
        "GATEWAY_KEY": login["application_credential_secret"],
    }
    made.add("faults.yml", "docker-compose.override.yml")
    try:
        with made:
            made.compose("up", "--pull", "never", "--detach", "--no-recreate", "pacs")
            made.compose(
                *("up", "--pull", "never", "--detach", "--no-recreate", "--no-deps"),
                *("--scale", "scaled=2", "scaled"),
            )
            yield made
    finally:
        gateway.gateway(tmp_path, lab).stop()


def faults(project: MiniChris, moved: dict[str, str]) -> list[Fault]:
    names = ("secrets.env", "etc", ".env", "cube-storage.json")
    secrets, site, env, memory = (shlex.quote(str(project.folder / name)) for name in names)
    docker, *compose = project.described["cube_storage_compose"]["command"]
    other = {**moved, "container": "users", "identity": "AUTH_chris/users@1"}
    # The programs that sudo finds, and no variable.
    reset: dict[str, str | None] = dict.fromkeys(project.exported)

    def service(name: str) -> dict[str, Any]:
        return {"services": ["chris", name]}

    return [
        # What runs keeps its files elsewhere.
        Fault(
            "another_container keeps its files in the container pacs-archive .* the migration "
            f"moves the container {moved['container']} at ",
            settings=service("another_container"),
        ),
        Fault("chris keeps its files in .* moves the container users", params={"moved": other}),
        Fault(
            f"another_account keeps its files in the container {moved['container']} .*two contain",
            settings=service("another_account"),
        ),
        Fault("folder has the storage backend fslink: its", settings=service("folder")),
        Fault("older has the storage backend django.core", settings=service("older")),
        Fault("does not answer to the environment of", settings={"services": ["unanswered"]}),
        # What a start needs is not there, or is another, where Ansible starts Compose.
        Fault(r"chris: TOKEN empty.*: TOKEN\. Put them into .*/\.env", environment={"TOKEN": None}),
        Fault("chris: TOKEN changed", environment={"TOKEN": "other"}),
        Fault(r"chris: SITE not set.*: SITE\. Put them into .*/\.env", environment={"SITE": None}),
        Fault(
            r"required variable CUBE_IMAGE is missing.*: CUBE_IMAGE\. Put them into .*/\.env",
            environment={"CUBE_IMAGE": None},
        ),
        Fault(r"required variable \w+ is missing.* Put them into .*/\.env", environment=reset),
        Fault(r"its image \S+:none is not on this host", environment={"TAG": "none"}),
        Fault(
            "chris: another image",
            before=f"docker tag {IMAGE} cube:7",
            after="docker tag cube:backup cube:7",
        ),
        # Files and what runs do not agree.
        Fault(
            "chris: DJANGO_DEBUG set",
            before=f"cp -p {secrets} {secrets}.kept && echo DJANGO_DEBUG=on >> {secrets}",
            after=f"mv {secrets}.kept {secrets}",
        ),
        Fault("scaled: 1 containers would run instead of 2", settings=service("scaled")),
        Fault(
            r"\.env file of the project has COMPOSE_FILE=a\.yml",
            before=f"cp -p {env} {env}.kept && echo COMPOSE_FILE=a.yml >> {env}",
            after=f"mv {env}.kept {env}",
        ),
        # What is said of it is not so.
        Fault("the compose files have no wroker, but ", settings=service("wroker")),
        Fault(
            "nobody in a profile that is not active.*--profile, nobody", settings=service("nobody")
        ),
        Fault(
            "is in the project faults.*, not renamed",
            settings={"command": [docker, *compose, "--project-name", "renamed"]},
        ),
        Fault(
            r"cube_storage_env_files: .*/gone\.env does not exist",
            params={"env_files": [str(project.folder / "gone.env")]},
        ),
        Fault(
            "http://127.0.0.1:1/ is not healthy",
            params={"health_urls": ["http://127.0.0.1:1/"]},
        ),
        # It could not be switched.
        Fault(
            "etc cannot be written to",
            before=f"mount --bind {site} {site} && mount -o remount,bind,ro {site}",
            after=f"umount {site}",
        ),
        Fault(
            "CUBE was switched to another storage before",
            before=f"""echo '{{"target": "s3", "copies": {{}}, "names": []}}' > {memory}""",
            after=f"rm {memory}",
        ),
        # These are told, and no error.
        Fault(
            "sender is no in-network pfcon",
            refused=False,
            settings={"pfcon_services": ["sender"]},
        ),
        Fault(r"in their environment: [^.]*\bpacs\b", refused=False),
    ]


@pytest.fixture
def look(
    module_server: ModuleServer,
    tmp_path: Path,
    project: MiniChris,
    moved: dict[str, str],
    new: dict[str, str],
) -> Look:
    """With the one service that matters in most cases."""
    described = project.described
    params = {
        **of_storage(new),
        "deployment": "compose",
        "settings": {
            **described["cube_storage_compose"],
            "services": ["chris"],
            "one_shot_services": [],
            "pfcon_services": [],
        },
        "env_files": described["cube_storage_env_files"],
        "moved": moved,
    }
    return Look(in_environment(module_server, tmp_path), project.engine, params, project.exported)


def test_a_fault_is_found_before_a_stop_while_cube_answers(
    look: Look, project: MiniChris, moved: dict[str, str]
) -> None:
    project.engine.docker("tag", "cube:7", "cube:backup")
    assert not look(Fault("")).get("failed")
    files = {path: path.read_bytes() for path in project.folder.rglob("*.env")}
    look.assert_found(project.url, faults(project, moved))
    assert {path: path.read_bytes() for path in project.folder.rglob("*.env")} == files
