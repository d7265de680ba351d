# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The documented road, word for word, from an empty home to a cutover and back.

The commands are those of the documentation's blocks.  The user puts in what the text tells a user
to fill in, and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.engine import Engine
from tests.containers.machine import CUBE_UNITS, PFCON_UNITS, Machine
from tests.containers.ssh_server import SshServer
from tests.cube import logins
from tests.cube.api import Api
from tests.dataset.client import Client
from tests.dataset.verify import Verification
from tests.integration.playbooks.controller import ROOT, Run, objects_in
from tests.integration.playbooks.example import HOST, PASSWORD, complete
from tests.integration.playbooks.road import Terminal, roads
from tests.servers import Lab

USER = "chris"
ACCOUNT = "nobody"
"""Whom this host has as a user without privileges."""
FILES = {f"uploads/{number}.dcm": bytes([number]) * 1000 for number in range(20)}
UNITS = sorted([*CUBE_UNITS, *PFCON_UNITS])
README, INVENTORY, MOVER = "README.md", "inventories/nerc/README.md", "roles/mover/README.md"
NOEXEC = """\
mount --rbind /tmp /tmp && mount -o remount,bind,noexec /tmp && cp /bin/true /tmp && ! /tmp/true
"""
COMMENTED = "  # vars:\n  #   ansible_become: true\n"


@dataclass(frozen=True)
class User:
    """Who follows the documentation.

    :param addresses: what a command has, and what stands there for the machines of the test.
    """

    home: Path
    terminal: Terminal
    addresses: dict[str, str]

    @property
    def inventory(self) -> Path:
        return self.home / "my-migration"

    def follow(self, path: str, road: str) -> list[Run]:
        """Type the commands of a block; each must succeed."""
        return [self.type(command) for command in roads(path)[road]]

    def type(self, command: str) -> Run:
        for documented, real in self.addresses.items():
            command = command.replace(documented, real)
        run = self.terminal.type(command)
        assert run.status == 0, f"$ {command}\n{run.output}"
        return run

    def own(self) -> None:
        """Make the user's own what this process has put into the home."""
        for path in (self.home, *self.home.rglob("*")):
            shutil.chown(path, ACCOUNT)

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        path = self.inventory / name
        before = path.read_text()
        path.write_text(change(before))
        assert path.read_text() != before, name


@pytest.fixture
def machine(engine: Engine, old: dict[str, str], tmp_path: Path) -> Iterator[Machine]:
    made = Machine(engine, tmp_path / "cube", old, logins.pfcon(old))
    yield made
    made.destroy()


@pytest.fixture
def ssh(machine: Machine, tmp_path: Path) -> SshServer:
    """The way to the machine, on which nothing may be run from ``/tmp``, and pip has no index."""
    server = SshServer(machine, tmp_path / "ssh")
    server.add_user(USER)
    server.let_become(USER)
    machine.write("/etc/pip.conf", "[global]\nindex-url = http://127.0.0.1:1/\nretries = 0\n")
    machine.run("/bin/sh", "-c", NOEXEC)
    return server


def python_folder() -> Path:
    """Where the user has a Python that can make virtual environments."""
    for folder in (Path(sys.base_prefix, "bin"), Path("/usr/local/bin"), Path("/usr/bin")):
        command = ["setpriv", f"--reuid={ACCOUNT}", "--clear-groups", str(folder / "python3")]
        if subprocess.run([*command, "-c", "import ensurepip, ssl"], check=False).returncode == 0:
            return folder
    raise AssertionError(f"{ACCOUNT} has no Python with its venv module")


@pytest.fixture
def keys(ssh: SshServer) -> Iterator[Path]:
    """A folder of the user's with the key and the host's key, short as SSH's sockets want it."""
    folder = Path(tempfile.mkdtemp(prefix="keys-", dir="/tmp"))
    for path in ssh.of_user:
        shutil.copy(path, folder)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, ACCOUNT)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def user(machine: Machine, ssh: SshServer, keys: Path) -> Iterator[User]:
    """Somebody without privileges, with an empty home, and with Python and OpenSSH."""
    # Short, as the path of SSH's socket below it must be.
    home = Path(tempfile.mkdtemp(prefix="home-", dir="/tmp"))
    shutil.chown(home, ACCOUNT)
    config = keys / "config"
    variables = ssh.variables
    config.write_text(
        f"Host {HOST}\n HostName {variables['ansible_host']}\n Port {variables['ansible_port']}\n"
        f" IdentityFile {keys / 'user'}\n UserKnownHostsFile {keys / 'known_hosts'}\n"
    )
    version = machine.run("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    addresses = {
        "scp ": f"scp -F {config} ",
        "--python-version 3.11": f"--python-version {version}",
    }
    environment = {
        "HOME": str(home),
        "PATH": f"{python_folder()}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    }
    terminal = Terminal(ROOT, environment, dict.fromkeys(PROMPTS, PASSWORD), ACCOUNT)
    yield User(home, terminal, addresses)
    terminal.close()
    shutil.rmtree(home)


PROMPTS = ("New Vault password", "Confirm New Vault password", "Vault password")


def test_the_documentation_leads_from_an_empty_home_to_a_cutover_and_back(
    user: User,
    machine: Machine,
    ssh: SshServer,
    keys: Path,
    lab: Lab,
    container: str,
    compare: Callable[[], Verification],
    source_client: Client,
) -> None:
    api = Api(machine.url)
    for name, content in FILES.items():
        api.upload(name, content)
    machine.systemctl("stop", *UNITS)  # they would write while things are counted
    total = objects_in(source_client, container)

    user.follow(README, "controller")
    if wanted := os.environ.get("ANSIBLE_WANTED"):
        user.type(f"pip install {wanted}")
    user.follow(MOVER, "wheels")
    assert roads(README)["copy"] == roads(INVENTORY)["copy"][:1]
    user.follow(INVENTORY, "copy")
    s3 = logins.s3(lab, f"{container}-new")
    mover = ssh.variables_with(keys) | {"ansible_user": USER}
    complete(user.inventory, lab, container, mover, s3)
    user.own()
    user.edit(
        "group_vars/all/migration.yml",
        lambda text: (
            f"{text}\nmover_pip_extra_args: [--no-index, --find-links=/home/{USER}/wheels]\n"
        ),
    )
    user.follow(INVENTORY, "secrets")
    user.type(f"cd {ROOT}")

    assert roads(README)["migrate"] == roads(INVENTORY)["migrate"]
    check, done = user.follow(README, "migrate")
    assert f"would copy {total} objects" in check.output
    assert f"\n[{HOST}] a run would give: copied {total}\n" in check.output
    assert f": {total} objects, " in done.output
    compared = compare()
    assert (compared.objects, compared.differences) == (total, [])
    again = user.type(roads(README)["migrate"][1])
    assert ": nothing to copy" in again.output
    assert again.changed == 0, again.output
    [proved] = user.follow(README, "verify")
    for run in (done, again, proved):
        [kept] = re.findall(r"(?:the report of this run|the proof) is (\S+)", run.output)
        assert json.loads(Path(kept).read_text())["objects"]
    there = machine.run("find", f"/home/{USER}", "-user", USER, "-path", "*fnndsc*")
    assert f"/home/{USER}/.local/share/fnndsc.swift_migration/venv/bin/python\n" in there
    assert f"/home/{USER}/.local/state/fnndsc.swift_migration/proof.json" in there

    machine.systemctl("start", *UNITS)
    user.edit("group_vars/all/cube.yml", lambda _example: cube_variables(machine, s3))
    user.edit("hosts.yml", lambda text: text.replace(COMMENTED, COMMENTED.replace("# ", "")))
    [looked] = user.follow(README, "preflight")
    # Root has an environment of its own on the mover; nothing else is changed.
    changed = re.findall(r"^TASK \[([^\]]+)\][^\n]*\nchanged: ", looked.output, re.MULTILINE)
    assert len(changed) == looked.changed
    assert all(task.startswith("fnndsc.swift_migration.mover : ") for task in changed), changed
    assert "\npreflight: 0 failures, " in looked.output
    [tried] = user.follow(README, "rehearse")
    assert tried.changed == 0
    assert "rehearsal: 0 failures, 0 warnings, " in tried.output
    assert roads(README)["cutover"] == roads(INVENTORY)["cutover"][1:]
    foretold, switched = user.follow(INVENTORY, "cutover")
    assert "Nothing was changed." in foretold.output
    assert f"CUBE keeps its files in {container}-new now." in switched.output
    assert machine.active() == UNITS
    assert machine.environment(CUBE_UNITS[0])["S3_BUCKET_NAME"] == f"{container}-new"
    assert {name: api.download(name) for name in FILES} == FILES
    user.follow(README, "verify")
    [stands] = user.follow(README, "status")
    assert stands.changed == 0
    told = dict(re.findall(rf"^\[{HOST}\] (\w+) {{2,}}(.+)$", stands.output, re.MULTILINE))
    assert told["phase"].startswith("cut-over, proved equal at ")
    assert told["next"].startswith("The cutover is done. To go back to ")
    for run in user.follow(README, "limits"):
        assert run.changed == 0
        assert f"[{HOST}] Nothing copies or compares here." in run.output
    user.follow(README, "rollback")
    assert machine.active() == UNITS
    assert machine.environment(CUBE_UNITS[0])["SWIFT_CONTAINER_NAME"] == container
    assert {name: api.download(name) for name in FILES} == FILES


def cube_variables(machine: Machine, keys: dict[str, str]) -> str:
    """The example's ``cube.yml``, filled in for units of systemd as the role's README says."""
    return json.dumps(
        {
            "cube_storage_deployment": "systemd",
            "cube_storage_systemd": {"units": CUBE_UNITS, "pfcon_units": PFCON_UNITS},
            "cube_storage_env_files": [str(machine.env_file)],
            "cube_storage_pfcon_env_files": [str(machine.pfcon_env_file)],
            "cube_storage_health_url": machine.url,
            "cube_storage_backend": "s3",
            "cube_storage_s3": {
                "endpoint_url": keys["S3_ENDPOINT_URL"],
                "region": keys["S3_REGION"],
                "access_key": "{{ vault_s3_access_key }}",
                "secret_key": "{{ vault_s3_secret_key }}",
            },
            "cube_storage_pfcon_op_image": "ghcr.io/fnndsc/pfconopjob-s3",
        }
    )
