# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The new storage tried from within services that run."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._check import Check
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import rehearsal
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.rehearsal import (
    Rehearsal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import NEW, Deployed, Switch

NAME = "new storage from chris"
TELLING = """
import json, os, sys
told = {"backend": "s3", "container": os.environ["S3_BUCKET_NAME"], "objects": int(sys.argv[1])}
print(json.dumps({**told, "error": os.environ["S3_SECRET_KEY"] + os.environ["OWN"], "kind": ""}))
"""


def look(switch: Switch, expected: int = 0, *, before_copy: bool = False) -> Check:
    """The check of the only service."""
    [found] = Rehearsal(switch(), expected, before_copy).checks()
    return found


def test_a_storage_that_answers_is_told(switch: Switch, deployed: Deployed) -> None:
    deployed.start()
    found = look(switch, 7)
    assert found == Check(NAME, "ok", "chris reaches new over s3: at least 7 objects")


def test_a_service_is_tried_with_what_it_would_get_and_what_it_has(
    switch: Switch, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal.inspect, "getsource", lambda _module: TELLING)
    sent: list[str] = []

    def run(service: str, program: str) -> str:
        sent.append(program)
        return '{"backend": "s3", "container": "new", "objects": 5000}'

    deployed.run_python = run  # type: ignore[method-assign]
    deployed.start()
    look(switch, 500)
    look(switch, 5000)
    given = [
        json.loads(
            subprocess.run(
                [sys.executable, "-"],
                input=program,
                env={"OWN": "+own", "S3_BUCKET_NAME": "old"},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for program in sent
    ]
    assert [each["objects"] for each in given] == [450, 1000]  # a page at most
    assert {each["container"] for each in given} == {NEW["S3_BUCKET_NAME"]}
    assert {each["error"] for each in given} == {f"{NEW['S3_SECRET_KEY']}+own"}


def test_an_error_is_a_failure_that_names_option_and_remedy(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    deployed.answer = '{"url": "https://s3", "kind": "closed", "error": "refused"}'
    found = look(switch)
    assert (found.name, found.verdict) == (NAME, "failure")
    assert found.seen.startswith("cube_storage_s3.endpoint_url: nothing listens at https://s3,")
    assert found.remedy.startswith("Look at host and port.")


def test_a_missing_container_is_a_failure_unless_a_run_makes_it(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    deployed.answer = '{"url": "https://s3", "kind": "container", "error": "404"}'
    assert look(switch).verdict == "failure"
    found = look(switch, before_copy=True)
    assert (found.verdict, found.remedy) == ("warning", "A run makes it and fills it")
    deployed.answer = '{"url": "https://s3", "kind": "key", "error": "403"}'
    assert look(switch, before_copy=True).verdict == "failure"


def test_a_container_that_holds_too_little_is_another_one(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    found = look(switch, 500)
    assert found.verdict == "failure"
    assert "container new has 7 objects, seen from chris, and 500 or so were copied" in found.seen


def test_a_service_that_does_not_run_is_not_tried(switch: Switch) -> None:
    found = look(switch)
    assert found.verdict == "warning"
    assert found.seen.startswith("chris does not run")


def test_a_pfcon_that_sends_its_files_is_not_tried(switch: Switch, deployed: Deployed) -> None:
    deployed.pfcon_services = ("chris",)  # type: ignore[assignment]
    deployed.start()
    assert look(switch) == Check(NAME, "ok", "chris stores nothing, and keeps what it has")


@pytest.mark.parametrize("answer", ["Killed", "[]", "{}"])
def test_a_program_that_gives_no_answer_is_a_failure(
    switch: Switch, deployed: Deployed, answer: str
) -> None:
    deployed.start()
    deployed.answer = answer
    found = look(switch)
    assert found.verdict == "failure"
    assert found.seen == "cube_storage_compose: the look at the storage from chris gave no answer"


def test_a_program_that_cannot_be_run_fails_its_own_service_only(
    switch: Switch, deployed: Deployed
) -> None:
    def run(service: str, program: str) -> str:
        if service == "chris":
            raise MigrationError("no such container", option="cube_storage_compose")
        return '{"backend": "s3", "container": "new", "objects": 7}'

    deployed.services = ("chris", "worker")  # type: ignore[assignment]
    deployed.start()
    deployed.running = lambda: ["chris", "worker"]  # type: ignore[method-assign]
    deployed.run_python = run  # type: ignore[method-assign]
    found = Rehearsal(switch(), 0, before_copy=False).checks()
    assert [each.verdict for each in found] == ["failure", "ok"]
    assert found[0].seen == "cube_storage_compose: no such container"
