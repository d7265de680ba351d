# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files of a Compose project: which Compose takes, and where an override of ours goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose_files import (
    EXTRA,
    MARK,
    ComposeFiles,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError


def files(folder: Path, *configured: str) -> ComposeFiles:
    return ComposeFiles(folder, [Path(name) for name in configured], "cube_storage_compose")


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def put(folder: Path, *wanted: str, content: bytes = b"{}") -> None:
    for name in wanted:
        (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["compose.yaml", "compose.yml", "docker-compose.yml"], ["compose.yaml"]),
        (["docker-compose.yaml", "docker-compose.yml"], ["docker-compose.yml"]),
        (
            ["compose.yml", "compose.override.yaml", "docker-compose.override.yml"],
            ["compose.yml", "compose.override.yaml"],
        ),
    ],
)
def test_the_users_files_are_those_that_compose_finds(
    tmp_path: Path, there: list[str], taken: list[str]
) -> None:
    put(tmp_path, *there)
    assert names(files(tmp_path).bases()) == taken


def test_files_that_are_named_are_taken_as_they_are(tmp_path: Path) -> None:
    put(tmp_path, "compose.yml", "compose.override.yml")
    assert names(files(tmp_path, "b.yml", "a.yml").bases()) == ["b.yml", "a.yml"]
    assert files(tmp_path, "b.yml").override_path() == tmp_path / EXTRA


def test_a_folder_without_a_compose_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match=f"{tmp_path} has no compose file") as caught:
        files(tmp_path).bases()
    assert caught.value.option == "cube_storage_compose.directory"


@pytest.mark.parametrize(
    ("base", "override"),
    [
        ("compose.yaml", "compose.override.yml"),
        ("docker-compose.yml", "docker-compose.override.yml"),
    ],
)
def test_an_override_has_the_name_that_goes_with_the_users_file(
    tmp_path: Path, base: str, override: str
) -> None:
    put(tmp_path, base)
    assert files(tmp_path).override_path().name == override
    assert names(files(tmp_path).present()) == [base]
    put(tmp_path, override, content=MARK)
    assert names(files(tmp_path).present()) == [base, override]
    assert names(files(tmp_path).bases()) == [base]  # ours is none of the user's


def test_our_override_is_known_by_its_mark_wherever_it_is(tmp_path: Path) -> None:
    put(tmp_path, "compose.yml", "compose.override.yml")
    put(tmp_path, EXTRA, content=MARK)
    assert names(files(tmp_path).present()) == ["compose.yml", "compose.override.yml", EXTRA]
    put(tmp_path, "docker-compose.override.yaml", content=MARK)
    assert files(tmp_path).override_path().name == "docker-compose.override.yaml"


def test_files_that_the_project_names_elsewhere_must_be_named(tmp_path: Path) -> None:
    files(tmp_path).refuse_other_files()
    put(tmp_path, ".env", content=b"TAG=1\n")
    files(tmp_path).refuse_other_files()
    put(tmp_path, ".env", content=b"COMPOSE_FILE=a.yml:b.yml\n")
    with pytest.raises(MigrationError, match=r"has COMPOSE_FILE=a\.yml:b\.yml"):
        files(tmp_path).refuse_other_files()
    files(tmp_path, "a.yml", "b.yml").refuse_other_files()
