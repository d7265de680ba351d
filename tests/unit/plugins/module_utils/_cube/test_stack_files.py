# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files of a stack, and the override that is deployed last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.stack_files import (
    SWITCHED,
    StackFiles,
    named,
)

WANTED = {"cube": {"STORAGE_ENV": "s3", "S3_SECRET_KEY": 'a$b"ä'}, "pfcon": {}}


@pytest.fixture
def files(tmp_path: Path) -> StackFiles:
    (tmp_path / "stack.yml").write_text("version: '3.8'\nservices: {}\n")
    return StackFiles([tmp_path / "stack.yml", tmp_path / "more.yml"])


def test_the_override_is_the_last_file_when_it_is_there(files: StackFiles, tmp_path: Path) -> None:
    stack = ["--compose-file", f"{tmp_path}/stack.yml", "--compose-file", f"{tmp_path}/more.yml"]
    assert named(files.present()) == stack
    files.override_path.write_bytes(files.override(WANTED))
    assert named(files.present()) == [
        *stack,
        "--compose-file",
        f"{tmp_path}/stack.cube-storage.yml",
    ]


def test_what_the_override_gives_is_read_back_as_it_was(files: StackFiles) -> None:
    assert files.overridden("cube") is None
    files.override_path.write_bytes(files.override(WANTED))
    assert files.overridden("cube") == WANTED["cube"]
    assert files.overridden("pfcon") == {}
    assert files.overridden("db") == {}


def test_the_override_tells_docker_values_and_marks_the_services(files: StackFiles) -> None:
    text = files.override(WANTED).decode()
    assert text.startswith("# Written by fnndsc.swift_migration.cube_storage, which also removes")
    content = json.loads(text[text.index("{") :])
    assert content["version"] == "3.8"
    cube = content["services"]["cube"]
    assert cube["environment"]["S3_SECRET_KEY"] == 'a$$b"ä'
    assert cube["deploy"] == {"labels": {SWITCHED: "new"}}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('version: "3.8"\n', "3.8"),
        ("version: 3\nservices: {}\n", "3"),
        ('{"version": "3.7", "services": {}}', "3.7"),
        ("services: {}\n# version: 3\n", None),
        ("services: {a: {image: 'version: 2'}}\n", None),
    ],
)
def test_all_files_have_the_version_of_the_first(
    files: StackFiles, text: str, version: str | None
) -> None:
    files.configured_files[0].write_text(text)
    assert files.versioned({"services": {}}).get("version") == version
