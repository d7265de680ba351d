# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The playbooks over a real SSH, which breaks, to a machine that has the mover and CUBE."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.containers.conftest import TIMEOUTS
from tests.containers.engine import Engine
from tests.containers.machine import CUBE_UNITS, PFCON_UNITS, Machine
from tests.containers.ssh_server import SshServer
from tests.cube import logins
from tests.cube.api import Api
from tests.dataset.client import Client
from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.integration.cube_role import s3_storage
from tests.integration.playbooks.callbacks.hooks import KILL
from tests.integration.playbooks.controller import (
    ROOT,
    Controller,
    Run,
    finish,
    objects_in,
    read_until,
)
from tests.integration.playbooks.cutover import PHASE
from tests.servers import Lab

OBJECTS = 200
UNITS = sorted([*CUBE_UNITS, *PFCON_UNITS])
HOST = "dmz"
USER = "chris"
FILES = {f"uploads/{number}.dcm": bytes([number]) * 1000 for number in range(5)}
UNDER_WAY = 16
"""Objects at most whose requests have been sent when a pause begins."""
LOST_AT = {"Copy the rest": "frozen", "Start CUBE and check its storage": "verified"}
"""Tasks at whose begin the host is lost, and the phase they find."""


@dataclass(frozen=True)
class Remote:
    """A machine that is reached by SSH only, and a controller."""

    machine: Machine
    ssh: SshServer
    controller: Controller
    inventory: Path

    def migrate(self, *arguments: str, **variables: Any) -> Run:
        return self.controller.run(*arguments, inventory=self.inventory, **variables)

    def play(self, name: str, **variables: Any) -> Run:
        """Run a playbook that must succeed."""
        playbook = f"playbooks/{name}.yml"
        run = self.controller.run(playbook=playbook, inventory=self.inventory, **variables)
        assert run.status == 0, run.output
        return run

    def look(self) -> dict[str, str]:
        """The lines of a status, by their first words."""
        run = self.play("status")
        assert run.changed == 0
        return dict(re.findall(rf"^\[{HOST}\] ([\w ]+?)  +(.*)$", run.output, re.MULTILINE))

    @property
    def state(self) -> dict[str, Any]:
        """What a copy tells of itself; nothing while there is none."""
        for path in (self.controller.home / "state").glob("*.progress"):
            found: dict[str, Any] = json.loads(path.read_text())
            return found
        return {}


@pytest.fixture
def remote(
    engine: Engine,
    lab: Lab,
    container: str,
    old: dict[str, str],
    controller: Controller,
    tmp_path: Path,
) -> Iterator[Remote]:
    machine = Machine(engine, tmp_path / "cube", old, logins.pfcon(old))
    try:
        ssh = SshServer(machine, tmp_path / "ssh")
        # A socket's path must be short.
        controller.environment["ANSIBLE_SSH_CONTROL_PATH_DIR"] = str(engine.root / "ssh")
        controller.given(
            {
                **s3_storage(logins.s3(lab, f"{container}-new")),
                **TIMEOUTS,
                "cube_storage_deployment": "systemd",
                "cube_storage_systemd": {"units": CUBE_UNITS, "pfcon_units": PFCON_UNITS},
                "cube_storage_env_files": [str(machine.env_file)],
                "cube_storage_pfcon_env_files": [str(machine.pfcon_env_file)],
                "cube_storage_pfcon_op_image": "ghcr.io/fnndsc/pfconopjob-s3",
                "cube_storage_health_url": machine.url,
            }
        )
        inventory = tmp_path / "inventory"
        inventory.mkdir()
        (inventory / "group_vars").symlink_to(ROOT / "inventories" / "demo" / "group_vars")
        python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        controller.given({"ansible_user": "root"})
        hosts = {"hosts": {HOST: ssh.variables | python}}
        (inventory / "hosts.yml").write_text(json.dumps({"movers": hosts, "cube": hosts}))
        yield Remote(machine, ssh, controller, inventory)
    finally:
        machine.destroy()


def test_a_copy_outlives_its_connection_and_the_next_run_shows_it_and_goes_on(
    remote: Remote,
    container: str,
    fill: Callable[[int], Uploaded],
    compare: Callable[[], Verification],
    source_client: Client,
    destination_client: Client,
) -> None:
    remote.machine.systemctl("stop", *UNITS)  # they would write meanwhile
    fill(OBJECTS)
    total = objects_in(source_client, container)
    slow = {"swift_migration_requests_per_second": 2, "migrate_data_progress_interval": 0.5}
    process = remote.controller.start(inventory=remote.inventory, **slow)
    while objects_in(destination_client, f"{container}-new") < 3:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    assert remote.ssh.cut() > 0
    output = process.communicate()[0]
    assert process.returncode != 0
    assert f"fatal: [{HOST}]: UNREACHABLE!" in output
    assert f"\n[{HOST}] " in output  # how far it was
    last = output.rstrip("\n").rpartition("\n")[2]
    assert last.startswith(
        f"CUBE is as it was: this run has not stopped it. The copy on {HOST} may go on: the next "
        "run shows it and waits for it. "
        f"To end it well, type `ansible-playbook --inventory={remote.inventory} "
    ), output
    copied = objects_in(destination_client, f"{container}-new")
    assert copied < total

    next_ = remote.controller.start(
        "-v", inventory=remote.inventory, migrate_data_progress_interval=0.5
    )
    waiting = f"[{HOST}] waiting for an earlier run: "
    before = read_until(next_, lambda line: line.startswith(waiting))
    [file] = (remote.controller.home / "state").glob("*.progress")
    remote.machine.run("kill", "-9", str(json.loads(file.read_text())["process"]))
    finished = finish(next_, before)
    assert finished.status == 0, finished.output
    done = finished.result("Copy the objects")["objects"]
    assert copied < done["kept"] < total
    assert done["kept"] + done["copied"] == total
    compared = compare()
    assert (compared.objects, compared.differences) == (total, [])


@pytest.fixture
def other(remote: Remote, tmp_path: Path) -> Remote:
    """Another person, on another controller, who has the same inventory."""
    home, first = tmp_path / "other", remote.controller
    variables = {"migrate_data_report": str(home / "report.json")} | {
        name: value for name, value in first.variables.items() if name != "migrate_data_report"
    }
    controller = Controller(home, variables)
    own = {name: controller.environment[name] for name in ("HOME", "TMPDIR", "ANSIBLE_REMOTE_TEMP")}
    sockets = str(remote.machine.engine.root / "other")
    controller.environment = {
        **first.environment,
        **own,
        "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
    }
    return Remote(remote.machine, remote.ssh, controller, remote.inventory)


def test_what_one_person_starts_another_sees_limits_pauses_resumes_stops_and_cuts_over(
    remote: Remote, other: Remote, container: str, source_client: Client
) -> None:
    for number in range(OBJECTS):
        source_client.put(container, f"feeds/{number}.dcm", b"bytes", {})
    copying = remote.controller.start(
        inventory=remote.inventory, swift_migration_requests_per_second=2
    )
    while remote.state.get("objects_copied", 0) < 3:
        assert copying.poll() is None, copying.communicate()[0]
        time.sleep(0.1)

    limited = other.play("limits", swift_migration_requests_per_second=4)
    assert (
        "swift_sync limited to 64 objects at once, any bandwidth, 4 requests/s." in limited.output
    )
    paused = other.play("pause")
    assert paused.changed == 1
    assert re.search(
        r"swift_sync paused after \d+ objects\. To let it go on, run playbooks/resume\.yml\.",
        paused.output,
    )
    copied = remote.state["objects_copied"]
    lines = other.look()
    assert lines["writes"].startswith("swift_sync on ")
    assert lines["swift_sync"].startswith("is paused since 20")
    assert re.search(
        r"^swift_sync is paused since 20\S+ \S+ UTC\. To let it go on, type `ansible-playbook .*"
        r"playbooks/resume\.yml`\. To look again, type `",
        lines["next"],
    ), lines["next"]
    assert remote.state["objects_copied"] - copied <= UNDER_WAY
    copied = remote.state["objects_copied"]
    assert "swift_sync goes on after " in other.play("resume").output
    stopped = other.play("stop")
    assert re.search(r"swift_sync stopped after \d+ objects\.", stopped.output)
    assert copied < remote.state["objects_copied"] < OBJECTS
    ended = finish(copying, "")
    assert ended.status != 0
    assert ended.errors[0].startswith("stopped on request. What was under way was finished")

    killed = other.controller.hooked({"Record that they are equal": KILL}).run(
        inventory=other.inventory, swift_migration_cutover=True
    )
    assert killed.status == -signal.SIGKILL, killed.output
    lines = remote.look()
    assert lines["phase"].startswith("frozen, since 20")
    assert re.search(r"^ended at .*: (\d+) of \1 objects, ", lines["swift_sync"])
    assert lines[f"CUBE {HOST}"] == "is stopped, and set up for the old storage"
    assert re.search(
        r"^CUBE is stopped since 20\S+ \S+ UTC\. To finish the cutover, type `ansible-playbook .*"
        r"playbooks/migrate\.yml -e swift_migration_cutover=true`\. "
        r"To go back to the old storage, type `ansible-playbook .*playbooks/rollback\.yml`\.$",
        lines["next"],
    ), lines["next"]


@pytest.fixture
def plain(remote: Remote, tmp_path: Path) -> Remote:
    """The same, reached as a user without privileges, who may become root there and not here."""
    remote.ssh.add_user(USER)
    remote.ssh.let_become(USER)
    sudo = tmp_path / "bin" / "sudo"
    sudo.parent.mkdir()
    sudo.write_text("#!/bin/sh\necho nobody may become root here >&2\nexit 1\n")
    sudo.chmod(0o755)
    path = f"{sudo.parent}:{remote.controller.environment['PATH']}"
    # Without the other one, root would not have to become root.
    remote.controller.environment |= {"PATH": path, "ANSIBLE_BECOME_ALLOW_SAME_USER": "true"}
    remote.controller.given({"ansible_user": USER, "migrate_data_state_dir": "~/state"})
    del remote.controller.environment["ANSIBLE_REMOTE_TEMP"]
    return remote


def test_a_host_that_is_lost_in_mid_cutover_goes_on_with_the_same_command_and_back(
    plain: Remote, container: str, new_phase: Callable[[], str]
) -> None:
    machine, api = plain.machine, Api(plain.machine.url)
    for name, content in FILES.items():
        api.upload(name, content)
    refused = plain.migrate(swift_migration_cutover=True)
    assert refused.status != 0
    [error] = refused.errors
    assert re.fullmatch(
        r"cube_storage_env_files: cannot look at \S+/secrets\.env: Permission denied\. "
        r"Run this as a user who may, for example with become\.",
        error,
    )
    assert machine.active() == UNITS

    plain.controller.given({"ansible_become": True})
    for step, phase in LOST_AT.items():
        controller = plain.controller.hooked({step: plain.ssh.stop_command})
        lost = controller.run(inventory=plain.inventory, swift_migration_cutover=True)
        assert lost.status != 0
        assert "UNREACHABLE!" in lost.output, lost.output
        assert (new_phase(), machine.active()) == (phase, []), step
        plain.ssh.start()
    finished = plain.migrate(swift_migration_cutover=True)
    assert finished.status == 0, finished.output
    assert new_phase() == "cut-over"
    assert machine.active() == UNITS
    assert machine.environment(CUBE_UNITS[0])["S3_BUCKET_NAME"] == f"{container}-new"
    assert {name: api.download(name) for name in FILES} == FILES
    again = plain.migrate(swift_migration_cutover=True)
    assert (again.status, again.changed) == (0, 0), again.output

    back = plain.controller.run(playbook="playbooks/rollback.yml", inventory=plain.inventory)
    assert back.status == 0, back.output
    assert new_phase() == "rolled-back"
    assert machine.active() == UNITS
    assert machine.environment(CUBE_UNITS[0])["SWIFT_CONTAINER_NAME"] == container
    assert {name: api.download(name) for name in FILES} == FILES


@pytest.fixture
def new_phase(container: str, destination_client: Client) -> Callable[[], str]:
    """Read the phase of the migration."""
    return lambda: destination_client.head(f"{container}-new").get(PHASE, "")
