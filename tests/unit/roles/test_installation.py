# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the roles install: locked wheels only, whatever a user adds, on an image of any name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.unit.roles.template import ROLES, evaluate

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("lookups")]

LOCKED = ["--require-hashes", "--only-binary", ":all:", "--requirement"]
MINE = ["--index-url=https://pypi.example.org/simple"]
DIGEST = "registry.example.org:5000/python@sha256:" + "0123456789abcdef" * 4


def tasks(found: Any) -> Iterator[dict[str, Any]]:
    """Yield each task of a file, also those in blocks."""
    for task in found:
        yield task
        yield from tasks(task.get("block", []))


def dockerfile(**variables: Any) -> list[str]:
    """The lines of the gateway's Dockerfile."""
    template = ROLES / "swift_v1_gateway" / "templates" / "Dockerfile.j2"
    text = evaluate(
        "swift_v1_gateway",
        f"lookup('ansible.builtin.template', '{template}')",
        {"ansible_search_path": [str(ROLES)], **variables},
    )
    return str(text).splitlines()


def following(command: list[str], word: str) -> list[str]:
    """What follows a word in a command."""
    return command[command.index(word) + 1 :]


def test_a_mover_gets_what_the_lock_names_with_hashes_and_as_wheels() -> None:
    path = ROLES / "mover" / "tasks" / "install.yml"
    commands = [
        task["ansible.builtin.command"]["argv"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if "ansible.builtin.command" in task
    ]
    pip = [argv for argv in commands if "'pip', 'install'" in argv]
    assert len(pip) == 1
    known = {"mover_lock": "mover.lock", "mover_pip_extra_args": MINE}
    expression = pip[0].strip().removeprefix("{{").removesuffix("}}")
    command = evaluate("mover", expression, known)
    assert following(command, "install")[3:] == [
        *LOCKED,
        "mover.lock",
        "--requirement",
        "/dev/stdin",
        *MINE,
    ]


def test_the_image_of_the_gateway_gets_what_its_lock_names_with_hashes_and_as_wheels() -> None:
    [line] = [
        line for line in dockerfile(swift_v1_gateway_pip_extra_args=MINE) if line[:4] == "RUN "
    ]
    command = json.loads(line.removeprefix("RUN "))
    assert following(command, "--disable-pip-version-check") == [*LOCKED, "gateway.lock", *MINE]


def test_the_image_of_the_gateway_may_be_built_on_one_that_is_named_by_its_digest() -> None:
    lines = dockerfile(swift_v1_gateway_image=DIGEST)
    assert [line for line in lines if line.startswith("FROM")] == [f"FROM {DIGEST}"]
