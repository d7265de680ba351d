# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The settings of a stack's service, and those that its files would give to it.

tests/containers compares what a real engine tells and what its files come to.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.swarm_settings import (
    compare,
)

SPEC: dict[str, Any] = {
    "Labels": {"com.docker.stack.image": "cube:1"},
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "cube:1@sha256:0123",
            "Env": ["PW=s3cret", "STORAGE_ENV=swift"],
            "Command": ["/entry"],
            "Args": ["serve"],
            "Mounts": [
                {"Type": "bind", "Source": "/opt/data", "Target": "/data"},
                {"Type": "volume", "Source": "cube_files", "Target": "/files"},
                {"Type": "volume", "Source": "outer", "Target": "/outer"},
                {"Type": "tmpfs", "Target": "/scratch"},
            ],
        }
    },
    "EndpointSpec": {"Ports": [{"Protocol": "tcp", "TargetPort": 8000, "PublishedPort": 80}]},
}
CONFIG: dict[str, Any] = {
    "services": {
        "chris": {
            "image": "cube:1",
            "environment": {"PW": "s3cret", "STORAGE_ENV": "swift", "BARE": None},
            "entrypoint": ["/entry"],
            "command": ["serve"],
            "ports": [{"mode": "ingress", "target": 8000, "published": 80, "protocol": "tcp"}],
            "volumes": [
                {"type": "bind", "source": "/opt/data", "target": "/data/"},
                {"type": "volume", "source": "files", "target": "/files"},
                {"type": "volume", "source": "outer", "target": "/outer"},
                {"type": "tmpfs", "target": "/scratch"},
            ],
        }
    },
    "volumes": {"files": {}, "outer": {"external": True}},
}


def compared(config: dict[str, Any], spec: dict[str, Any] | None = None) -> list[str]:
    return compare({"chris": SPEC if spec is None else spec}, config, "cube", {"STORAGE_ENV"})


def test_what_was_deployed_would_be_deployed_again() -> None:
    assert compared(CONFIG) == []


def test_an_image_that_was_pinned_is_still_that_of_the_files() -> None:
    pinned = {**SPEC, "Labels": {"com.docker.stack.image": "cube:1@sha256:0123"}}
    assert compared(CONFIG, pinned) == []
    assert compared(CONFIG, {**SPEC, "Labels": {}}) == []


@pytest.mark.parametrize(
    ("named", "has"),
    [
        ("fnndsc/chris", "fnndsc/chris:latest@sha256:0123"),
        ("docker.io/fnndsc/chris", "fnndsc/chris:latest"),
        ("docker.io/library/cube:1", "cube:1@sha256:0123"),
        ("localhost:5000/cube", "localhost:5000/cube:latest"),
    ],
)
def test_an_image_is_the_same_under_the_name_that_docker_makes_of_it(named: str, has: str) -> None:
    config = {**CONFIG, "services": {"chris": {**CONFIG["services"]["chris"], "image": named}}}
    assert compared(config, {**SPEC, "Labels": {"com.docker.stack.image": has}}) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"image": "cube:2"}, "another image"),
        ({"image": "cube:"}, "another image"),
        ({"image": "cube"}, "another image"),
        ({"image": "registry:5000/cube:1"}, "another image"),
        ({"environment": {"STORAGE_ENV": "s3"}}, "PW not set"),
        ({"environment": {"PW": ""}}, "PW empty"),
        ({"command": ["serve", "-v"]}, "another command"),
        ({"user": 1000}, "another user"),
        ({"ports": None}, "other ports"),
        ({"volumes": CONFIG["services"]["chris"]["volumes"][1:]}, "nothing mounted at /data"),
    ],
)
def test_a_change_of_the_files_is_told(change: dict[str, Any], told: str) -> None:
    config = copy.deepcopy(CONFIG)
    config["services"]["chris"].update(change)
    assert compared(config) == [f"chris: {told}"]


def test_a_service_that_a_deployment_would_add_is_told() -> None:
    config = {**CONFIG, "services": {**CONFIG["services"], "db": {"image": "postgres"}}}
    assert compared(config) == ["db: it would be made, for there is no such service now"]
