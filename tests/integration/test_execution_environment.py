# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What an execution environment installs, installed as its builder does, and used as a mover."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import yaml

from tests.dataset.client import Client
from tests.integration.playbooks.controller import Controller, source_login
from tests.servers import Lab
from tests.servers.virtual_environment import ROOT, VirtualEnvironment


def test_it_needs_no_package_of_the_system_and_its_modules_work(
    lab: Lab, container: str, source_client: Client, tmp_path: Path
) -> None:
    source_client.put_container(container)
    source_client.put(container, "a//b", b"bytes", {})
    wanted = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text())
    requirements = ROOT / wanted["dependencies"]["python"]
    # From wheels alone, as there is no compiler.
    made = VirtualEnvironment(tmp_path / "environment", requirements, requirements)
    made.ensure()
    assert made.is_installed()
    arguments = {**source_login(lab), "name": container}
    ran = subprocess.run(
        [
            *("ansible", "localhost", "--one-line"),
            "--module-name=fnndsc.swift_migration.swift_names_info",
            f"--args={json.dumps(arguments)}",
            f"--extra-vars=ansible_python_interpreter={made.python}",
        ],
        cwd=ROOT,
        env=Controller(tmp_path / "home", {}).environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = json.loads(ran.stdout.partition("=> ")[2])
    assert (result["objects"], result["names"]) == (1, ["a//b"])
