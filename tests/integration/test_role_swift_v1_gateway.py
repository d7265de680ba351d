# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The role swift_v1_gateway, run by a plain user, and what it installs, used by a v1 client."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from swift_v1_gateway.options import parse
from swiftclient.client import Connection

from tests.integration.gateway import Gateway
from tests.integration.gateway_role import KEYSTONE, Host, told
from tests.servers import Lab

ENVIRONMENT = {"swift_v1_gateway_install": False}  # for what needs none


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_what_it_installs_runs_with_the_command_that_it_tells(lab: Lab, tmp_path: Path) -> None:
    login = lab.description["destination"]
    host = Host(
        tmp_path,
        swift_v1_gateway_keystone_url=login["auth_url"],
        swift_v1_gateway_region_name=login["region_name"],
    )
    would = host.succeed("--check")
    assert would.changed > 0
    assert not host.folder.exists()
    done = host.succeed()
    again = host.succeed()
    assert (again.changed, told(again)) == (0, told(done))

    directory, command = told(done).removeprefix("cd ").split(" && ")
    assert directory == str(host.folder)
    credential = login["application_credential_id"], login["application_credential_secret"]
    before = host.files()
    # The test's own port counts, because it is named last.
    start = [f"{directory}/{part}" if part.startswith("venv/") else part for part in
             shlex.split(command)]  # fmt: skip
    with Gateway(tmp_path / "run", command=start, directory=host.folder) as gateway:
        client = Connection(user=credential[0], key=credential[1], authurl=gateway.auth_url)
        assert "x-account-object-count" in client.get_account()[0]
    assert host.files() == before

    (host.folder / "mine").write_text("not the role's")
    assert host.succeed("--check", swift_v1_gateway_state="absent").changed > 0
    assert host.files() == sorted([*before, "mine"])
    assert host.succeed(swift_v1_gateway_state="absent").changed > 0
    assert host.files() == ["mine"]
    (host.folder / "mine").unlink()
    assert host.succeed(swift_v1_gateway_state="absent").changed == 1
    assert not host.folder.exists()
    assert host.succeed(swift_v1_gateway_state="absent").changed == 0


def test_the_compose_file_starts_what_the_variables_say(host: Host) -> None:
    options: dict[str, Any] = {
        "swift_v1_gateway_service": "compose",
        "swift_v1_gateway_region_name": "Region$One",
        "swift_v1_gateway_ca_file": "/etc/ssl/cloud.pem",
        "swift_v1_gateway_image": "registry.example.org/python:3.12",
    }
    done = host.succeed(**options)
    assert host.succeed(**options).changed == 0
    assert f"--file {host.folder}/compose.yml" in told(done)
    assert "http://swift-v1-gateway:8080/auth/v1.0" in told(done)
    service = yaml.safe_load((host.folder / "compose.yml").read_text())["services"]
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
    dockerfile = (host.folder / "Dockerfile").read_text().splitlines()
    assert "FROM registry.example.org/python:3.12" in dockerfile
    assert [line for line in dockerfile if line.startswith("USER")] == ["USER 65534:65534"]
    for copied in ("gateway.txt", "constraints.txt", "swift_v1_gateway/__main__.py"):
        assert (host.folder / copied).is_file()


def test_options_that_it_would_not_start_with_are_refused(host: Host) -> None:
    host.folder.mkdir()
    (host.folder / "venv").symlink_to(sys.prefix)
    message = host.fail(
        **ENVIRONMENT, swift_v1_gateway_keystone_url="https://keystone.example.org:5000"
    )
    assert "--keystone-url: 'https://keystone.example.org:5000' is not" in message
    message = host.fail(**ENVIRONMENT, swift_v1_gateway_listen="8080")
    assert "--listen: '8080' is not an address and a port" in message


def test_a_missing_url_is_told(host: Host) -> None:
    message = host.fail(swift_v1_gateway_keystone_url="")
    assert message.startswith("swift_v1_gateway_keystone_url: missing.")
    assert not host.folder.exists()


def test_a_folder_that_systemd_would_not_find_is_refused(host: Host) -> None:
    message = host.fail(swift_v1_gateway_service="systemd", swift_v1_gateway_dir="~/gateway")
    assert message.startswith("swift_v1_gateway_dir: ~/gateway is not an absolute path.")


def test_a_python_that_will_not_do_is_named_by_this_roles_option(host: Host) -> None:
    message = host.fail(swift_v1_gateway_python="python3.0")
    assert message.startswith("swift_v1_gateway_python: python3.0 on localhost does not run")
    assert "set swift_v1_gateway_python to it" in message
