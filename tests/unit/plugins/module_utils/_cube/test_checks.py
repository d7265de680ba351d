# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage that CUBE's services really use, looked at from within."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import checks
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.checks import (
    check,
    least,
    status,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed, Switch


def test_a_service_that_was_not_started_anew_is_mixed(switch: Switch, deployed: Deployed) -> None:
    deployed.start()
    assert status(switch()).storage == "old"
    switch().switch_to_new()
    found = status(switch())
    assert found.storage == "mixed"
    assert found.stale == {"chris": ["STORAGE_ENV", "S3_BUCKET_NAME", "S3_SECRET_KEY"]}
    deployed.start()
    assert status(switch()).storage == "new"


def test_a_service_that_cannot_be_looked_at_is_mixed(switch: Switch, deployed: Deployed) -> None:
    def refuse(service: str) -> list[dict[str, str]]:
        raise MigrationError("it restarts")

    deployed.start()
    deployed.actual_environments = refuse  # type: ignore[method-assign]
    assert status(switch()).storage == "mixed"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ('{"error": "ClientException: 401"}', "does not answer to the environment of chris: Cli"),
        (
            '{"container": "new", "objects": 7}',
            "container new, which chris uses, has 7 objects",
        ),
        ("Killed", "the look at the storage from chris gave no answer"),
    ],
)
def test_a_storage_that_is_not_right_is_named(
    switch: Switch, deployed: Deployed, answer: str, message: str
) -> None:
    switch().switch_to_new()
    deployed.start()
    deployed.answer = answer
    with pytest.raises(MigrationError, match=message):
        check(switch(), "new", 18)


def test_a_service_is_told_how_many_objects_to_look_for(
    switch: Switch, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.inspect, "getsource", lambda _module: "import sys; print(sys.argv)")
    sent: list[str] = []

    def run(service: str, program: str) -> str:
        sent.append(program)
        return '{"backend": "s3", "container": "new", "objects": 40}'

    switch().switch_to_new()
    deployed.start()
    deployed.run_python = run  # type: ignore[method-assign]
    check(switch(), "new", 50)
    (program,) = sent
    command = [sys.executable, "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, check=True)
    assert done.stdout == "['-', '40']\n"


def test_a_container_with_about_as_many_objects_is_the_right_one(
    switch: Switch, deployed: Deployed
) -> None:
    switch().switch_to_new()
    deployed.start()
    assert check(switch(), "new", 17)["chris"]["objects"] == 7


@pytest.mark.parametrize(
    ("expected", "minimum"), [(0, 0), (1, 1), (11, 1), (83, 73), (100, 90), (278_086, 250_278)]
)
def test_users_may_have_deleted_a_tenth_or_ten_since_the_start(expected: int, minimum: int) -> None:
    assert least(expected) == minimum


def test_what_does_not_run_or_has_another_storage_is_named(
    switch: Switch, deployed: Deployed
) -> None:
    with pytest.raises(MigrationError, match="not running: chris"):
        check(switch(), "new", 0)
    deployed.start()
    with pytest.raises(MigrationError, match="have the old storage, not the new one"):
        check(switch(), "new", 0)
    assert check(switch(), "old", 7) == {
        "chris": {"backend": "s3", "container": "new", "objects": 7}
    }
