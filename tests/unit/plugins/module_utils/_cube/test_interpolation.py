# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The variables that compose files take from the environment of who reads them."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.interpolation import (
    known_to,
    mentioned,
    missing,
    remedy,
    unset,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("image: cube:${TAG}", {"TAG"}),
        ("image: cube:$TAG-slim", {"TAG"}),
        ('volumes: ["${STOREBASE:?}:/x", "${B:-/b}:/b"]', {"STOREBASE", "B"}),
        ("a: ${A:-${B-c}}", {"A", "B"}),
        ("command: echo $$HOME $${HOME}", set()),
        ("a: 5$ $1 ${", set()),
        ("  # image: cube:${TAG}\nimage: ${IMAGE} # ${LATER}", {"IMAGE", "LATER"}),
    ],
)
def test_each_form_of_a_variable_is_seen(text: str, names: set[str]) -> None:
    assert mentioned(text) == names


def test_those_that_are_set_are_left_out() -> None:
    assert unset(["${A} ${B}", "${C}"], {"B"}) == ["A", "C"]


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("docker compose", {"A", "B"}),
        ("env -u A C=1 docker compose", {"B", "C"}),
        ("env -i C=1 docker compose", {"C"}),
    ],
)
def test_a_command_may_change_its_environment(command: str, known: set[str]) -> None:
    assert known_to(command.split(), {"A", "B"}) == known


@pytest.mark.parametrize(
    ("output", "names"),
    [
        (
            "chris.volumes.[]: required variable STOREBASE is missing a value",
            ["STOREBASE"],
        ),
        ('level=warning msg="The \\"PW\\" variable is not set. Defaulting to a blank"', ["PW"]),
        ('The "B" variable is not set. The "A" variable is not set.', ["A", "B"]),
        ("no such file", []),
    ],
)
def test_what_dockers_programs_miss_is_named(output: str, names: list[str]) -> None:
    assert missing(output) == names


def test_the_remedy_names_the_variables_and_the_place() -> None:
    assert remedy({"TAG", "PW"}, "Put them into /opt/.env") == (
        "These variables are not set where Ansible starts the services: PW, TAG. "
        "Put them into /opt/.env"
    )
