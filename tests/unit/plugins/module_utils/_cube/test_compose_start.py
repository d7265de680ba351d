# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A start of Compose's services: what it needs, and what it would change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import (
    CommandRunner,
    Completed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose_start import (
    bare,
    compare,
    needed,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.docker import Containers

CONFIG: dict[str, Any] = {
    "name": "cube",
    "services": {
        "chris": {
            "image": "cube:1",
            "depends_on": {
                "db": {"condition": "service_healthy"},
                "db_migrate": {"condition": "service_completed_successfully"},
                "worker": {"condition": "service_started"},
                "absent": {"condition": "service_started", "required": False},
            },
        },
        "worker": {"depends_on": {"queue": {"condition": "service_started"}}},
        "queue": {"depends_on": {"network": {"condition": "service_started"}}},
        "db": {},
        "db_migrate": {},
        "network": {},
    },
}


class Engine(CommandRunner):
    """A container of the image 1, made with the hash h."""

    def run(self, argv: Sequence[str], **_: Any) -> Completed:
        if argv[1] == "image":
            known = {"cube:1": "1", "cube-worker": "2"}
            if argv[-1] not in known:
                return Completed(1, "[]", "no such image")
            return Completed(0, json.dumps([{"Id": known[argv[-1]]}]), "")
        config = {"Env": ["PW=s3cret"], "Labels": {"com.docker.compose.config-hash": "h"}}
        return Completed(0, json.dumps([{"Image": "1", "Config": config, "HostConfig": {}}]), "")


@pytest.fixture
def engine() -> Containers:
    return Containers(["docker"], "python3", "cube_storage_compose", Engine())


def test_what_runs_all_the_time_is_needed_and_no_service_that_ends() -> None:
    assert needed(CONFIG, ["chris", "worker"], []) == ["db", "queue", "network"]
    assert needed(CONFIG, ["worker"], ["queue"]) == []


def test_a_container_with_the_hash_of_its_settings_is_what_would_be_made(
    engine: Containers,
) -> None:
    same = compare(CONFIG, {"chris": "h"}, {"chris": ["c"]}, engine, ())
    assert (same.differences, same.notices) == ([], [])
    other = compare(CONFIG, {"chris": "other"}, {"chris": ["c"]}, engine, ())
    assert other.differences == ["chris: PW not set"]
    apart = compare(CONFIG, {"chris": "other"}, {"chris": ["c"]}, engine, {"PW"})
    assert (apart.differences, apart.notices) == (
        [],
        ["chris would get other settings than it has"],
    )


def test_an_image_whose_tag_has_moved_is_told_whatever_the_hash(engine: Containers) -> None:
    # Without a name, a service has the image that Compose has built for it.
    found = compare(CONFIG, {"worker": "h"}, {"worker": ["w"]}, engine, ())
    assert found.differences == ["worker: another image"]


@pytest.mark.parametrize(
    ("described", "due"),
    [({}, 1), ({"scale": 2}, 2), ({"deploy": {"replicas": 3}}, 3), ({"deploy": {}}, 1)],
)
def test_another_number_of_containers_than_the_files_say_is_told(
    engine: Containers, described: dict[str, Any], due: int
) -> None:
    config = {"name": "cube", "services": {"chris": {"image": "cube:1", **described}}}
    for running in (1, 2, 3):
        found = compare(config, {"chris": "h"}, {"chris": ["c"] * running}, engine, ())
        other = [f"chris: {due} containers would run instead of {running}"]
        assert found.differences == ([] if running == due else other)
    # What does not run tells nothing.
    assert compare(config, {"chris": "h"}, {"chris": []}, engine, ()).differences == []


@pytest.mark.parametrize("identifiers", [["c"], []], ids=["runs", "stopped"])
def test_an_image_that_would_have_to_be_pulled_is_told(
    engine: Containers, identifiers: list[str]
) -> None:
    found = compare(CONFIG, {}, {"db": identifiers}, engine, ())
    assert found.differences == ["db: its image cube-db is not on this host"]


def test_names_without_a_value_are_those_that_nothing_sets() -> None:
    services = {"chris": {"environment": {"A": None, "B": ""}}, "db": {"environment": None}}
    assert bare({"services": services}, services) == {"A"}
