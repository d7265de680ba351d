# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What Compose makes of a project's files, and when it is asked again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.command import Completed
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.compose_rendering import (
    ComposeRendering,
    named,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.command_runner import Answering


def rendering(folder: Path, runner: Answering) -> ComposeRendering:
    env_file = folder / "secrets.env"
    env_file.write_text("A=1\n")
    (folder / "compose.yml").write_text("{}")
    argv = ["docker", "compose"]
    return ComposeRendering(folder, argv, [env_file], "cube_storage_compose", runner)


def printed(text: str) -> Answering:
    return Answering(lambda _argv, **_options: Completed(0, text, ""))


def test_compose_runs_in_the_projects_folder(tmp_path: Path) -> None:
    folders: list[Path] = []

    def answer(_argv: Sequence[str], *, cwd: Path, **_options: Any) -> Completed:
        folders.append(cwd)
        return Completed(0, "text", "")

    runner = Answering(answer)
    assert rendering(tmp_path, runner).run("version") == "text"
    assert runner.asked == [["docker", "compose", "--project-directory", str(tmp_path), "version"]]
    assert folders == [tmp_path]


def test_the_model_is_asked_for_again_when_a_file_has_changed(tmp_path: Path) -> None:
    runner = printed(json.dumps({"name": "cube"}))
    compose = rendering(tmp_path, runner)
    files = [tmp_path / "compose.yml"]
    for _again in range(2):
        assert compose.config(files) == {"name": "cube"}
    assert len(runner.asked) == 1
    compose.config(files, "--profile", "*")
    assert len(runner.asked) == 2
    (tmp_path / "new.env").write_text("A=2\n")
    (tmp_path / "new.env").replace(tmp_path / "secrets.env")
    compose.config(files)
    assert len(runner.asked) == 3


def test_each_service_has_a_hash_of_its_settings(tmp_path: Path) -> None:
    compose = rendering(tmp_path, printed("chris 01\n\npfcon 02\n"))
    assert compose.hashes([tmp_path / "compose.yml"]) == {"chris": "01", "pfcon": "02"}


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("required variable BASE is missing a value", "services: BASE. Put them into"),
        ("the daemon does not answer", None),
    ],
)
def test_a_failure_names_the_variables_that_are_missing(
    tmp_path: Path, message: str, remedy: str | None
) -> None:
    def fail(_argv: Sequence[str], *, option: str, **_options: Any) -> Completed:
        raise MigrationError(message, option=option)

    with pytest.raises(MigrationError) as caught:
        rendering(tmp_path, Answering(fail)).run("config")
    assert (caught.value.message, caught.value.option) == (message, "cube_storage_compose")
    assert (remedy or "") in (caught.value.remedy or "")
    assert (caught.value.remedy is None) == (remedy is None)


def test_files_are_named_in_their_order() -> None:
    assert named([Path("a.yml"), Path("b.yml")]) == ["--file", "a.yml", "--file", "b.yml"]
