# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The storage that CUBE's services really use, looked at from within."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube import checks
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.checks import (
    Preflight,
    check,
    least,
    preflight,
    status,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.deployment import (
    StartComparison,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cube.storage_in_use import (
    MovedContainer,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError

from tests.unit.plugins.module_utils.fakes.deployed import Deployed, Switch

URL = {"storage_url": "http://swift:1/v1/AUTH_x"}
MOVED = MovedContainer("old", URL["storage_url"], "AUTH_x/old@1.5")


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


def test_a_service_without_the_library_of_its_storage_is_refused(
    switch: Switch, deployed: Deployed
) -> None:
    deployed.start()
    deployed.answer = "True\n"
    assert preflight(switch()) == Preflight([], [], [])
    deployed.answer = "False\n"
    with pytest.raises(MigrationError, match="the Python of chris has no boto3"):
        preflight(switch())


@pytest.fixture
def swift(deployed: Deployed) -> Deployed:
    """A CUBE on the container `old` of a Swift that answers."""
    deployed.path.write_text("STORAGE_ENV=swift\nSWIFT_CONTAINER_NAME=old\nSWIFT_KEY=0ld\n")
    answer = {"backend": "swift", "container": "old", "objects": 1, **URL, "created": "1.5"}

    def run(service: str, program: str) -> str:
        return "True" if "find_spec" in program else json.dumps(answer)

    deployed.run_python = run  # type: ignore[method-assign]
    return deployed


def test_a_service_on_the_moved_container_is_let_pass(switch: Switch, swift: Deployed) -> None:
    swift.start()
    assert preflight(switch(), MOVED).notices == []
    [told] = preflight(switch(), replace(MOVED, storage_url="http://other:1/v1/AUTH_x")).notices
    assert (
        told
        == "chris reaches it as http://swift:1/v1/AUTH_x, the mover as http://other:1/v1/AUTH_x"
    )


def test_a_process_counts_and_not_what_the_files_say(switch: Switch, swift: Deployed) -> None:
    swift.start()
    swift.runs = {**(swift.runs or {}), "SWIFT_CONTAINER_NAME": "real"}
    with pytest.raises(MigrationError, match="chris keeps its files in the container real"):
        preflight(switch(), MOVED)


def test_another_container_of_that_name_is_refused(switch: Switch, swift: Deployed) -> None:
    swift.start()
    with pytest.raises(MigrationError, match="these are two containers"):
        preflight(switch(), replace(MOVED, identity="AUTH_x/old@2.5"))


def test_a_stopped_service_is_compared_by_what_it_would_get(
    switch: Switch, swift: Deployed
) -> None:
    assert preflight(switch(), MOVED).notices == []
    with pytest.raises(MigrationError, match="in the container old"):
        preflight(switch(), replace(MOVED, container="users"))
    swift.path.write_text("SECRET=1\n")  # it tells nothing of the storage
    assert preflight(switch(), MOVED).notices == []


def test_a_service_on_the_new_storage_is_not_compared(switch: Switch, swift: Deployed) -> None:
    switch().switch_to_new()
    swift.start()
    assert preflight(switch(), replace(MOVED, container="users")).notices == []


def test_a_pfcon_that_sends_its_files_is_told_and_not_looked_at(
    switch: Switch, swift: Deployed
) -> None:
    swift.pfcon_services = ("chris",)  # type: ignore[assignment]
    swift.start()
    [told] = preflight(switch(), replace(MOVED, container="users")).notices
    assert told.startswith("chris is no in-network pfcon (PFCON_INNETWORK is not true)")
    assert check(switch(), "old", 8) == {}


def test_a_start_that_would_change_more_than_the_storage_is_refused(
    switch: Switch, swift: Deployed
) -> None:
    swift.changes = StartComparison(["chris: PW empty", "chris: another image"], [], "Set PW")
    with pytest.raises(MigrationError) as caught:
        preflight(switch())
    assert str(caught.value) == (
        "cube_storage_compose: started again, the services would not be what they are now: "
        "chris: PW empty; chris: another image. Set PW."
    )
    swift.changes = StartComparison(notices=["chris would get other settings"])
    assert preflight(switch()).notices == ["chris would get other settings"]


def test_a_neighbour_of_the_old_storage_is_told_once(switch: Switch, swift: Deployed) -> None:
    swift.neighbours = lambda: ["backup", "store"]  # type: ignore[method-assign]
    swift.unlisted_services = lambda: ["store"]  # type: ignore[method-assign]
    found = preflight(switch())
    assert found.others == ["store"]
    [told] = found.notices
    assert told.startswith("backup is no service of CUBE's and shares a network with the old")


def test_a_url_that_nobody_answers_is_told_while_all_services_run(
    switch: Switch, swift: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(
        checks, "wait_until_healthy", lambda url, timeout, **_: asked.append((url, timeout))
    )
    preflight(switch(), health_urls=["http://cube/"])
    assert asked == []
    swift.start()
    preflight(switch(), health_urls=["http://cube/", "http://pfcon/"])
    assert asked == [("http://cube/", 5), ("http://pfcon/", 5)]
