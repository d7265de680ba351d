# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The in-network pfcons that CUBE's database knows, beside those that the user has named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.pfcons import (
    Known,
    KnownPfcon,
    ask_database,
    is_ours,
    wait_for_pfcons,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed

OURS = {"name": "host", "url": "http://PFCON.local:5005/api/v1/", "answer": "401"}
OTHER = {"name": "moc", "url": "https://pfcon.example.org/api/v1/", "answer": "200"}


@pytest.fixture
def cube(deployed: Deployed) -> Deployed:
    """A CUBE that runs, with a pfcon that is called ``pfcon.local`` in its network."""
    deployed.services = ("pfcon", "chris")  # type: ignore[assignment]
    deployed.pfcon_services = ("pfcon",)  # type: ignore[assignment]
    deployed.running = lambda: ["chris", "pfcon"]  # type: ignore[method-assign]
    return deployed


def answering(cube: Deployed, *rounds: Sequence[dict[str, str]]) -> list[str]:
    """Let the database know pfcons, one round after the other; the last one stays.

    :returns: the services that are asked.
    """
    asked: list[str] = []
    left = list(rounds)

    def run(service: str, program: str) -> str:
        asked.append(service)
        pfcons = left.pop(0) if len(left) > 1 else left[0]
        return (
            "settings were read\n"
            + json.dumps({"pfcons": list(pfcons), "job_prefix": "job-"})
            + "\n"
        )

    cube.run_python = run  # type: ignore[method-assign]
    return asked


def test_they_are_read_through_a_service_of_cubes_that_runs(cube: Deployed) -> None:
    asked = answering(cube, [OURS])
    assert ask_database(cube) == Known([KnownPfcon(**OURS)], "job-")
    assert asked == ["chris"]


def test_one_on_this_host_is_taken_for_the_one_that_is_named(cube: Deployed) -> None:
    assert is_ours(cube, KnownPfcon(**OURS))
    local = KnownPfcon(**OURS | {"url": "http://localhost:5005/api/v1/"})
    assert is_ours(cube, local)
    assert not is_ours(cube, KnownPfcon(**OTHER))
    cube.pfcon_services = ()
    assert not is_ours(cube, local)


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ('\n{"error": "LookupError"}', "chris answered LookupError"),
        ("Killed", "chris gave no answer"),
        ('{"pfcons": [{"name": "x"}]}', "chris gave no answer"),
        ("[]", "chris gave no answer"),
        ("", "chris gave no answer"),
    ],
)
def test_a_database_that_cannot_be_asked_is_told_after_a_start_and_no_failure(
    cube: Deployed, output: str, why: str
) -> None:
    cube.answer = output
    with pytest.raises(MigrationError, match=why):
        ask_database(cube)
    [told] = wait_for_pfcons(cube, 0)
    assert told == f"CUBE's database could not be asked for its pfcons ({why})"


def test_a_cube_that_does_not_run_is_not_asked(deployed: Deployed) -> None:
    with pytest.raises(MigrationError, match="no service of CUBE's runs"):
        ask_database(deployed)


def test_a_start_waits_until_each_that_is_named_answers(cube: Deployed) -> None:
    slept: list[float] = []
    down = OURS | {"answer": "Connection refused"}
    answering(cube, [down], [OURS | {"answer": "502"}], [OURS])
    assert wait_for_pfcons(cube, 60, lambda: 0.0, slept.append) == []
    assert slept == [1, 1]


def test_one_that_does_not_answer_in_time_is_an_error(cube: Deployed) -> None:
    answering(cube, [OURS | {"answer": "500"}])
    seconds = map(float, count(step=4))
    with pytest.raises(MigrationError) as caught:
        wait_for_pfcons(cube, 10, lambda: next(seconds), lambda _seconds: None)
    assert caught.value.message == (
        "the in-network pfcon host at http://PFCON.local:5005/api/v1/ does not answer after 10 "
        "seconds: 500"
    )
    assert next(seconds) == 16.0


def test_one_elsewhere_that_does_not_answer_is_told_only(cube: Deployed) -> None:
    answering(cube, [OURS, OTHER | {"answer": "timed out"}])
    assert wait_for_pfcons(cube, 60) == [
        "the in-network pfcon moc at https://pfcon.example.org/api/v1/ does not answer: timed out"
    ]
