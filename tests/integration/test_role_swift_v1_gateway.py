# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role swift_v1_gateway, run by a plain user, and what it installs, used by a v1 client."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import yaml
from swift_v1_gateway.options import parse
from swiftclient.client import Connection

from tests.integration.gateway import Gateway
from tests.integration.played_role import PlayedRole
from tests.integration.warm_python import WarmPython
from tests.servers import Lab

KEYSTONE = "https://keystone.example.org:5000/v3"
DEFAULT_FOLDER = ".local/share/fnndsc.swift_migration/swift_v1_gateway"  # below the home directory


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_what_it_installs_by_default_runs_with_the_command_that_it_tells(
    lab: Lab, warm_python: WarmPython, tmp_path: Path
) -> None:
    login = lab.description["destination"]
    host = PlayedRole(
        tmp_path / "home",
        "swift_v1_gateway",
        python=warm_python,
        swift_v1_gateway_service="none",
        swift_v1_gateway_keystone_url=login["auth_url"],
        swift_v1_gateway_region_name=login["region_name"],
    )
    folder = host.home / DEFAULT_FOLDER
    assert host.succeed("would", check=True).changed["would"] > 0
    assert not folder.exists()
    done = host.succeed("installed", "again")
    assert done.changed["installed"] > 0
    assert done.changed["again"] == 0
    assert done.told["installed"] == done.told["again"]

    directory, command = done.told["installed"].removeprefix("cd ").split(" && ")
    assert directory == f"~/{DEFAULT_FOLDER}"
    credential = login["application_credential_id"], login["application_credential_secret"]
    before = files(folder)
    # The test's own port counts, because it is named last.
    start = [str(folder / part) if part.startswith("venv/") else part for part in
             shlex.split(command)]  # fmt: skip
    with Gateway(tmp_path / "run", command=start, directory=folder) as gateway:
        client = Connection(user=credential[0], key=credential[1], authurl=gateway.auth_url)
        assert "x-account-object-count" in client.get_account()[0]
    assert files(folder) == before

    absent = {"swift_v1_gateway_state": "absent"}
    (folder / "mine").write_text("not the role's")
    assert host.succeed("would", check=True, **absent).changed["would"] > 0
    assert files(folder) == sorted([*before, "mine"])
    assert host.succeed("removed", **absent).changed["removed"] > 0
    assert files(folder) == ["mine"]
    (folder / "mine").unlink()
    assert host.succeed("empty", "gone", **absent).changed == {"empty": 1, "gone": 0}
    assert not folder.exists()


def test_the_compose_file_starts_what_the_variables_say(
    warm_python: WarmPython, tmp_path: Path
) -> None:
    folder = tmp_path / "gateway"
    host = PlayedRole(
        tmp_path / "home",
        "swift_v1_gateway",
        python=warm_python,
        swift_v1_gateway_service="compose",
        swift_v1_gateway_keystone_url=KEYSTONE,
        swift_v1_gateway_dir=str(folder),
        swift_v1_gateway_region_name="Region$One",
        swift_v1_gateway_ca_file="/etc/ssl/cloud.pem",
    )
    done = host.succeed("written", "again")
    assert done.changed["written"] > 0
    assert done.changed["again"] == 0
    assert f"--file {folder}/compose.yml" in done.told["written"]
    assert "http://swift-v1-gateway:8080/auth/v1.0" in done.told["written"]
    service = yaml.safe_load((folder / "compose.yml").read_text())["services"]
    [(name, described)] = service.items()
    assert name == "swift-v1-gateway"
    assert described["volumes"] == ["/etc/ssl/cloud.pem:/gateway/ca.pem:ro"]
    assert described["read_only"]
    assert described["cap_drop"] == ["ALL"]
    assert "ports" not in described
    # Compose makes one dollar sign of two.
    arguments = [argument.replace("$$", "$") for argument in described["command"]]
    position = arguments.index("--ca-file")
    assert arguments[position : position + 2] == ["--ca-file", "/gateway/ca.pem"]
    options_read = parse(arguments[:position] + arguments[position + 2 :])
    assert options_read.listen == ("0.0.0.0", 8080)  # noqa: S104
    assert (options_read.keystone_url, options_read.region_name) == (KEYSTONE, "Region$One")
    dockerfile = (folder / "Dockerfile").read_text().splitlines()
    (base,) = [line for line in dockerfile if line.startswith("FROM ")]
    assert re.fullmatch("FROM docker.io/library/python:3.13-slim@sha256:[0-9a-f]{64}", base)
    assert [line for line in dockerfile if line.startswith("USER")] == ["USER 65534:65534"]
    for copied in ("gateway.lock", "swift_v1_gateway/__main__.py"):
        assert (folder / copied).is_file()


def test_what_cannot_work_is_refused_in_one_message_each(
    warm_python: WarmPython, tmp_path: Path
) -> None:
    folders = {name: tmp_path / name for name in ("url", "listen", "missing", "python")}
    for name in ("url", "listen"):  # these come so far that they need an environment
        folders[name].mkdir()
        (folders[name] / "venv").symlink_to(sys.prefix)
    hosts: dict[str, dict[str, Any]] = {
        name: {"swift_v1_gateway_service": "none", "swift_v1_gateway_dir": str(folder)}
        for name, folder in folders.items()
    }
    hosts["relative"] = {"swift_v1_gateway_dir": "~/gateway"}  # the default service is systemd
    without_v3 = "https://keystone.example.org:5000"
    hosts["url"] |= {
        "swift_v1_gateway_install": False,
        "swift_v1_gateway_keystone_url": without_v3,
    }
    hosts["listen"] |= {"swift_v1_gateway_install": False, "swift_v1_gateway_listen": "8080"}
    hosts["missing"]["swift_v1_gateway_keystone_url"] = ""
    hosts["python"]["swift_v1_gateway_python"] = "python3.0"
    host = PlayedRole(
        tmp_path / "home",
        "swift_v1_gateway",
        python=warm_python,
        swift_v1_gateway_keystone_url=KEYSTONE,
    )
    message = host.fail(hosts).errors
    assert f"--keystone-url: '{without_v3}' is not" in message["url"]
    assert "--listen: '8080' is not an address and a port" in message["listen"]
    assert message["missing"].startswith("swift_v1_gateway_keystone_url: missing.")
    assert not folders["missing"].exists()
    assert message["relative"].startswith(
        "swift_v1_gateway_dir: ~/gateway is not an absolute path."
    )
    assert message["python"].startswith("swift_v1_gateway_python: python3.0 on python does not run")
    assert "set swift_v1_gateway_python to it" in message["python"]
