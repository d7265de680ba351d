# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role cube_storage, run by ansible-playbook on env files as CUBE's deployments have them."""

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
import yaml

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
    """A CUBE host in a folder: env files, a home, and a folder for temporary files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env_file = root / "cube" / "secrets.env"
        self.pfcon_file = root / "cube" / "pfcon.env"
        for folder in ("cube", "home", "tmp"):
            (root / folder).mkdir()
        self.env_file.write_text(BEFORE)
        self.pfcon_file.write_text("STORAGE_ENV=swift\n")

    def play(self, variables: dict[str, Any], *options: str) -> str:
        return self.play_all({"cube": variables}, *options)

    def play_all(self, hosts: dict[str, dict[str, Any]], *options: str) -> str:
        """What ``ansible-playbook -vvv`` says, after a look at it and at what it left behind."""
        playbook, inventory = self.root / "playbook.yml", self.root / "hosts.yml"
        role = {"role": "fnndsc.swift_migration.cube_storage"}
        play = {"hosts": "all", "gather_facts": False, "roles": [role]}
        playbook.write_text(json.dumps([play]))
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": local}}))
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
        assert "PLAY RECAP" in output
        assert "Traceback" not in output
        assert not re.search(SECRETS, output)
        assert self.files_with_secrets() == []
        return output

    def files_with_secrets(self) -> list[Path]:
        """Files that hold a secret and are neither an env file nor its private copy."""
        found = []
        for path in self.root.rglob("*"):
            if path.is_file() and re.search(SECRETS, path.read_text()):
                private = path.suffix == ".bak" and stat.S_IMODE(path.stat().st_mode) == 0o600
                if path not in (self.env_file, self.pfcon_file) and not private:
                    found.append(path)
        return found

    def backups(self) -> list[str]:
        return sorted(path.read_text() for path in self.env_file.parent.glob("*.bak"))


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def cube(host: Host, **more: Any) -> dict[str, Any]:
    return {"cube_storage_env_files": [str(host.env_file)], **more}


def test_check_mode_names_the_variables_and_writes_nothing(host: Host) -> None:
    output = host.play(cube(host, **S3), "--check")
    assert host.env_file.read_text() == BEFORE
    assert host.backups() == []
    assert re.search(r"changed=1 .*failed=0", output)
    for line in ("-STORAGE_ENV=(hidden)", "+STORAGE_ENV=(hidden, changed)"):
        assert line in output
    assert "+S3_SECRET_KEY=(hidden, added)" in output


def test_s3_is_configured_once(host: Host) -> None:
    assert re.search(r"changed=1 .*failed=0", host.play(cube(host, **S3)))
    expected = BEFORE.replace("STORAGE_ENV=swift", "STORAGE_ENV=s3")
    expected += S3_LOGIN + CHECKSUMS + "S3_REGION=RegionOne\n"
    assert host.env_file.read_text() == expected
    assert host.backups() == [BEFORE]
    assert re.search(r"changed=0 .*failed=0", host.play(cube(host, **S3)))
    assert host.env_file.read_text() == expected
    assert host.backups() == [BEFORE]


def test_the_other_backend_is_removed_when_asked_for(host: Host) -> None:
    host.play(cube(host, cube_storage_remove_unused=True, **S3))
    expected = KEPT + "STORAGE_ENV=s3\n" + S3_LOGIN + CHECKSUMS + "S3_REGION=RegionOne\n"
    assert host.env_file.read_text() == expected


def test_another_storage_after_a_switch_that_can_be_undone_is_refused(host: Host) -> None:
    host.play(cube(host, **S3))
    switched = host.env_file.read_text()
    output = host.play(cube(host, **SWIFT))
    assert "switched to another storage before: s3 https://s3.example.org cube-users" in output
    assert str(host.env_file.parent / "cube-storage.json") in output
    assert host.env_file.read_text() == switched


def test_swift_is_configured_for_cube_and_pfcon(host: Host) -> None:
    pfcon = {
        "cube_storage_pfcon_env_files": [str(host.pfcon_file)],
        "cube_storage_pfcon_op_image": "registry.example.org/pfconopjob-swift:1",
    }
    assert re.search(r"changed=1 .*failed=0", host.play(cube(host, **SWIFT, **pfcon)))
    assert host.env_file.read_text() == KEPT + "STORAGE_ENV=swift\n" + GATEWAY
    assert host.pfcon_file.read_text() == (
        "STORAGE_ENV=swift\n" + GATEWAY + "PFCON_OP_IMAGE=registry.example.org/pfconopjob-swift:1\n"
    )


def test_a_cube_of_before_september_2023_gets_its_own_variable(host: Host) -> None:
    host.env_file.write_text("SECRET_KEY=django\n")
    host.play(cube(host, cube_storage_legacy=True, **SWIFT))
    assert host.env_file.read_text() == (
        "SECRET_KEY=django\n" + GATEWAY + "DEFAULT_FILE_STORAGE=swift.storage.SwiftStorage\n"
    )


def test_one_file_for_both_programs_is_changed_once(host: Host) -> None:
    both = {
        "cube_storage_pfcon_env_files": [str(host.env_file)],
        "cube_storage_pfcon_op_image": "pfconopjob-s3",
        "cube_storage_remove_unused": True,
    }
    output = host.play(cube(host, **S3, **both))
    assert output.count(f"--- before: {host.env_file}\n") == 1
    assert host.env_file.read_text() == (
        KEPT
        + "STORAGE_ENV=s3\n"
        + S3_LOGIN
        + CHECKSUMS
        + "S3_REGION=RegionOne\nS3_REGION_NAME=RegionOne\nPFCON_OP_IMAGE=pfconopjob-s3\n"
    )
    assert host.backups() == [BEFORE]


def test_without_an_env_file_nothing_is_done_and_that_is_said(host: Host) -> None:
    output = host.play({})
    assert "No env file is given in cube_storage_env_files" in output
    assert re.search(r"changed=0 .*failed=0", output)
    assert host.env_file.read_text() == BEFORE


LOGIN = S3["cube_storage_s3"]
FAILURES: dict[str, dict[str, Any]] = {
    "cube_storage_backend: say which backend": {"cube_storage_container": "c"},
    "cube_storage_container: name the container": {"cube_storage_backend": "s3"},
    "cube_storage_s3: give the login of this backend.": {**SWIFT, "cube_storage_backend": "s3"},
    "missing required arguments: access_key, endpoint_url, region found in cube_storage_s3": {
        **S3,
        "cube_storage_s3": {"secret_key": SECRET_KEY},
    },
    "value of cube_storage_backend must be one of: s3, swift, got: ceph": {
        **S3,
        "cube_storage_backend": "ceph",
    },
    "cube_storage_s3.region: CUBE does not start without one.": {
        **S3,
        "cube_storage_s3": {**LOGIN, "region": ""},
    },
    "a CUBE older than September 2023 knows no s3.": {**S3, "cube_storage_legacy": True},
    "cube_storage_pfcon_op_image: give the image of pfcon's jobs, pfconopjob-s3.": {
        **S3,
        "cube_storage_pfcon_env_files": ["/none.env"],
    },
    "values.S3_SECRET_KEY: the value has a backtick": {
        **S3,
        "cube_storage_s3": {**LOGIN, "secret_key": "s3cr3t'`"},
    },
    "/none.env does not exist.": {**S3, "cube_storage_env_files": ["/none.env"]},
}


def test_what_cannot_work_is_refused_and_no_file_changes(host: Host) -> None:
    hosts = {f"cube{i}": cube(host, **each) for i, each in enumerate(FAILURES.values())}
    output = host.play_all(hosts)
    for name, message in zip(hosts, FAILURES, strict=True):
        said = output.partition(f"[{name}]: FAILED!")[2] or output.partition(f"failed: [{name}]")[2]
        assert message in said.partition("\n}")[0]
        assert re.search(rf"{name} .*changed=0 .*failed=1", output)
    assert host.env_file.read_text() == BEFORE
    assert host.backups() == []


def test_secrets_are_marked_as_such() -> None:
    path = CHECKOUT / "roles" / "cube_storage" / "meta" / "argument_specs.yml"
    options = yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"]
    logins = options["cube_storage_s3"]["options"] | options["cube_storage_swift"]["options"]
    secret = {name for name, option in logins.items() if option.get("no_log")}
    assert secret == {"access_key", "secret_key", "key"}
