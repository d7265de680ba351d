# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Programs as a service's Python gets them: on standard input, with arguments and environment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.service_program import (
    in_environment_of,
    with_arguments,
    with_environment,
)

TELLING = """
from __future__ import annotations
import json, os, sys
def told() -> NoSuchName:
    return {"name": __name__, "arguments": sys.argv[1:], "environment": dict(os.environ)}
print(json.dumps(told()))
"""


def run(text: str, environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """What a program tells that a Python reads on its standard input."""
    done = subprocess.run(
        [sys.executable, "-"],
        input=text,
        env=environment or {},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("arguments", [[], ["7"], ["a b", "it's", 'say "x"', "\\n\n", "ä$HOME"]])
def test_a_program_gets_its_arguments_as_they_are(arguments: list[str]) -> None:
    told = run(with_arguments(TELLING, arguments))
    assert told["arguments"] == arguments
    assert told["name"] == "__main__"


def test_a_program_gets_the_environment_of_a_process_before_it_begins(tmp_path: Path) -> None:
    process = tmp_path / "environ"
    process.write_bytes(b"STORAGE_ENV=s3\0")
    text = in_environment_of(str(process), with_arguments(TELLING, ["7"]))
    told = run(text, {"STORAGE_ENV": "swift", "KEPT": "1"})
    environment = told["environment"]
    assert isinstance(environment, dict)
    assert (environment["STORAGE_ENV"], environment["KEPT"]) == ("s3", "1")
    assert told["arguments"] == ["7"]


def test_a_program_gets_variables_besides_those_of_its_process() -> None:
    given = {"S3_SECRET_KEY": 'it\'s \\ "x" ü\udcff\n', "STORAGE_ENV": "s3"}
    text = with_environment(with_arguments(TELLING, ["7"]), given)
    told = run(text, {"STORAGE_ENV": "swift", "KEPT": "1"})
    assert isinstance(told["environment"], dict)
    assert told["environment"].items() >= {**given, "KEPT": "1"}.items()
    assert told["arguments"] == ["7"]
