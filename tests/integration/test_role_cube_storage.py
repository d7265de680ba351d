# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage, run by ansible-playbook on env files as CUBE's deployments have them.

What it makes of its variables is in ``tests/unit/roles/cube_storage``.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]
OLD_KEY, ACCESS_KEY, SECRET_KEY = "0ld-5wift-key", "4cc3ss-key", "s3cr3t$key with 'quote'"
SECRETS = f"{OLD_KEY}|{ACCESS_KEY}|s3cr3t"
BEFORE = f"""\
# CUBE; the key was {OLD_KEY}-before
DJANGO_SETTINGS_MODULE=config.settings.production
STORAGE_ENV=swift
SWIFT_AUTH_URL=http://swift:8080/auth/v1.0
SWIFT_USERNAME=chris:chris1234
SWIFT_KEY={OLD_KEY}
SWIFT_CONTAINER_NAME=users
"""
KEPT = "".join(BEFORE.splitlines(keepends=True)[:2])
S3_LOGIN = """\
S3_ENDPOINT_URL=https://s3.example.org
S3_ACCESS_KEY=4cc3ss-key
S3_SECRET_KEY="s3cr3t\\$key with 'quote'"
S3_BUCKET_NAME=cube-users
"""
CHECKSUMS = """\
AWS_REQUEST_CHECKSUM_CALCULATION=when_required
AWS_RESPONSE_CHECKSUM_VALIDATION=when_required
"""
GATEWAY = f"""\
SWIFT_AUTH_URL=http://gateway:8080/auth/v1.0
SWIFT_USERNAME=credential-id
SWIFT_KEY={ACCESS_KEY}
SWIFT_CONTAINER_NAME=cube-users
"""
S3: dict[str, Any] = {
    "cube_storage_backend": "s3",
    "cube_storage_container": "cube-users",
    "cube_storage_s3": {
        "endpoint_url": "https://s3.example.org",
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": "RegionOne",
    },
}
SWIFT: dict[str, Any] = {
    "cube_storage_backend": "swift",
    "cube_storage_container": "cube-users",
    "cube_storage_swift": {
        "auth_url": "http://gateway:8080/auth/v1.0",
        "username": "credential-id",
        "key": ACCESS_KEY,
    },
}


class Host:
    """A CUBE host in a folder: env files, and variables of the role.

    :param older_copies: how many copies of the env file earlier changes have left.
    """

    def __init__(self, folder: Path, variables: dict[str, Any], older_copies: int = 0) -> None:
        folder.mkdir()
        self.name = folder.name
        self.env_file, self.pfcon_file = folder / "secrets.env", folder / "pfcon.env"
        self.env_file.write_text(BEFORE)
        self.pfcon_file.write_text("STORAGE_ENV=swift\n")
        for number in range(older_copies):
            copy = folder / f"secrets.env.2020010{number}T000000Z.bak"
            copy.touch(mode=0o600)
        self.variables = {"cube_storage_env_files": [str(self.env_file)], **variables}

    @property
    def text(self) -> str:
        return self.env_file.read_text()

    def backups(self) -> list[str]:
        return sorted(path.read_text() for path in self.env_file.parent.glob("*.bak"))


class Controller:
    """Plays the role on hosts whose folders lie in one of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hosts: list[Host] = []
        for folder in ("home", "tmp"):
            (root / folder).mkdir()

    def host(
        self, name: str, *variables: dict[str, Any], older_copies: int = 0, **more: Any
    ) -> Host:
        given = {key: value for each in (*variables, more) for key, value in each.items()}
        self.hosts.append(Host(self.root / name, given, older_copies))
        return self.hosts[-1]

    def play(self, *hosts: Host, options: tuple[str, ...] = ()) -> str:
        """What ``ansible-playbook -vvv`` says, after a look at it and at what it left behind."""
        playbook, inventory = self.root / "playbook.yml", self.root / "hosts.yml"
        role = {"role": "fnndsc.swift_migration.cube_storage"}
        play = {"hosts": "all", "gather_facts": False, "roles": [role]}
        playbook.write_text(json.dumps([play]))
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        all_hosts = {host.name: host.variables for host in hosts}
        inventory.write_text(json.dumps({"all": {"hosts": all_hosts, "vars": local}}))
        command = [sys.executable, "-m", "ansible", "playbook", "-vvv", "--diff", "-f", "2"]
        done = subprocess.run(
            [*command, "-i", str(inventory), *options, str(playbook)],
            capture_output=True,
            text=True,
            check=False,
            cwd=CHECKOUT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.root / "home"),
                "TMPDIR": str(self.root / "tmp"),
                "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
                "LC_ALL": "C.UTF-8",
            },
        )
        inventory.unlink()
        output = done.stdout + done.stderr
        assert "PLAY RECAP" in output, output
        assert "Traceback" not in output, output
        assert not re.search(SECRETS, output)
        assert self.files_with_secrets() == []
        return output

    def files_with_secrets(self) -> list[Path]:
        """Files that hold a secret and are neither an env file nor its private copy."""
        due = {path for host in self.hosts for path in (host.env_file, host.pfcon_file)}
        found = []
        for path in self.root.rglob("*"):
            if path.is_file() and re.search(SECRETS, path.read_text()):
                private = path.suffix == ".bak" and stat.S_IMODE(path.stat().st_mode) == 0o600
                if path not in due and not private:
                    found.append(path)
        return found


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)


def recap(output: str, host: Host) -> tuple[int, int]:
    """How many tasks changed something on a host, and how many failed."""
    found = re.search(rf"^{host.name} .*changed=(\d+) .*failed=(\d+)", output, re.MULTILINE)
    assert found, output
    return int(found[1]), int(found[2])


def said(output: str, host: Host) -> str:
    """What the task that failed on a host says."""
    start = re.search(rf"(?:\[{host.name}\]: FAILED!|failed: \[{host.name}\])", output)
    assert start, output
    return output[start.end() :].partition("\n}")[0]


def test_check_mode_names_the_variables_and_writes_nothing(controller: Controller) -> None:
    host = controller.host("cube", S3)
    output = controller.play(host, options=("--check",))
    assert host.text == BEFORE
    assert host.backups() == []
    assert recap(output, host) == (1, 0)
    for line in ("-STORAGE_ENV=(hidden)", "+STORAGE_ENV=(hidden, changed)"):
        assert line in output
    assert "+S3_SECRET_KEY=(hidden, added)" in output


FAILURES: dict[str, dict[str, Any]] = {
    "missing required arguments: access_key, endpoint_url, region found in cube_storage_s3": {
        **S3,
        "cube_storage_s3": {"secret_key": SECRET_KEY},
    },
    "value of cube_storage_backend must be one of: s3, swift, got: ceph": {
        **S3,
        "cube_storage_backend": "ceph",
    },
    "a CUBE older than September 2023 knows no s3.": {**S3, "cube_storage_legacy": True},
    "values.S3_SECRET_KEY: the value has a backtick": {
        **S3,
        "cube_storage_s3": {**S3["cube_storage_s3"], "secret_key": "s3cr3t'`"},
    },
    "/none.env does not exist.": {**S3, "cube_storage_env_files": ["/none.env"]},
}
S3_FILE = BEFORE.replace("STORAGE_ENV=swift", "STORAGE_ENV=s3")
S3_FILE += S3_LOGIN + CHECKSUMS + "S3_REGION=RegionOne\n"


def test_each_storage_is_configured_once_and_what_cannot_work_is_refused(
    controller: Controller, tmp_path: Path
) -> None:
    s3 = controller.host("s3", S3, older_copies=7)
    s3_only = controller.host("s3-only", S3, cube_storage_remove_unused=True)
    swift = controller.host(
        "swift",
        SWIFT,
        cube_storage_pfcon_env_files=[str(tmp_path / "swift" / "pfcon.env")],
        cube_storage_pfcon_op_image="registry.example.org/pfconopjob-swift:1",
    )
    both = controller.host(
        "both",
        S3,
        cube_storage_pfcon_env_files=[str(tmp_path / "both" / "secrets.env")],
        cube_storage_pfcon_op_image="pfconopjob-s3",
        cube_storage_remove_unused=True,
    )
    nothing = controller.host("nothing")
    del nothing.variables["cube_storage_env_files"]  # all defaults
    refused = {
        message: controller.host(f"refused-{number}", each)
        for number, (message, each) in enumerate(FAILURES.items())
    }
    output = controller.play(s3, s3_only, swift, both, nothing, *refused.values())

    for host in (s3, s3_only, swift, both):
        assert recap(output, host) == (1, 0), host.name
    assert s3.text == S3_FILE
    # Five copies are kept by default, the one with the old values among them.
    assert s3.backups() == [""] * 4 + [BEFORE]
    only = KEPT + "STORAGE_ENV=s3\n" + S3_LOGIN + CHECKSUMS + "S3_REGION=RegionOne\n"
    assert s3_only.text == only
    assert swift.text == KEPT + "STORAGE_ENV=swift\n" + GATEWAY
    assert swift.pfcon_file.read_text() == (
        "STORAGE_ENV=swift\n" + GATEWAY + "PFCON_OP_IMAGE=registry.example.org/pfconopjob-swift:1\n"
    )
    assert output.count(f"--- before: {both.env_file}\n") == 1
    assert both.text == only + "S3_REGION_NAME=RegionOne\nPFCON_OP_IMAGE=pfconopjob-s3\n"
    assert both.backups() == [BEFORE]
    assert recap(output, nothing) == (0, 0)
    assert "No env file is given in cube_storage_env_files" in output
    for message, host in refused.items():
        assert message in said(output, host)
        assert recap(output, host) == (0, 1)
    for host in (nothing, *refused.values()):
        assert (host.text, host.backups()) == (BEFORE, []), host.name

    s3_only.variables |= SWIFT  # which cannot be undone any more
    output = controller.play(s3, s3_only)
    assert recap(output, s3) == (0, 0)
    assert s3.text == S3_FILE
    assert s3.backups() == [""] * 4 + [BEFORE]
    refusal = said(output, s3_only)
    assert "switched to another storage before: s3 https://s3.example.org cube-users" in refusal
    assert str(s3_only.env_file.parent / "cube-storage.json") in refusal
    assert s3_only.text == only
