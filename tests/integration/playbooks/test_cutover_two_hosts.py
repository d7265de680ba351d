# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Two hosts whose applications share one storage, cut over together; and one that is lost."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cube import env_file, logins
from tests.cube.api import Api
from tests.cube.deployment import Deployment
from tests.dataset.client import Client
from tests.integration.playbooks.controller import ROOT, Controller, Run
from tests.integration.playbooks.cutover import LOCAL, PHASE, commands, variables
from tests.integration.playbooks.last_line import LastLine
from tests.integration.warm_python import WarmPython
from tests.servers import Lab

pytestmark = pytest.mark.usefixtures("no_catalogue")

HOSTS = ("cube1", "cube2")
LOST = "the host cannot be reached any more"


@dataclass(frozen=True)
class TwoHosts:
    """A deployment for each host, and what happens to them, in order.

    :param lost: a folder; while it has a file of a host's name, that host cannot be reached.
    :param events: a file to which each stop and start adds a line.
    """

    deployments: Mapping[str, Deployment]
    controller: Controller
    inventory: Path
    old: str
    destination: Client
    lost: Path
    events: Path

    def migrate(self, hooks: Mapping[str, str] | None = None) -> Run:
        controller = self.controller.hooked(hooks or {})
        return controller.run(inventory=self.inventory, swift_migration_cutover=True)

    @property
    def phase(self) -> str:
        return self.destination.head(f"{self.old}-new").get(PHASE, "")

    @property
    def storages(self) -> set[str]:
        """The containers that the running applications have; "" for one that does not run."""
        return {
            each.environment().get("S3_BUCKET_NAME", self.old)
            if all(each.status().values())
            else ""
            for each in self.deployments.values()
        }

    def assert_files(self) -> None:
        for host, each in self.deployments.items():
            assert Api(each.url).download(f"{host}.dcm") == host.encode()

    def change(self, host: str, **commands: str) -> None:
        """Give a host other commands."""
        inventory = json.loads((self.inventory / "hosts.yml").read_text())
        given = inventory["cube"]["hosts"][host]["cube_storage_commands"] | commands
        self.give(host, cube_storage_commands=given)

    def give(self, host: str, **variables: Any) -> None:
        """Give a host other variables."""
        path = self.inventory / "hosts.yml"
        inventory = json.loads(path.read_text())
        inventory["cube"]["hosts"][host].update(variables)
        path.write_text(json.dumps(inventory))

    def happened(self) -> list[str]:
        """What has happened since this was last asked."""
        told = self.events.read_text().splitlines()
        self.events.write_text("")
        return told


@pytest.fixture
def two(
    lab: Lab,
    container: str,
    controller: Controller,
    destination_client: Client,
    source_client: Client,
    warm_python: WarmPython,
    tmp_path: Path,
) -> Iterator[TwoHosts]:
    """Two applications on the old Swift, each with a file of its own."""
    source_client.put_container(container)
    lost, events, inventory = (tmp_path / name for name in ("lost", "events", "inventory"))
    lost.mkdir()
    events.touch()
    inventory.mkdir()
    (inventory / "group_vars").symlink_to(ROOT / "inventories" / "demo" / "group_vars")
    deployments, hosts = {}, {}
    for host in HOSTS:
        deployments[host] = Deployment(tmp_path / host)
        deployments[host].make(logins.old_swift(lab, container))
        hosts[host] = {
            **LOCAL,
            "ansible_connection": "losable",
            **variables(lab, deployments[host], f"{container}-new"),
            "cube_storage_commands": noted(host, events, commands(deployments[host].state)),
        }
    groups = {"movers": {"hosts": {"mover": LOCAL}}, "cube": {"hosts": hosts}}
    (inventory / "hosts.yml").write_text(json.dumps(groups))
    controller.warmed(warm_python).environment |= {
        "LOST": str(lost),
        "ANSIBLE_CONNECTION_PLUGINS": str(Path(__file__).with_name("connections")),
    }
    try:
        for host, each in deployments.items():
            each.start()
            Api(each.url).upload(f"{host}.dcm", host.encode())
        yield TwoHosts(
            deployments, controller, inventory, container, destination_client, lost, events
        )
    finally:
        for each in deployments.values():
            each.stop()


def noted(host: str, events: Path, given: dict[str, Any]) -> dict[str, Any]:
    """The commands, with a note of each stop and start."""
    path = shlex.quote(str(events))
    return given | {
        what: f"({given[what]}) && echo {what} {host} >> {path}" for what in ("stop", "start")
    }


def note(two: TwoHosts, event: str) -> str:
    """A shell command that adds an event, and how many env files name the new container."""
    files = shlex.join(str(each.env_file) for each in two.deployments.values())
    switched = f"$(cat {files} | grep -c S3_BUCKET_NAME)"
    return f"echo {event} {switched} >> {shlex.quote(str(two.events))}"


def test_all_stop_before_the_last_copy_and_none_starts_before_all_are_switched(
    two: TwoHosts,
) -> None:
    done = two.migrate(
        {
            "Copy the rest": note(two, "copy"),
            "Start CUBE and check its storage": note(two, "begin"),
        }
    )
    assert done.status == 0, done.output
    told = two.happened()
    assert sorted(told[:2]) == ["stop cube1", "stop cube2"]
    assert told[2:4] == ["copy 0", "begin 2"]
    assert sorted(told[4:]) == ["start cube1", "start cube2"]
    assert (two.phase, two.storages) == ("cut-over", {f"{two.old}-new"})
    two.assert_files()


def test_a_mover_that_fails_before_the_stop_stops_nothing(
    two: TwoHosts, source_client: Client
) -> None:
    source_client.put(two.old, "odd//name", b"")
    refused = two.migrate()
    assert refused.status > 0
    assert 'Among them "odd//name". Nothing was stopped.' in refused.errors[0]
    assert two.happened() == []
    assert (two.phase, two.storages) == ("copying", {two.old})
    told = "mover, which copies, failed or cannot be reached. Nothing was stopped."
    assert refused.errors[1:] == [told] * len(HOSTS)


def test_a_host_that_fails_takes_all_back_to_the_old_storage(two: TwoHosts) -> None:
    start = commands(two.deployments["cube2"].state)["start"]
    names = f"grep -q S3_BUCKET_NAME {shlex.quote(str(two.deployments['cube2'].env_file))}"
    two.change("cube2", start=f"if {names}; then exit 7; fi; {start}")
    broken = two.migrate()
    assert broken.status > 0
    told = next(error for error in broken.errors if "The cutover was broken off" in error)
    assert "CUBE runs on the old storage again; nothing is lost." in told
    assert two.storages == {two.old}
    assert all("S3_BUCKET_NAME" not in env_file.read(e.env_file) for e in two.deployments.values())
    assert two.phase == "copying"
    two.assert_files()


@pytest.mark.parametrize(
    ("step", "goes_back", "told_of_it"),
    [
        ("Copy the rest", True, "is stopped, and set up for the old or the new storage"),
        (
            "Start CUBE and check its storage",
            False,
            "was told to start on the new storage and has not answered: some of it may run",
        ),
    ],
)
def test_a_host_that_is_lost_after_the_stop_ends_it_and_the_same_command_goes_on(
    two: TwoHosts, step: str, goes_back: bool, told_of_it: str
) -> None:
    gone = two.lost / "cube2"
    broken = two.migrate({step: f"touch {shlex.quote(str(gone))}"})
    assert broken.status > 0
    assert "cube2" in broken.output.partition("UNREACHABLE!")[0].splitlines()[-1]
    told = next(error for error in broken.errors if "The cutover was broken off" in error)
    assert "cube2 failed or cannot be reached." in told
    assert "Nothing is lost. Mend that, and run the same command again" in told
    assert two.phase == "verified"
    assert "start cube2" not in two.happened()
    # Once the new storage may have been written to, nobody starts before all are asked.
    assert two.storages == ({two.old, ""} if goes_back else {""})
    line = LastLine.of(broken)
    assert f"CUBE on cube2 {told_of_it}; {LOST}." in line.text
    assert ("CUBE on cube1 runs on the old storage (server, worker)." in line.text) is goes_back
    assert "To finish the cutover, type `" in line.text

    gone.unlink()
    done = two.migrate()
    assert done.status == 0, done.output
    assert (two.phase, two.storages) == ("cut-over", {f"{two.old}-new"})
    two.assert_files()


def test_a_full_disk_of_a_host_is_told_with_what_runs_and_the_same_command_goes_on(
    two: TwoHosts, tmp_path: Path
) -> None:
    full, python = tmp_path / "full", tmp_path / "python"
    limited = f"if [ -e {shlex.quote(str(full))} ]; then ulimit -f 0; fi"
    python.write_text(f'#!/bin/sh\n{limited}\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    two.give("cube2", ansible_python_interpreter=str(python))
    broken = two.migrate({"Change CUBE's environment": f"touch {shlex.quote(str(full))}"})
    assert broken.status > 0
    line = LastLine.of(broken)
    assert line.text.startswith(
        "CUBE on cube1 runs on the old storage (server, worker). "
        "CUBE on cube2 is stopped, and set up for the old or the new storage. "
        "To finish the cutover, type `"
    ), broken.output
    assert two.storages == {two.old, ""}

    full.unlink()
    done = line.type_command(two.controller, "migrate")
    assert done.status == 0, done.output
    assert (two.phase, two.storages) == ("cut-over", {f"{two.old}-new"})
    two.assert_files()
