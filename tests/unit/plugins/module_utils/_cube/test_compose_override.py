# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The override of a Compose project: what is in it, where it is, and what its owner must know."""

from __future__ import annotations

import json

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose import Compose

from tests.unit.plugins.module_utils.fakes.compose_answers import ComposeAnswers

NEW = {"STORAGE_ENV": "s3", "S3_SECRET_KEY": "a$b"}


def overridden(content: bytes) -> dict[str, dict[str, str]]:
    services = json.loads(content[content.index(b"{") :])["services"]
    return {name: service["environment"] for name, service in services.items()}


def test_only_what_the_services_do_not_get_is_overridden(
    compose: Compose, docker: ComposeAnswers
) -> None:
    docker.services["chris"]["environment"]["S3_SECRET_KEY"] = "a$$b"  # as config writes it
    content = compose.override({"chris": NEW, "pfcon": NEW}, predict=False)
    assert overridden(content) == {
        "chris": {"STORAGE_ENV": "s3"},
        "pfcon": {"STORAGE_ENV": "s3", "S3_SECRET_KEY": "a$$b"},
    }


def test_no_override_is_needed_when_nothing_wins(compose: Compose, docker: ComposeAnswers) -> None:
    for service in ("chris", "pfcon"):
        docker.services[service]["environment"] = {"STORAGE_ENV": "s3", "S3_SECRET_KEY": "a$$b"}
    assert compose.override({"chris": NEW, "pfcon": NEW}, predict=False) == b""


def test_what_wins_is_foretold_before_the_env_files_are_written(compose: Compose) -> None:
    content = compose.override({"chris": {**NEW, "SWIFT_KEY": "new"}, "pfcon": {}}, predict=True)
    assert overridden(content) == {"chris": {"STORAGE_ENV": "s3"}}


def test_the_override_has_a_name_that_compose_loads(compose: Compose) -> None:
    assert compose.override_path() == compose.directory / "docker-compose.override.yml"
    assert compose.notice is None


def test_beside_an_override_of_the_user_it_must_be_named(compose: Compose) -> None:
    theirs = compose.directory / "docker-compose.override.yml"
    theirs.write_text("{}")
    path = compose.override_path()
    assert path == compose.directory / "compose.cube-storage.yml"
    path.write_bytes(compose.override({"chris": NEW, "pfcon": NEW}, predict=False))
    assert compose.override_path() == path
    assert compose.notice is not None
    assert f"-f {theirs} -f {path}" in compose.notice
