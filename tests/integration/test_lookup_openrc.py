# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lookup openrc as Ansible itself uses it, and what Ansible shows of secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.servers import Lab

ROOT = Path(__file__).parents[2]
LOOKUP = "{{ lookup('fnndsc.swift_migration.openrc', path) }}"


def ansible(home: Path, path: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """Log in with what the lookup gives; return the result and all of the output."""
    auth = {key: LOOKUP.replace(" }}", f".{key} }}}}") for key in ("auth", "region_name")}
    ran = subprocess.run(
        [
            Path(sys.executable).with_name("ansible"),
            "localhost",
            "--module-name=fnndsc.swift_migration.swift_auth",
            f"--args={json.dumps(auth)}",
            f"--extra-vars={json.dumps({'path': str(path)})}",
            "--one-line",
            *arguments,
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    result: dict[str, Any] = {}
    for line in ran.stdout.splitlines():
        if line.startswith("localhost | "):
            result = json.loads(line.partition("=> ")[2])
    return result, ran.stdout


def test_its_result_logs_in_and_shows_no_secret(lab: Lab, tmp_path: Path) -> None:
    result, output = ansible(tmp_path, lab.openrc(), "-vvv")
    assert result["storage_url"] == lab.description["storage_url"]
    assert lab.description["destination"]["application_credential_secret"] not in output


def test_a_wrong_secret_is_not_shown_either(lab: Lab, tmp_path: Path) -> None:
    openrc = tmp_path / "openrc.sh"
    secret = lab.description["destination"]["application_credential_secret"]
    openrc.write_text(lab.openrc().read_text().replace(secret, "wrong-but-secret"))
    result, output = ansible(tmp_path, openrc, "-vvv")
    assert result["msg"].startswith("auth.application_credential_secret: ")
    assert "wrong-but-secret" not in output


def test_a_file_that_is_not_an_openrc_is_told(lab: Lab, tmp_path: Path) -> None:
    path = lab.state.creds / "rclone.conf"
    result, output = ansible(tmp_path, path)
    assert f"{path} is not an openrc file: it does not set OS_AUTH_URL" in output
    assert "storage_url" not in result
