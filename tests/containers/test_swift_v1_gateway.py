# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role swift_v1_gateway on a real systemd: its unit leaves the service what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from swiftclient.client import Connection

from tests.containers.engine import IMAGE, Engine, mounts
from tests.containers.machine import FREEDOM, SYSTEMD
from tests.integration.gateway import free_port
from tests.integration.played_role import Played
from tests.servers import Lab
from tests.servers.virtual_environment import ROOT

FOLDER = "/opt/swift_v1_gateway"
UNIT = "swift_v1_gateway.service"
PYTHON = "/usr/bin/python3"  # the unit sees no home directory, where another may be
START_SECONDS = 60.0
EXPOSURE = 1.5
"""By the measure of ``systemd-analyze security``, which goes from 0 to 10."""


class Machine:
    """A container with systemd as its first process, and the gateway's libraries."""

    def __init__(self, engine: Engine, libraries: Path) -> None:
        groups = "/sys/fs/cgroup/systemd"
        hierarchy = groups if Path(groups).exists() else "/sys/fs/cgroup"
        volumes = [*mounts(ROOT), f"{hierarchy}:{hierarchy}"]
        self._engine = engine
        self.id = engine.docker(
            *("run", "--detach", "--network", "host", *FREEDOM),
            *(word for volume in volumes for word in ("--volume", volume)),
            *(IMAGE, str(SYSTEMD)),
        )
        deadline = time.monotonic() + START_SECONDS
        while self.do("systemctl", "is-system-running") not in ("running", "degraded"):
            assert time.monotonic() < deadline, engine.docker("logs", self.id)
            time.sleep(0.2)
        self.do("mkdir", "-p", FOLDER)
        engine.docker("cp", str(libraries), f"{self.id}:{FOLDER}/venv")

    def do(self, *command: str, stdin: str = "") -> str:
        """Run a command there, and return what it printed."""
        words = ("exec", "--interactive", self.id, *command)
        return self._engine.docker(*words, check=False, stdin=stdin.encode())

    def play(self, *names: str, **variables: Any) -> dict[str, int]:
        """Run the role under one name after the other; it must succeed.

        :return: from the name to the number of tasks that changed something.
        """
        role = {"role": "fnndsc.swift_migration.swift_v1_gateway"}
        plays = [{"hosts": name, "gather_facts": False, "roles": [role]} for name in names]
        here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        hosts = {"all": {"hosts": dict.fromkeys(names), "vars": here | variables}}
        for file, content in (("play.yml", plays), ("hosts.yml", hosts)):
            self.do("sh", "-c", f"cat > /root/{file}", stdin=json.dumps(content))
        environment = {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        }
        played = Played(
            self.do(
                *(
                    "env",
                    "-C",
                    str(ROOT),
                    *(f"{key}={value}" for key, value in environment.items()),
                ),
                *("ansible-playbook", "--inventory=/root/hosts.yml", "/root/play.yml"),
            )
        )
        assert played.failed == set(), played.output
        assert played.changed.keys() == set(names), played.output
        return played.changed

    def destroy(self) -> None:
        self._engine.docker("rm", "--force", self.id)


@pytest.fixture
def machine(engine: Engine, wheels: Path, tmp_path: Path) -> Iterator[Machine]:
    venv = tmp_path / "venv"
    subprocess.run([PYTHON, "-m", "venv", venv], check=True)
    requirements = ROOT / "requirements"
    subprocess.run(
        [
            *(venv / "bin" / "python", "-m", "pip", "install", "--quiet"),
            *("--no-index", f"--find-links={wheels}"),
            *("--requirement", requirements / "gateway.txt"),
            *("--constraint", requirements / "constraints.txt"),
        ],
        check=True,
    )
    made = Machine(engine, venv)
    try:
        yield made
    finally:
        made.destroy()


def test_the_locked_down_unit_serves_and_goes_as_it_came(machine: Machine, lab: Lab) -> None:
    login = lab.description["destination"]
    port = free_port()
    variables: dict[str, Any] = {
        "swift_v1_gateway_install": False,
        "swift_v1_gateway_keystone_url": login["auth_url"],
        "swift_v1_gateway_region_name": login["region_name"],
        "swift_v1_gateway_listen": f"127.0.0.1:{port}",
    }
    changed = machine.play("installed", "again", **variables)
    assert changed["installed"] > 0
    assert changed["again"] == 0
    credential = login["application_credential_id"], login["application_credential_secret"]
    url = f"http://127.0.0.1:{port}/auth/v1.0"
    client = Connection(user=credential[0], key=credential[1], authurl=url, retries=0)
    assert "x-account-object-count" in client.get_account()[0]
    pid = machine.do("systemctl", "show", "--value", "--property=MainPID", UNIT)
    starts = f"asks {login['auth_url']}"
    assert machine.do("journalctl", "--no-pager", "--unit", UNIT).count(starts) == 1

    status = dict(
        line.split(":\t", 1) for line in machine.do("cat", f"/proc/{pid}/status").splitlines()
    )
    assert (status["CapEff"], status["CapBnd"]) == ("0" * 16, "0" * 16)
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split()
    for analysis in ("verify", f"security --offline=yes --threshold={EXPOSURE * 10:.0f}"):
        script = f"systemd-analyze {analysis} /etc/systemd/system/{UNIT} 2>&1 >/dev/null; echo $?"
        assert machine.do("sh", "-c", script) == "0"

    # The unit, and the restart.
    assert machine.play("other", **variables | {"swift_v1_gateway_token_reuse": 60}) == {"other": 2}
    assert machine.do("systemctl", "show", "--value", "--property=MainPID", UNIT) != pid
    journal = machine.do("journalctl", "--no-pager", "--unit", UNIT)
    assert journal.count(starts) == 2
    assert credential[1] not in journal

    changed = machine.play("removed", "gone", swift_v1_gateway_state="absent", **variables)
    assert changed["removed"] > 0
    assert changed["gone"] == 0
    assert machine.do("systemctl", "is-active", UNIT) == "inactive"
    assert machine.do("find", FOLDER, f"/etc/systemd/system/{UNIT}") == ""
