# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The settings of a container, and those that Compose would give to a new one.

tests/containers compares what a real engine and a real Compose tell.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose_settings import (
    of_container,
    of_service,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.service_settings import (
    differences,
)

CONTAINER: dict[str, Any] = {
    "Image": "sha256:1",
    "Config": {
        "Env": ["PATH=/bin", "PW=a$b", "LANG=C"],
        "Cmd": ["serve"],
        "Entrypoint": ["/entry"],
        "User": "chris",
        "WorkingDir": "/srv",
        "Labels": {},
    },
    "HostConfig": {"PortBindings": {"8000/tcp": [{"HostIp": "", "HostPort": "80"}], "9/udp": None}},
    "Mounts": [
        {"Type": "bind", "Source": "/opt/data", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": "cube_files", "Source": "/var/x", "Destination": "/files"},
        {"Type": "volume", "Name": "0123abcd", "Source": "/var/y", "Destination": "/unnamed"},
        {"Type": "volume", "Name": "4567abcd", "Source": "/var/z", "Destination": "/built"},
        {"Type": "bind", "Source": "/opt/key", "Destination": "/run/secrets/key"},
        {"Type": "tmpfs", "Source": "", "Destination": "/scratch"},
    ],
}
IMAGE: dict[str, Any] = {
    "Id": "sha256:1",
    "Config": {
        "Env": ["PATH=/bin", "LANG=de"],
        "Cmd": ["serve"],
        "Entrypoint": ["/entry"],
        "WorkingDir": "/srv",
        "Volumes": {"/built": {}},
    },
}
CONFIG: dict[str, Any] = {
    "name": "cube",
    "services": {
        "chris": {
            "image": "cube:1",
            "environment": {"PW": "a$$b", "LANG": "C", "BARE": None},
            "command": None,
            "entrypoint": None,
            "user": "chris",
            "ports": [{"target": 8000, "published": "80", "protocol": "tcp"}, {"target": 9}],
            "secrets": [{"source": "key"}],
            "volumes": [
                {"type": "bind", "source": "/opt/data", "target": "/data/"},
                {"type": "volume", "source": "files", "target": "/files"},
                {"type": "volume", "target": "/unnamed"},
                {"type": "tmpfs", "target": "/scratch"},
            ],
        }
    },
    "volumes": {"files": {"name": "cube_files"}},
}


def compared(config: dict[str, Any], image: dict[str, Any] | None = None) -> list[str]:
    now = of_container(CONTAINER)
    return differences(now, of_service(config, "chris", IMAGE if image is None else image, now), ())


def test_what_compose_made_of_its_files_is_what_it_would_make_again() -> None:
    assert compared(CONFIG) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"environment": {"LANG": "C", "PW": ""}}, ["PW empty"]),
        ({"environment": {"LANG": "C", "PW": None}}, ["PW not set"]),
        ({"environment": {"PW": "a$$b"}}, ["LANG changed"]),  # the image's own
        ({"command": ["serve", "--debug"]}, ["another command"]),
        ({"entrypoint": ["/entry"]}, ["another command"]),  # it drops the image's command
        ({"entrypoint": ["/entry"], "command": ["serve"]}, []),
        ({"user": None}, ["another user"]),
        ({"working_dir": "/x"}, ["another folder"]),
        ({"ports": []}, ["other ports"]),
        ({"secrets": []}, ["nothing mounted at /run/secrets/key"]),
    ],
)
def test_a_change_of_the_files_is_told(change: dict[str, Any], told: list[str]) -> None:
    config = copy.deepcopy(CONFIG)
    config["services"]["chris"].update(change)
    assert compared(config) == told


def test_another_image_brings_its_own_settings() -> None:
    image = {"Id": "sha256:2", "Config": {**IMAGE["Config"], "Cmd": ["other"], "Env": None}}
    assert compared(CONFIG, image) == ["another image", "PATH not set", "another command"]


def test_another_volume_of_the_same_service_is_told() -> None:
    config = copy.deepcopy(CONFIG)
    config["volumes"]["files"]["name"] = "other_files"
    assert compared(config) == ["something else mounted at /files"]
