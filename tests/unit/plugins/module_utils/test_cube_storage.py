# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage that CUBE's services really use, looked at from within."""

from __future__ import annotations

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube_storage import (
    check,
    preflight,
    status,
    wait_until_healthy,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import (
    MigrationError,
)

from tests.unit.plugins.module_utils.deployed import Deployed, Switch


def test_a_service_that_was_not_started_anew_is_mixed(switch: Switch, deployed: Deployed) -> None:
    deployed.start()
    assert status(switch()).storage == "old"
    switch().to_new()
    found = status(switch())
    assert found.storage == "mixed"
    assert found.stale == {"chris": ["STORAGE_ENV", "S3_BUCKET_NAME", "S3_SECRET_KEY"]}
    deployed.start()
    assert status(switch()).storage == "new"


def test_a_service_that_cannot_be_looked_at_is_mixed(switch: Switch, deployed: Deployed) -> None:
    def refuse(service: str) -> list[dict[str, str]]:
        raise MigrationError("it restarts")

    deployed.start()
    deployed.real = refuse  # type: ignore[method-assign]
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
    switch().to_new()
    deployed.start()
    deployed.answer = answer
    with pytest.raises(MigrationError, match=message):
        check(switch(), "new", 8)


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


def test_a_service_without_the_library_of_its_storage_is_refused(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    deployed.answer = "True\n"
    assert preflight(switch()) == []
    deployed.answer = "False\n"
    with pytest.raises(MigrationError, match="the Python of chris has no boto3"):
        preflight(switch())


def test_a_url_that_never_answers_is_named_with_its_last_answer() -> None:
    times = iter([0.0, 1.0, 9.0])
    slept: list[float] = []
    with pytest.raises(MigrationError, match=r"1/ is not healthy after 5 seconds: .*refused"):
        wait_until_healthy("http://127.0.0.1:1/", 5, lambda: next(times), slept.append)
    assert slept == [1]
