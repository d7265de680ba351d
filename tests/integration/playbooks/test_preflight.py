# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A preflight finds what is wrong with an inventory, and a cutover after a green one succeeds."""

from __future__ import annotations

import dataclasses
import json
import re
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbooks.controller import Run, destination_login, source_login
from tests.integration.playbooks.cutover import LOCAL, Cutover, write_inventory
from tests.servers import Lab

FILES = {f"feed_{index}/data/{index:04}.dcm": bytes([index]) * 500 for index in range(8)}
WRONG = "wr0ng-Secret"
NAME = "SWIFT_CONTAINER_NAME"

Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """What an inventory is made for.

    :param stranger: a container at the destination that holds objects of somebody else's.
    """

    lab: Lab
    cutover: Cutover
    stranger: str

    @property
    def environment(self) -> str:
        """The command that prints the environment of a service."""
        return str(self.cutover.variables["cube_storage_commands"]["environment"])

    def commands(self, **changed: Any) -> Variables:
        """The description of the deployment, with some of it changed."""
        return {
            "cube_storage_commands": {**self.cutover.variables["cube_storage_commands"], **changed}
        }


@dataclass(frozen=True)
class Mistake:
    """What is wrong in an inventory, and how a preflight names it.

    :param variables: what stands there instead.
    :param check: the name of the check that fails.
    :param seen: a part of what it says.
    """

    variables: Callable[[Scene], Variables]
    check: str
    seen: str


OF_THE_MOVER = {
    "the key of the old Swift": Mistake(
        lambda scene: {"swift_migration_source": source_login(scene.lab, password=WRONG)},
        "login to the source",
        "auth.password",
    ),
    "the address of the old Swift": Mistake(
        lambda scene: {
            "swift_migration_source": source_login(
                scene.lab, auth_url="http://127.0.0.1:1/auth/v1.0"
            )
        },
        "login to the source",
        "127.0.0.1",
    ),
    "the old container": Mistake(
        lambda scene: {"swift_migration_source_container": "no-such-container"},
        "container of the source",
        "no-such-container",
    ),
    "no openrc file": Mistake(
        lambda scene: {
            "swift_migration_destination": "{{ lookup('fnndsc.swift_migration.openrc',"
            " '/nowhere/openrc.sh') }}"
        },
        "look at both clouds",
        "/nowhere/openrc.sh",
    ),
    "the secret of the application credential": Mistake(
        lambda scene: {
            "swift_migration_destination": destination_login(
                scene.lab, application_credential_secret=WRONG
            )
        },
        "login to the destination",
        "application_credential_secret",
    ),
    "the region of the new cloud": Mistake(
        lambda scene: {
            "swift_migration_destination": {
                **destination_login(scene.lab),
                "region_name": "Nowhere",
            }
        },
        "address of the destination",
        "Nowhere",
    ),
    "a stranger's container": Mistake(
        lambda scene: {"swift_migration_destination_container": scene.stranger},
        "container of the destination",
        "holds",
    ),
    "a name that no container can have": Mistake(
        lambda scene: {"swift_migration_destination_container": "chris/users"},
        "look at both clouds",
        "chris/users",
    ),
    "a quota that is too small": Mistake(
        lambda scene: {"nerc_container_quota_bytes": 100},
        "new container",
        "nerc_container_quota_bytes",
    ),
    "no libraries, and nobody who may install them": Mistake(
        lambda scene: {"mover_install": False, "mover_venv": "/nowhere/venv"},
        "libraries of the mover",
        "mover_venv: /nowhere/venv",
    ),
    "a folder for the state that is none": Mistake(
        lambda scene: {"migrate_data_state_dir": "/proc/none"},
        "state folder",
        "/proc/none",
    ),
    "a mover that cannot be reached": Mistake(
        lambda scene: {
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_port": 1,
        },
        "connection to the mover",
        "port 1",
    ),
}
OF_CUBE = {
    "no such env file": Mistake(
        lambda scene: {"cube_storage_env_files": ["/nowhere/secrets.env"]},
        "description of CUBE",
        "/nowhere/secrets.env does not exist",
    ),
    "another program's env file": Mistake(
        lambda scene: {"cube_storage_env_files": [str(other_env_file(scene))]},
        "storage of CUBE",
        "SWIFT_CONTAINER_NAME",
    ),
    "the health URL": Mistake(
        lambda scene: {"cube_storage_health_url": "http://127.0.0.1:1/api/v1/"},
        "health of http://127.0.0.1:1/api/v1/",
        "is not healthy",
    ),
    "a pfcon without the image of its jobs": Mistake(
        lambda scene: {"cube_storage_pfcon_env_files": [str(other_env_file(scene))]},
        "options of CUBE",
        "cube_storage_pfcon_op_image",
    ),
    "a service that does not exist": Mistake(
        lambda scene: scene.commands(services=["server", "worker", "scheduler"]),
        "running services",
        "scheduler",
    ),
    "a service that has another name": Mistake(
        lambda scene: scene.commands(services=["server"]),
        "stop and start of CUBE",
        "worker",
    ),
    "a command that is not there": Mistake(
        lambda scene: scene.commands(run="no-such-program"),
        "storage of server",
        "cube_storage_commands.run",
    ),
    "a deployment that is not described": Mistake(
        lambda scene: {"cube_storage_commands": {}},
        "look at CUBE",
        "missing required arguments",
    ),
    "no keys for the new storage": Mistake(
        lambda scene: {"cube_storage_s3": {}},
        "look at CUBE",
        "access_key",
    ),
    "a CUBE on another container": Mistake(
        lambda scene: {
            **scene.commands(
                environment=f"{{ {scene.environment}; }} | sed s/^{NAME}=.*/{NAME}=real/"
            )
        },
        "storage of server",
        "keeps its files in the container real",
    ),
    "a host of CUBE that cannot be reached": Mistake(
        lambda scene: {
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_port": 1,
        },
        "connection to CUBE's host",
        "port 1",
    ),
}


def other_env_file(scene: Scene) -> Path:
    path = scene.cutover.controller.home / "other.env"
    path.write_text("POSTGRES_DB=chris\n")
    return path


@pytest.fixture
def scene(lab: Lab, cutover: Cutover) -> Scene:
    """A CUBE with some files, which stays as it is."""
    for name, content in FILES.items():
        cutover.api.upload(name, content)
    stranger = f"{cutover.old}-stranger"
    cutover.destination.put_container(stranger)
    cutover.destination.put(stranger, "theirs", b"somebody else's")
    return Scene(lab, cutover, stranger)


def look(scene: Scene, groups: Mapping[str, Mapping[str, Variables]], **more: Any) -> Run:
    """Play a preflight with an inventory of these groups; CUBE is as it was then."""
    inventory = write_inventory(Path(tempfile.mkdtemp(dir=scene.cutover.controller.home)) / "hosts")
    hosts = {
        group: {"hosts": {name: {**LOCAL, **variables} for name, variables in members.items()}}
        for group, members in groups.items()
    }
    (inventory / "hosts.yml").write_text(json.dumps(hosts))
    starts = scene.cutover.deployment.starts
    run = scene.cutover.preflight(inventory=inventory, **more)
    assert "Traceback" not in run.output
    assert WRONG not in run.output
    assert scene.cutover.deployment.starts == starts
    assert all(scene.cutover.deployment.status().values())
    return run


def test_a_clean_inventory_is_green_and_its_cutover_succeeds(
    scene: Scene, secrets: re.Pattern[bytes]
) -> None:
    cutover = scene.cutover
    starts = cutover.deployment.starts
    run = cutover.preflight("-vvv", swift_migration_start_seconds=7)
    assert run.status == 0, run.output
    assert run.changed == 0
    assert secrets.findall(run.output.encode()) == []
    assert cutover.variables["cube_storage_s3"]["secret_key"] not in run.output
    assert cutover.found("failure") == {"localhost": {}}
    assert cutover.deployment.starts == starts
    files = sorted(cutover.controller.home.glob("preflight*"))
    assert [path.suffix for path in files] == [".html", ".json"] * 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not secrets.search(path.read_bytes())
        assert cutover.variables["cube_storage_s3"]["secret_key"] not in path.read_text()
    assert re.search(
        r"preflight: 0 failures, \d+ warnings?, \d+ ok; expect .+, CUBE down for", run.output
    )
    report = json.loads((cutover.controller.home / "preflight.json").read_text())
    assert report["forecast"]["downtime"]["not_measured"] == ["the application stops"]
    done = cutover.migrate()
    assert done.status == 0, done.output
    assert (cutover.phase, cutover.storage) == ("cut-over", cutover.new)
    assert cutover.files == FILES


def test_each_of_twenty_mistakes_is_found_on_its_host_and_cube_runs_on(scene: Scene) -> None:
    movers = {name: mistake.variables(scene) for name, mistake in OF_THE_MOVER.items()}
    cubes = {name: mistake.variables(scene) for name, mistake in OF_CUBE.items()}
    mistakes = {**OF_THE_MOVER, **OF_CUBE}
    assert len(mistakes) >= 20
    run = look(
        scene,
        {"movers": {"clean": {}, **movers}, "cube": {"clean cube": {}, **cubes}},
        swift_migration_preflight_measure=False,
    )
    assert run.status != 0
    failures = scene.cutover.found("failure")
    assert failures.keys() == {"localhost", "clean", "clean cube", *mistakes}
    wrong = {
        name: failures[name]
        for name, mistake in mistakes.items()
        if mistake.seen not in failures[name].get(mistake.check, "")
    }
    assert wrong == {}
    assert failures["clean"] == failures["clean cube"] == failures["localhost"] == {}


ALONE = {
    "the key of the old Swift": (
        OF_THE_MOVER["the key of the old Swift"],
        {"login to the destination", "server of the destination", "running services"},
    ),
    "no openrc file": (
        OF_THE_MOVER["no openrc file"],
        {"libraries of the mover", "storage of server", "running services"},
    ),
    "the secret of the application credential": (
        OF_THE_MOVER["the secret of the application credential"],
        {"login to the source", "listing of the source", "storage of server"},
    ),
    "a service that does not exist": (
        OF_CUBE["a service that does not exist"],
        {"login to the source", "measured copy", "new container", "library of server"},
    ),
    "a misspelt variable": (
        Mistake(
            lambda _scene: {"swift_migration_source_contaner": "users"},
            "options and groups",
            "swift_migration_source_container is like it",
        ),
        {"login to the source", "login to the destination", "storage of server"},
    ),
}
"""Mistakes, and what is looked at all the same."""


@pytest.mark.parametrize("name", ALONE)
def test_a_mistake_alone_ends_in_failure_and_hides_nothing_else(scene: Scene, name: str) -> None:
    mistake, others = ALONE[name]
    here = mistake.variables(scene)
    run = look(scene, {"movers": {"localhost": here}, "cube": {"localhost": {}}})
    assert run.status != 0
    failures = scene.cutover.found("failure")["localhost"]
    assert mistake.seen in failures[mistake.check]
    assert others <= {*scene.cutover.found("ok")["localhost"]}
    assert re.search(r"^preflight: [1-9]\d* failures?, ", run.output, re.MULTILINE)


def test_a_mover_that_cannot_be_reached_and_a_cube_of_no_host_are_told(scene: Scene) -> None:
    lost = OF_THE_MOVER["a mover that cannot be reached"].variables(scene)
    run = look(scene, {"movers": {"mover": lost}, "cube": {}})
    assert run.status != 0
    assert scene.cutover.found("failure")["mover"].keys() == {"connection to the mover"}
    assert scene.cutover.found("warning")["localhost"].keys() == {"group cube"}


@pytest.mark.parametrize(
    ("task", "host", "check"),
    [
        ("Look at both clouds, and measure", "mover", "look at both clouds"),
        ("Check that the data fits, and provide", "mover", "new container"),
        ("Look for all that would fail later", "cube", "look at CUBE"),
        ("Look for the names in both containers", "mover", "files that CUBE knows"),
    ],
)
def test_a_host_that_is_lost_on_the_way_is_told_where(
    scene: Scene, task: str, host: str, check: str
) -> None:
    lost = scene.cutover.controller.home / "lost"
    lost.mkdir()
    names = lost.with_name("names")
    names.write_text("\n".join(FILES))
    plugins = str(Path(__file__).with_name("connections"))
    cutover = scene.cutover.hooked({task: f"touch {lost / host}"})
    cutover.controller.environment |= {
        "LOST": str(lost),
        "ANSIBLE_CONNECTION_PLUGINS": plugins,
    }
    losable = {"ansible_connection": "losable"}
    run = look(
        dataclasses.replace(scene, cutover=cutover),
        {"movers": {"mover": losable}, "cube": {"cube": losable}},
        swift_migration_preflight_measure=False,
        swift_migration_catalogue=str(names),
    )
    assert run.status != 0
    assert "closed by remote host" in cutover.found("failure")[host][check]


def test_a_copy_needs_no_cube_and_check_mode_writes_nothing(scene: Scene) -> None:
    run = look(scene, {"movers": {"localhost": {}}}, swift_migration_preflight_measure=False)
    assert run.status == 0, run.output
    assert scene.cutover.found("warning")["localhost"].keys() == {"group cube"}
    for path in scene.cutover.controller.home.glob("preflight*"):
        path.unlink()
    foretold = scene.cutover.preflight("--check")
    assert foretold.status == 0, foretold.output
    assert "how long it will take was not measured" in foretold.output
    assert list(scene.cutover.controller.home.glob("preflight*")) == []
